"""alert-rules and report: what people asked the running service to be told of."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from config.commands.asking import told
from config.commands.printing import GOOD, failing, print_json, say, show
from plugins.frontends.console import tables


@failing
def alert_rules(config: Path, *, as_json: bool) -> int:
    """List the rules, and the kinds that there are."""
    answer = _asked(config, "user_alerts", {}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    if as_json:
        print_json(answer)
        return GOOD
    show(tables.table(
        ("id", "tells when", ">value", "of", "whose", "state", ">fired"),
        (
            (each["id"], each["about"], _wanted(each), _of(each), each["owner"], _state(each),
             each["fired"])
            for each in answer["rules"]
        ),
        "no rule yet; add one with `tandem alert-rules add KIND VALUE`",
    ))  # fmt: skip
    show(tables.table(("kind", "tells when", "value"), _kinds(answer["kinds"]), ""))
    return GOOD


def _of(rule: Mapping[str, Any]) -> str:
    return " ".join(each for each in (rule["symbol"], rule["account"]) if each) or "any"


def _state(rule: Mapping[str, Any]) -> str:
    return ("on" if rule["repeat"] else "on, once") if rule["enabled"] else "off"


def _kinds(kinds: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[object]]:
    return [(each["kind"], each["about"], each["unit"]) for each in kinds]


@failing
def alert_rule(config: Path, command: str, arguments: Mapping[str, object], *, as_json: bool) -> int:
    """Add, change or remove a rule."""
    rule = _asked(config, f"user_alert_{command}", arguments, as_json=as_json)
    if isinstance(rule, int):
        return rule
    if as_json:
        print_json(rule)
    else:
        state = "removed" if command == "remove" else _state(rule)
        say(f"{rule['id']} ({state}): {rule['about']}: {_wanted(rule)}, {_of(rule)}")
    return GOOD


@failing
def report(config: Path, *, as_json: bool) -> int:
    """Print the daily report of the last 24 hours."""
    answer = _asked(config, "report", {}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    if as_json:
        print_json(answer)
    else:
        say(answer["text"])
    return GOOD


def _asked(config: Path, command: str, arguments: Mapping[str, object], *, as_json: bool) -> Any:
    answer = told(config, command, arguments, as_json=as_json)
    return answer if isinstance(answer, int) else answer["data"]


def _wanted(rule: Mapping[str, Any]) -> str:
    """What is waited for, with its unit; a price is in the symbol's own."""
    return str(rule["value"]) if rule["unit"] == "price" else f"{rule['value']} {rule['unit']}"
