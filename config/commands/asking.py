"""Commands that talk to the running service, or read its store when none runs; acts preview, ask, then act."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from rich.console import RenderableType

from config.commands.printing import GOOD, USAGE, WRONG, complain, failing, print_json, say
from config.commands.printing import show as render
from config.control_path import control_path
from config.load import load
from config.registry import registry
from config.request import request_text
from core.engine.control import Answer, ask
from core.identity import parse_key
from plugins.frontends.console import screens, tables

CHOOSE = "nothing done: a trade is live there; choose one of the two with --merge keep or --merge replace"
LISTS = ("alerts", "audited")
"""What has a command of its own; the rest is a part of the status."""
NOT_RUNNING = "no service runs for {config}; start it with `tandem run {config}`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What `open` was told."""

    request: Path
    account: str | None
    dry_run: bool
    yes: bool
    confirmed: bool
    merge: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What an act was told; numbers as text."""

    kind: str
    trade: str
    account: str | None = None
    price: str | None = None
    quantity: str | None = None
    dry_run: bool = False
    yes: bool = False


def running(config: Path, command: str, arguments: Mapping[str, object]) -> Answer | None:
    """What the running service answers, None when none runs; the rest of the configuration isn't looked at.

    Raises ConfigError when none runs and the configuration is wrong: then that is what is to be mended first.
    """
    answer = asyncio.run(ask(control_path(config), command, arguments))
    if answer is None:
        load(config, registry())
    return answer


@failing
def show(what: str, config: Path, arguments: Mapping[str, Any], *, as_json: bool) -> int:
    """Print what is."""
    answer = asyncio.run(_asked(config, what, {**arguments, "fresh": what == "status"}))
    if answer["exit"] != GOOD:
        return complain(cast("Sequence[str]", answer["error"]), int(str(answer["exit"])), as_json=as_json)
    return _shown(what, cast("Any", answer["data"]), arguments, as_json=as_json)


async def _asked(config: Path, what: str, arguments: Mapping[str, Any]) -> Answer:
    """The service's answer, else the store's. Trades are live ones and ended ones together."""
    if what == "health":
        answer = await ask(control_path(config), "health", arguments)
        if answer is not None:
            return {"exit": GOOD, "data": answer["data"]} if "data" in answer else answer
    if what == "trades":
        live = await from_either(config, "status", arguments)
        ended = await from_either(config, "closed", arguments)
        rows = {"live": cast("Any", live["data"])["trades"], "ended": ended["data"]}
        return {"exit": GOOD, "data": rows}
    command = what if what in LISTS else "status"
    return await from_either(config, command, arguments)


async def from_either(config: Path, command: str, arguments: Mapping[str, Any]) -> Answer:
    """The running service's answer, without one the store's."""
    answer = await ask(control_path(config), command, arguments)
    if answer is not None:
        return answer
    from config import offline  # without a service only: its libraries take longer than an answer

    found = registry()
    settings = load(config, found)
    return await offline.read(settings, offline.answers(settings, found, arguments)[command])


def _shown(what: str, data: Any, arguments: Mapping[str, Any], *, as_json: bool) -> int:
    if what == "trades":
        return _trades(data, arguments.get("trade"), as_json=as_json)
    if what == "health":
        return _health(data, as_json=as_json)
    part = data if what in ("status", *LISTS) else data[what]
    if as_json:
        print_json(part if what == "status" else {what: part})
        return GOOD
    renderers: dict[str, Callable[[Any], RenderableType]] = {
        "status": screens.status,
        "positions": tables.positions,
        "orders": tables.orders,
        "monitors": tables.monitors,
        "alerts": tables.alerts,
        "audited": tables.audited,
    }
    render(renderers[what](part))
    return GOOD


def _trades(data: Mapping[str, Any], trade: str | None, *, as_json: bool) -> int:
    live, ended = data["live"], data["ended"]
    if trade is not None:
        live = [row for row in live if trade.upper() in (row["trade"], row["symbol"])]
        ended = [row for row in ended if trade.upper() in (row["id"], row["symbol"])]
        if not live and not ended:
            return complain((f"no trade {trade!r}, live or ended",), WRONG, as_json=as_json)
    if as_json:
        print_json({"live": live, "ended": ended})
        return GOOD
    for row in live if trade is not None else []:
        render(screens.ladder(row))
    if trade is None:
        render(tables.trades(live))
    render(tables.closed(ended))
    return GOOD


def _health(data: Mapping[str, Any], *, as_json: bool) -> int:
    if "well" not in data:  # from the store: nobody is there to be healthy
        data = {"well": False, "wrong": ["the service is not running"]}
    if as_json:
        print_json(data)
    elif "process" in data:
        render(screens.health(data))
    else:
        say("\n".join(data["wrong"]))
    return GOOD if data["well"] else WRONG


def confirmed(question: str, *, yes: bool, flag: str = "--yes") -> bool:
    """Whether the person says yes; with nobody there the answer is no, and what would make it yes is said."""
    if yes:
        return True
    if not sys.stdin.isatty():
        sys.stderr.write(f"not done: nobody is there to confirm; add {flag} to do it without asking\n")
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def left(*, as_json: bool) -> int:
    """Nobody said yes: an object for programs, which would else get nothing; people were told why already."""
    if as_json:
        print_json({"error": ["not confirmed, nothing was done"]})
    return WRONG


@failing
def open_trade(config: Path, asked: Opening, *, as_json: bool) -> int:
    """Preview, confirm, open."""
    text = request_text(asked.request)
    arguments = {"request": text, "account": asked.account, "merge": asked.merge, "confirmed": asked.confirmed}
    preview = running(config, "preview", arguments)
    if preview is None:
        return complain((NOT_RUNNING.format(config=config),), WRONG, as_json=as_json)
    if "error" in preview:
        return complain(cast("Sequence[str]", preview["error"]), USAGE, as_json=as_json)
    rows = cast("list[dict[str, Any]]", preview["data"])
    if not as_json:
        render(screens.preview(rows))
        if preview["exit"] == WRONG:
            return complain((CHOOSE,), WRONG, as_json=as_json)
    if preview["exit"] != GOOD or asked.dry_run:
        if as_json:
            print_json({"preview": rows, "opened": []})
        return int(str(preview["exit"]))
    if not confirmed("Add it?" if any("merge" in row for row in rows) else "Open it?", yes=asked.yes):
        return left(as_json=as_json)
    answer = running(config, "open", arguments)
    return _opened(answer, rows, as_json=as_json)


def _opened(answer: Answer | None, preview: list[dict[str, Any]], *, as_json: bool) -> int:
    if answer is None:
        return complain(("the service stopped before it answered; see `tandem status`",), WRONG, as_json=as_json)
    if "error" in answer:
        return complain(cast("Sequence[str]", answer["error"]), int(str(answer["exit"])), as_json=as_json)
    rows = cast("list[dict[str, Any]]", answer["data"])
    if as_json:
        print_json({"preview": preview, "opened": rows})
        return int(str(answer["exit"]))
    for row in rows:
        if row["trade"]:
            say(f"{row['account']}: {'added to' if row['merged'] else 'opened as'} {row['trade']}")
        for reason in row["refused"]:
            say(f"{row['account']}: not opened: {reason}")
    return int(str(answer["exit"]))


@failing
def act(config: Path, asked: Acting, *, as_json: bool) -> int:
    """Preview, confirm, act."""
    arguments: dict[str, object] = {
        "kind": asked.kind,
        "trade": asked.trade,
        "account": asked.account,
        "price": asked.price,
        "quantity": asked.quantity,
        "by": "cli",
    }
    would = running(config, "act", {**arguments, "dry_run": True})
    if would is None:
        return complain((NOT_RUNNING.format(config=config),), WRONG, as_json=as_json)
    if "error" in would:
        return complain(cast("Sequence[str]", would["error"]), int(str(would["exit"])), as_json=as_json)
    rows = cast("list[dict[str, Any]]", would["data"])
    if not as_json:
        for row in rows:
            say(would_text(row))
    if asked.dry_run or (not as_json and all(row["refused"] for row in rows)):
        if as_json:
            print_json({"would": rows})
        return WRONG if any(row["refused"] for row in rows) else GOOD
    if not confirmed("Do it?", yes=asked.yes):
        return left(as_json=as_json)
    return _acted(running(config, "act", arguments), as_json=as_json)


def would_text(row: Mapping[str, Any]) -> str:
    """One account's row of an act's dry run: what would be done there, or every reason why not."""
    what = f"{row['account']}: {row['symbol']} {row['side']} {row['position']}, trade {row['trade']}"
    if row["refused"]:
        return "\n".join((f"{what}: REFUSED", *(f"  - {reason}" for reason in row["refused"])))
    return f"{what}: {_done_to(row)}"


def _done_to(row: Mapping[str, Any]) -> str:
    """What the act would do there, and to which orders."""
    entries = [key for key in row["orders"] if (ours := parse_key(key)) and ours.role.startswith("E")]
    match row["would"]:
        case "move_stop":
            return f"stop {row['stop'] or 'none'} -> {row['price']}, the market is at {row['last']}"
        case "cancel_entries":
            return f"would cancel {', '.join(entries)}" if entries else "no entry works, nothing would change"
        case "reduce":
            return f"would close {row['quantity']} of it at market"
        case _:
            orders = ", ".join(row["orders"]) or "no order"
            return f"would close all of it at market and cancel {orders}"


def _acted(answer: Answer | None, *, as_json: bool) -> int:
    if answer is None:
        return complain(("the service stopped before it answered; see `tandem status`",), WRONG, as_json=as_json)
    if "error" in answer:
        return complain(cast("Sequence[str]", answer["error"]), int(str(answer["exit"])), as_json=as_json)
    rows = cast("list[dict[str, Any]]", answer["data"])
    if as_json:
        print_json({"acted": rows})
    else:
        for row in rows:
            say(f"{row['account']}: " + (f"REFUSED: {'; '.join(row['refused'])}" if row["refused"] else "done"))
    return int(str(answer["exit"]))


@failing
def pause(config: Path, account: str | None, *, paused: bool, dry_run: bool, as_json: bool) -> int:
    """Pause or resume new entries."""
    arguments = {"account": account, "paused": paused, "dry_run": dry_run, "by": "cli"}
    answer = running(config, "pause", arguments)
    if answer is None:
        return complain((NOT_RUNNING.format(config=config),), WRONG, as_json=as_json)
    if "error" in answer:
        return complain(cast("Sequence[str]", answer["error"]), int(str(answer["exit"])), as_json=as_json)
    if as_json:
        print_json({"accounts": answer["data"]})
    else:
        for row in cast("list[dict[str, Any]]", answer["data"]):
            already = " already" if row["paused"] == row["was"] else ""
            verb = "would be" if dry_run and not already else "are"
            say(f"{row['account']}: new entries {verb} {'paused' if row['paused'] else 'taken'}{already}")
    return GOOD
