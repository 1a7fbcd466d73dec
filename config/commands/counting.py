"""stats show, reset, export: what closed trades came to, from the running service or the store."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from config.alone import alone
from config.commands.asking import confirmed, from_either, left, running, told_by
from config.commands.printing import GOOD, failing, print_json, say, show
from config.load import load
from config.registry import registry
from core.engine.control import Answer
from core.errors import ConfigError
from core.money_text import amount_text
from plugins.frontends.console import figures


@failing
def stats(config: Path, period: str | None, account: str | None, *, as_json: bool) -> int:
    """Print a period's figures."""
    data = _read(config, "stats", {"period": period, "account": account}, as_json=as_json)
    if isinstance(data, int):
        return data
    if as_json:
        print_json(data)
    else:
        show(figures.statistics(data))
    return GOOD


@failing
def stats_export(config: Path, period: str | None, account: str | None, out: Path | None, *, as_json: bool) -> int:
    """Write a period's trades as CSV: into a file, else to standard output."""
    data = _read(config, "stats_export", {"period": period, "account": account}, as_json=as_json)
    if isinstance(data, int):
        return data
    if out is not None:
        _write(out, data["csv"])
    if as_json:
        print_json({"rows": data["rows"], "file": None if out is None else str(out), "csv": data["csv"]})
    elif out is None:
        print(data["csv"], end="")  # noqa: T201 - the table itself, not a line for a person
    else:
        say(f"{out}: {data['rows']} trades")
    return GOOD


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError((f"{out}: can't be written: {error.strerror}; name a file that isn't there yet",)) from None


def _read(config: Path, command: str, arguments: Mapping[str, Any], *, as_json: bool) -> Any:
    answer = told_by(asyncio.run(from_either(config, command, arguments)), as_json=as_json)
    return answer if isinstance(answer, int) else answer["data"]


@failing
def stats_reset(config: Path, label: str | None, *, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Say what a new period would begin with, confirm, begin it. Without a service this command takes its place."""
    arguments: dict[str, object] = {"label": label, "by": "cli"}
    answer = _with_or_without(config, {**arguments, "dry_run": True}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    would = cast("Any", answer["data"])
    if not as_json:
        _begins(would)
    if dry_run:
        return _ended(would, as_json=as_json)
    if not confirmed("Begin it? The periods before are kept.", yes=yes):
        return left(as_json=as_json)
    answer = _with_or_without(config, {**arguments, "dry_run": False}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    done = cast("Any", answer["data"])
    if not as_json:
        say(f"period {done['period']['label']} has begun; before it a backup: {done['backup'] or 'none is kept'}")
    return _ended(done, as_json=as_json)


def _with_or_without(config: Path, arguments: Mapping[str, object], *, as_json: bool) -> Answer | int:
    answer = running(config, "stats_reset", arguments)
    if answer is None:
        found = registry()
        answer = asyncio.run(alone(load(config, found), found, "stats_reset", arguments))
    return told_by(answer, as_json=as_json)


def _begins(data: Mapping[str, Any]) -> None:
    say(f"period {data['ends']} ends, period {data['period']['label']} begins now, with")
    for name, held in data["period"]["balances"].items():
        say(f"  {name}: {amount_text(Decimal(held))} USDT")
    for name, why in data["balance_unknown"].items():
        say(f"  {name}: {why}; it is noted when it is known, before a trade of its ends")


def _ended(data: object, *, as_json: bool) -> int:
    if as_json:
        print_json(data)
    return GOOD
