"""The button that opens, and what came of it on every account (A9, E6)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import structlog

from core.draft import Draft, Part, said
from plugins.frontends.telegram.rooms import texts
from plugins.frontends.telegram.screen import Button, Screen, go, row
from plugins.frontends.telegram.trade.going import BOTH_WAYS, VIEWER, asked, goes_open, going, losses, shown_card
from plugins.frontends.telegram.trade.presets import keep_opened, last_opened
from plugins.frontends.telegram.trade.record import Record, begun, drop, keep
from plugins.frontends.telegram.turn import Handler, Turn
from ports.errors import TandemError
from ports.frontend import Role

log = structlog.get_logger("tandem.telegram")

CHANGED = "<b>No longer what that card showed.</b> Nothing was opened: look again."
EARLIER = (
    "\n⚠️ An order was given before you changed it, and this can be the trade that it opened: look at the position for "
    "what is in it."
)
TOLERANCE = Decimal("1.05")
"""So much more than the card said may be lost: market and balance move while it is read."""


def screens() -> Mapping[str, Handler]:
    """Opening, and opening the same again."""
    return {"trade_open": going(opened), "trade_repeat": repeat}


async def opened(turn: Turn, record: Record) -> Screen:
    """Open what the card showed. The shell lets its button act once; the request's id sees to the rest."""
    if turn.arguments.get("s") != record.seen or not (turn.arguments.get("again") or await _as_shown(turn, record)):
        return await shown_card(turn, record, note=CHANGED)
    revision = turn.arguments.get("revision", "")
    more = {"revision": revision} if revision else {}
    answer = await turn.ask("open", **asked(record), **more)
    if "data" not in answer:
        asked_wrongly = answer["exit"] == 2
        if not asked_wrongly:
            record = replace(record, sent=record.sent or record.draft)
        keep(turn, record)
        return _unanswered(record, cast("list[str]", answer["error"]), asked_wrongly=asked_wrongly)
    rows = cast("list[Mapping[str, Any]]", answer["data"])
    if rows[0]["trade"] is None:
        keep(turn, replace(record, sent=None))
        return Screen(_rows_text("Not opened", record.draft, rows), _again(record))
    drop(turn)
    await _keep_last(turn, record.draft)
    trade = str(rows[0]["trade"])
    changed = EARLIER if record.sent not in (None, record.draft) else ""
    return Screen(
        _rows_text("Opened", record.draft, rows) + changed,
        (
            row(go("Position", "position", t=trade), go("Repeat", "trade_repeat")),
            row(go("🏠 Dashboard", "dashboard")),
        ),
    )


async def _as_shown(turn: Turn, record: Record) -> bool:
    """Whether the same accounts would open it still, for no more than the risk that was shown (E3)."""
    answer = await turn.ask("preview", **asked(record))
    if "data" not in answer or answer["exit"] == BOTH_WAYS:
        return False
    now = losses(cast("list[Mapping[str, Any]]", answer["data"]))
    same = set(now) == set(record.promised)
    return same and all(loss <= record.promised[account] * TOLERANCE for account, loss in now.items())


async def repeat(turn: Turn) -> Screen:
    """The card of the trade that was opened last, checked against the market of now."""
    if turn.who.role is not Role.TRADER:
        return VIEWER
    draft = await last_opened(turn)
    if draft is None:
        return Screen("You have opened nothing yet that could be repeated.", (row(go("New trade", "trade")),))
    return await shown_card(turn, begun(turn, draft))


async def _keep_last(turn: Turn, draft: Draft) -> None:
    try:
        await keep_opened(turn, replace(draft, merge=""))
    except TandemError as error:  # the trade is open: that alone must be said
        log.warning("last trade not kept", reason=str(error))


def _unanswered(record: Record, reasons: Sequence[str], *, asked_wrongly: bool) -> Screen:
    listed = texts.sentences(reasons)
    if asked_wrongly:
        return Screen(f"<b>Not opened</b>\n{listed}", _again(record))
    return Screen(
        f"<b>No clear answer</b>\n{listed}\nIt may or may not be open: look at your positions. <b>Ask again</b> can't "
        "open it twice.",
        (row(Button("Ask again", goes_open(record, again="1"), once=True)), *_again(record)),
    )


def _again(record: Record) -> tuple[Any, ...]:
    return (
        row(go("Back to the card", "trade_card", w=record.id), go("Positions", "positions")),
        row(go("🏠 Dashboard", "dashboard")),
    )


def _rows_text(head: str, draft: Draft, rows: Sequence[Mapping[str, Any]]) -> str:
    whose = texts.tag(each.get("environment") for each in rows)
    what = f"{draft.symbol} {said(draft, Part.SIDE).upper()} x{said(draft, Part.LEVERAGE)}"
    parts = [f"<b>{whose}{head}</b> {texts.said(what)}"]
    for each in rows:
        name = texts.bold(each["account"])
        if each["trade"] is not None:
            how = "added to" if each["merged"] else "opened as"
            parts.append(f"{name}: {how} {texts.code(each['trade'])}")
        else:
            parts.append(f"{name}: not opened\n{texts.sentences(each['refused'][:6])}")
    return texts.fitted(parts, more=" account")
