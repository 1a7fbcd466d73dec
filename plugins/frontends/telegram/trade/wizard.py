"""The steps: what was said is taken when it stands, and the next open question is asked (E2)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from core.draft import Draft, Part, taken
from core.trade_line import draft_of
from core.typed import Mistyped, Unit
from plugins.frontends.telegram.screen import Screen
from plugins.frontends.telegram.trade.going import (
    OTHERS,
    UNREADABLE,
    VIEWER,
    ask,
    cancelled,
    going,
    onward,
    refused_line,
    shown_card,
)
from plugins.frontends.telegram.trade.market import look
from plugins.frontends.telegram.trade.record import Record, Unreadable, begun, changed, recalled
from plugins.frontends.telegram.turn import Handler, Turn
from ports.frontend import Role


def screens() -> Mapping[str, Handler]:
    """The steps and the card."""
    return {
        "trade": trade,
        "trade_step": going(step),
        "trade_say": going(say),
        "trade_keep": going(kept),
        "trade_unit": going(unit),
        "trade_edit": going(edit),
        "trade_card": going(card),
        "trade_resume": resume,
        "trade_cancel": cancelled,
    }


async def trade(turn: Turn) -> Screen:
    """/trade: a whole trade in one line, or the first question that the line leaves open."""
    if turn.who.role is not Role.TRADER:
        return VIEWER
    try:
        recalled(turn)
    except Unreadable:
        return UNREADABLE
    try:
        draft = draft_of(turn.text) if turn.text.strip() else Draft()
    except Mistyped as why:
        return refused_line(str(why))
    return await onward(turn, begun(turn, draft))


async def resume(turn: Turn) -> Screen:
    """Go on with the draft that waited too long, or that another one has taken the place of."""
    if turn.who.role is not Role.TRADER:
        return VIEWER
    try:
        record = recalled(turn)
    except Unreadable:
        return UNREADABLE
    if record is None or record.id != turn.arguments.get("w"):
        return OTHERS
    wanted = record if record.draft.symbol else record.left or record
    return await onward(turn, replace(wanted, left=None, at=turn.now, confirmed=False))


async def step(turn: Turn, record: Record) -> Screen:
    """Ask for a part again, with everything that was entered."""
    part = _part(turn)
    if part is None:
        return OTHERS
    return ask(turn, _fresh(record, editing=False), part, await look(turn, record.draft))


async def edit(turn: Turn, record: Record) -> Screen:
    """From the card: ask for one part, then back to the card."""
    part = _part(turn)
    if part is None:
        return OTHERS
    return ask(turn, _fresh(record, editing=True), part, await look(turn, record.draft))


def _fresh(record: Record, *, editing: bool) -> Record:
    """Asked anew, a bare number is a percentage again, whatever was chosen the last time (E2)."""
    return replace(record, editing=editing, unit=Unit.PERCENT)


async def kept(turn: Turn, record: Record) -> Screen:
    """Leave a part as it is, and go on."""
    return await onward(turn, record)


async def unit(turn: Turn, record: Record) -> Screen:
    """What a bare number means as a size from now on."""
    chosen = turn.arguments.get("v", "")
    wanted = Unit(chosen) if chosen in set(Unit) else Unit.PERCENT
    return ask(turn, replace(record, unit=wanted), Part.SIZE, await look(turn, record.draft))


async def say(turn: Turn, record: Record) -> Screen:
    """Take what was typed or pressed for a part; where it can't stand, say why and ask again."""
    part = _part(turn)
    if part is None:
        return OTHERS
    words = turn.arguments.get("v", turn.text)
    try:
        after = _taken(record, part, words)
    except Mistyped as why:
        return ask(turn, record, part, await look(turn, record.draft), [str(why)])
    market = await look(turn, after.draft)
    wrong = market.against(after.draft, part)
    if wrong:
        return ask(turn, record, part, market, wrong)
    if record.editing:
        return await shown_card(turn, after, market)
    return await onward(turn, after, market)


def _taken(record: Record, part: Part, words: str) -> Record:
    """The record with the part as said. In answer to the first question a whole line may be given."""
    if part is Part.SYMBOL and not record.editing and len(words.split()) > 1:
        told = draft_of(words)
        return replace(record, draft=replace(told, account=told.account or record.draft.account), confirmed=False)
    return changed(record, **cast("dict[str, Any]", taken(part, words, record.unit)))


async def card(turn: Turn, record: Record) -> Screen:
    """The card as it is now; *c* accepts that a limit fills at once."""
    return await shown_card(turn, replace(record, confirmed=record.confirmed or turn.arguments.get("c") == "1"))


def _part(turn: Turn) -> Part | None:
    named = turn.arguments.get("p", "")
    return Part(named) if named in set(Part) else None
