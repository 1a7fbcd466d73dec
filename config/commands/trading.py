"""open, close, move-stop, cancel-entries, pause, resume: acts on trades; each previews, asks, then acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from config.commands.asking import confirmed, left, running, told, told_by
from config.commands.printing import GOOD, WRONG, complain, failing, preview, print_json, say
from config.commands.printing import show as render
from config.request import request_text
from core.engine.control import Answer
from core.identity import parse_key
from plugins.frontends.console import screens

CHOOSE = "nothing done: a trade is live there; choose one of the two with --merge keep or --merge replace"


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


@failing
def open_trade(config: Path, asked: Opening, *, as_json: bool) -> int:
    """Preview, confirm, open."""
    text = request_text(asked.request)
    arguments = {"request": text, "account": asked.account, "merge": asked.merge, "confirmed": asked.confirmed}
    found = told(config, "preview", arguments, as_json=as_json)
    if isinstance(found, int):
        return found
    rows = cast("list[dict[str, Any]]", found["data"])
    if not as_json:
        render(screens.preview(rows))
        if found["exit"] == WRONG:
            return complain((CHOOSE,), WRONG, as_json=as_json)
    if found["exit"] != GOOD or asked.dry_run:
        if as_json:
            print_json({"preview": rows, "opened": []})
        return int(str(found["exit"]))
    if not confirmed("Add it?" if any("merge" in row for row in rows) else "Open it?", yes=asked.yes):
        return left(as_json=as_json)
    answer = _done(config, "open", arguments, as_json=as_json)
    return answer if isinstance(answer, int) else _opened(answer, rows, as_json=as_json)


def _done(config: Path, command: str, arguments: Mapping[str, object], *, as_json: bool) -> Answer | int:
    """As `told`, of an act whose preview the service has just answered: it may be done though nobody says so."""
    answer = running(config, command, arguments)
    if answer is None:
        return complain(("the service stopped before it answered; see `tandem status`",), WRONG, as_json=as_json)
    return told_by(answer, as_json=as_json)


def _opened(answer: Answer, preview: list[dict[str, Any]], *, as_json: bool) -> int:
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


def cancel_entries(config: Path, trade: str, account: str | None, *, dry_run: bool, yes: bool, as_json: bool) -> int:
    """As `act`, where the trade says all."""
    asked = Acting(kind="cancel_entries", trade=trade, account=account, dry_run=dry_run, yes=yes)
    return act(config, asked, as_json=as_json)


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
    would = told(config, "act", {**arguments, "dry_run": True}, as_json=as_json)
    if isinstance(would, int):
        return would
    rows = cast("list[dict[str, Any]]", would["data"])
    if not as_json:
        preview(lambda: say("\n".join(map(would_text, rows))), agreed=asked.yes)
    if asked.dry_run or (not as_json and all(row["refused"] for row in rows)):
        if as_json:
            print_json({"would": rows})
        return WRONG if any(row["refused"] for row in rows) else GOOD
    if not confirmed("Do it?", yes=asked.yes):
        return left(as_json=as_json)
    answer = _done(config, "act", arguments, as_json=as_json)
    return answer if isinstance(answer, int) else _acted(answer, as_json=as_json)


def would_text(row: Mapping[str, Any]) -> str:
    """One account's row of an act's dry run: what would be done there, or every reason why not."""
    tag = "" if row["environment"] == "live" else f"[{str(row['environment']).upper()}] "
    what = f"{tag}{row['account']}: {row['symbol']} {row['side']} {row['position']}, trade {row['trade']}"
    if row["refused"]:
        return "\n".join((f"{what}: REFUSED", *(f"  - {reason}" for reason in row["refused"])))
    brought = ", ".join(row["brings"])
    return f"{what}: {_done_to(row)}" + (f"; its mirrors follow and do the same: {brought}" if brought else "")


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


def _acted(answer: Answer, *, as_json: bool) -> int:
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
    answer = told(config, "pause", arguments, as_json=as_json)
    if isinstance(answer, int):
        return answer
    if as_json:
        print_json({"accounts": answer["data"]})
    else:
        for row in cast("list[dict[str, Any]]", answer["data"]):
            already = " already" if row["paused"] == row["was"] else ""
            verb = "would be" if dry_run and not already else "are"
            say(f"{row['account']}: new entries {verb} {'paused' if row['paused'] else 'taken'}{already}")
    return GOOD
