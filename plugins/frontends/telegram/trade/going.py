"""From one screen to the next: who goes on with which draft, what is asked next, and the card when all is there."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from core.draft import Part, missing, request_words
from core.trade_line import EXAMPLE
from plugins.frontends.telegram.rooms import texts
from plugins.frontends.telegram.screen import Button, Goes, Screen, go, row
from plugins.frontends.telegram.trade.card import WAYS, card, choosing
from plugins.frontends.telegram.trade.market import Market, look, settled
from plugins.frontends.telegram.trade.record import Record, Unreadable, drop, keep, recalled
from plugins.frontends.telegram.trade.steps import CANCEL, NAMES, asking, way_back
from plugins.frontends.telegram.turn import Handler, Turn
from ports.frontend import Role

AGAIN = (row(go("New trade", "trade"), go("🏠 Dashboard", "dashboard")),)
VIEWER = Screen("You may look, not act: your role here is viewer.", (row(go("🏠 Dashboard", "dashboard")),))
UNREADABLE = Screen(
    "The trade you were making can't be read any more: another version of Tandem kept it. Nothing was opened; "
    "begin anew.",
    AGAIN,
)
OTHERS = Screen(
    "These buttons belong to another trade, or to somebody else's. Nothing was done. /trade begins your own.",
    AGAIN,
    fresh=True,
)
EDITED = (
    (Part.ENTRIES, Part.TARGETS, Part.STOP),
    (Part.LEVERAGE, Part.SIZE, Part.SIDE),
    (Part.SYMBOL, Part.STRATEGY, Part.ACCOUNT, Part.MERGE, Part.NOTE),
)
BOTH_WAYS = 1
"""How `preview` ends when it shows what keeping and what replacing a live trade's prices would come to (B13)."""

Going = Callable[[Turn, Record], Awaitable[Screen]]


def going(step: Going) -> Handler:
    """A step that only the person whose draft it is can take, and only with that draft's own buttons."""

    async def handler(turn: Turn) -> Screen:
        if turn.who.role is not Role.TRADER:
            return VIEWER
        try:
            record = recalled(turn)
        except Unreadable:
            return UNREADABLE
        if record is None or record.id != turn.arguments.get("w"):
            return OTHERS
        if record.over(turn.now):
            return left(record)
        return await step(turn, replace(record, at=turn.now))

    return handler


def left(record: Record) -> Screen:
    """What is said when a step waited for too long."""
    return Screen(
        f"<b>New trade</b>: no answer for 5 minutes. {outcome(record)}",
        (row(go("Go on", "trade_resume", w=record.id), go("New trade", "trade")), row(go("🏠 Dashboard", "dashboard"))),
    )


def outcome(record: Record | None) -> str:
    """What came of a trade that is given up here."""
    if record is None or record.sent is None:
        return "Nothing was opened."
    return (
        f"An order to open {texts.said(record.sent.symbol)} was given, and what came of it is not known: "
        "look at your positions."
    )


async def onward(turn: Turn, record: Record, market: Market | None = None) -> Screen:
    """The first question that is still open, else the card."""
    market = market or await look(turn, record.draft)
    record = replace(record, draft=replace(record.draft, **cast("dict[str, Any]", settled(record.draft, market))))
    part = market.next(record.draft)
    if part is None:
        return await shown_card(turn, record, market)
    return ask(turn, replace(record, editing=False), part, market)


def ask(turn: Turn, record: Record, part: Part, market: Market, problems: Sequence[str] = ()) -> Screen:
    """Ask for one part, and remember that it was asked."""
    keep(turn, replace(record, part=part))
    return asking(record, part, market, problems)


async def shown_card(turn: Turn, record: Record, market: Market | None = None, note: str = "") -> Screen:
    """The card, of what every account says now; what is missing is asked for first."""
    market = market or await look(turn, record.draft)
    record = replace(record, part=None, editing=False)
    if any(missing(record.draft, part) for part in market.steps()):
        return await onward(turn, record, market)
    keep(turn, record)
    answer = await turn.ask("preview", **asked(record))
    if "data" not in answer:
        reasons = texts.sentences(cast("list[str]", answer["error"]))
        return Screen(f"<b>Can't be opened as it is</b>\n{reasons}", _edits(record, market))
    rows = cast("list[Mapping[str, Any]]", answer["data"])
    if answer["exit"] == BOTH_WAYS:
        return _both_ways(record, rows, market)
    record = replace(record, promised=losses(rows))
    keep(turn, record)
    text = card(record.draft, rows, market, confirmed=record.confirmed)
    top = _top(record, rows, str(answer.get("revision") or ""))
    return Screen(f"{note}\n\n{text}" if note else text, (*top, *_edits(record, market)))


def _both_ways(record: Record, rows: Sequence[Mapping[str, Any]], market: Market) -> Screen:
    """A trade is there already: what this one would make of it, with its prices kept, and with them replaced."""
    half = len(rows) // 2
    ways = dict(zip(WAYS, (rows[:half], rows[half:]), strict=True))
    refused = {tuple(tuple(each["refused"]) for each in found) for found in ways.values()}
    if len(refused) == 1 and rows[0]["refused"]:  # both for the same reasons
        return Screen(card(record.draft, ways["keep"], market, confirmed=False), _edits(record, market))
    buttons = [
        go(WAYS[way], "trade_say", w=record.id, p=Part.MERGE.value, v=way)
        for way, each in ways.items()
        if not each[0]["refused"] or set(each[0]["refused"]) <= set(each[0].get("ask", ()))
    ]
    return Screen(
        choosing(record.draft, ways, market), (*((tuple(buttons),) if buttons else ()), *_edits(record, market))
    )


def losses(rows: Sequence[Mapping[str, Any]]) -> dict[str, Decimal]:
    """What each account that would open would lose at most."""
    return {str(each["account"]): Decimal(each["plan"]["max_loss"]) for each in rows if not each["refused"]}


def goes_open(record: Record, **more: str) -> Goes:
    """Where the button leads that opens just what was shown."""
    return Goes("trade_open", {"w": record.id, "s": record.seen, **more})


def asked(record: Record) -> dict[str, object]:
    """The arguments of `preview` and `open`."""
    words = request_words(record.draft, confirmed=record.confirmed)
    found: dict[str, object] = {"request": json.dumps(words, ensure_ascii=False), "id": record.identity}
    if record.draft.account:
        found["account"] = record.draft.account
    return found


def refused_line(why: str) -> Screen:
    """A line that isn't understood, with one that is."""
    example = "" if EXAMPLE in why else f"\nFor example:\n{texts.code(f'/trade {EXAMPLE}')}"
    return Screen(f"<b>Not understood</b>\n{texts.sentences([why])}{example}", AGAIN)


async def cancelled(turn: Turn) -> Screen:
    """Out, from anywhere: nothing is opened. Another's button, or an older trade's, ends nothing."""
    try:
        record = recalled(turn)
    except Unreadable:
        return UNREADABLE
    if "w" in turn.arguments and (record is None or record.id != turn.arguments["w"]):
        return OTHERS
    drop(turn)
    return Screen(f"<b>New trade</b>: cancelled. {outcome(record)}", AGAIN)


def _top(record: Record, rows: Sequence[Mapping[str, Any]], revision: str) -> tuple[tuple[Button, ...], ...]:
    """The button that opens, or the one that accepts what is asked first; none when the leader refuses."""
    leader = rows[0]
    if not leader["refused"]:
        opens = [str(each["account"]) for each in rows if not each["refused"]]
        label = f"✅ {'Add' if 'merge' in leader else 'Open'} on {texts.plain(' + '.join(opens), 40)}"
        return (row(Button(label, goes_open(record), once=True, revision=revision)),)
    if set(leader["refused"]) <= set(leader.get("ask", ())):
        return (row(go("It may fill at once: go on", "trade_card", w=record.id, c="1")),)
    return ()


def _edits(record: Record, market: Market) -> tuple[tuple[Button, ...], ...]:
    steps = {*market.steps(), Part.NOTE, *([Part.MERGE] if record.draft.merge else [])}
    rows = [
        tuple(
            go("TPs" if part is Part.TARGETS else NAMES[part], "trade_edit", w=record.id, p=part.value)
            for part in each
            if part in steps
        )
        for each in EDITED
    ]
    last = [
        way_back(record, None, market),
        go("Refresh", "trade_card", w=record.id),
        go("Save", "trade_save", w=record.id),
        go(CANCEL, "trade_cancel", w=record.id),
    ]
    return (*rows, tuple(last))
