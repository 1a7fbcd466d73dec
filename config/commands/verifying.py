"""verify, mirror diff: what must hold, looked at over the running service and a fresh cut; nothing is changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from config.commands.asking import told
from config.commands.printing import GOOD, failing, print_json, say, show
from config.reloading import told as reload_lines
from plugins.frontends.console import tables

MEANING: Mapping[str, str] = {
    "tp-limits": "the take-profits don't add up to our part of the position",
    "closure": "something of ours is at the venue without a live trade",
    "sl-coverage": "a position is without its stop: set one by hand if it isn't back at once",
    "ledger": "the venue holds something else than our executions sum to",
    "mirror": "a mirror doesn't stand as its leader does",
}


@failing
def verify(config: Path, topic: str | None, *, as_json: bool) -> int:
    """Check the invariants."""
    answer = told(config, "verify", {"topic": topic}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    data = cast("Any", answer["data"])
    if as_json:
        print_json(data)
    else:
        for line in sentences(data):
            say(line)
    return int(str(answer["exit"]))


def sentences(data: Mapping[str, Any]) -> list[str]:
    """What `verify` found, for a person."""
    lines = [f"{row['account']}: {row['detail']} [{row['topic']}, {row['invariant']}]" for row in data["violations"]]
    topics = dict.fromkeys(row["topic"] for row in data["violations"])
    lines += [f"  {topic}: {MEANING.get(topic, 'see docs/guards.md')}" for topic in topics]
    lines += [f"{account} was not looked at: {why}" for account, why in data["not_looked_at"].items()]
    return lines or [f"all holds ({data['topic']})"]


@failing
def mirror_diff(config: Path, *, as_json: bool) -> int:
    """Compare mirrors with their leaders."""
    answer = told(config, "mirror_diff", {}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    data = cast("Any", answer["data"])
    if as_json:
        print_json(data)
    else:
        show(tables.mirrors(data["rows"]))
    return int(str(answer["exit"]))


@failing
def reload(config: Path, *, as_json: bool) -> int:
    """Let the running service read its configuration again."""
    answer = told(config, "reload", {}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    if as_json:
        print_json(answer["data"])
    else:
        for line in reload_lines(answer):
            say(line)
    return GOOD
