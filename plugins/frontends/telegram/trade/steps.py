"""One question at a time: what it says, what it offers as buttons, and always a way back and a way out."""

from collections.abc import Sequence
from decimal import Decimal

from core import typed
from core.draft import Draft, Part, said
from core.draft_checks import remarks
from core.money import HUNDRED, floor_to, text
from core.request import EntrySpec
from core.terms import Terms
from core.typed import Unit
from core.words import Side
from plugins.frontends.telegram.rooms import texts
from plugins.frontends.telegram.rooms.leading import Rows, in_rows
from plugins.frontends.telegram.screen import Button, Goes, Screen, go, row
from plugins.frontends.telegram.trade.card import WAYS
from plugins.frontends.telegram.trade.market import Market
from plugins.frontends.telegram.trade.record import PATIENCE, Record

LEVERAGES = (5, 10, 20, 50)
PERCENTS = tuple(map(Decimal, ("0.5", "1", "2", "5", "10")))
LIMITS_AWAY = (1, 2)
"""Percent from the market at which the button's two limits lie."""
BACK, CANCEL = "◀ Back", "Cancel"
FORGOTTEN = "<b>New trade</b>: no answer for 5 minutes. Nothing was opened. /trade can go on where you were."
NAMES = {
    Part.ACCOUNT: "Account", Part.SYMBOL: "Symbol", Part.SIDE: "Side", Part.STRATEGY: "Strategy",
    Part.ENTRIES: "Entries", Part.TARGETS: "Take-profits", Part.STOP: "Stop", Part.LEVERAGE: "Leverage",
    Part.SIZE: "Size", Part.MERGE: "Merge", Part.NOTE: "Note",
}  # fmt: skip
UNITS = {
    Unit.PERCENT: "Send a percentage of what is available, for example <code>2</code> for 2 %.",
    Unit.USDT: "Send the margin in USDT, for example <code>500</code>.",
    Unit.RISK: "Send what the stop may lose, in percent of equity, for example <code>1</code>.",
    Unit.QUANTITY: "Send the whole quantity in base units, for example <code>0.5</code>.",
}


def asking(record: Record, part: Part, market: Market, problems: Sequence[str] = ()) -> Screen:
    """The screen of a step; *problems* say why what was just said isn't taken."""
    now = said(record.draft, part)
    found = list(problems) or list(market.against(record.draft, part))
    parts = [_head(record, part, market)]
    if found:
        parts.append(f"<b>{'Not taken' if problems else 'Not right'}</b>\n{texts.sentences(found)}")
    parts.append(f"<b>{NAMES[part]}?</b> {_question(record, part, market)}")
    if now:
        parts.append(f"Now: {texts.code(_shown(part, now))}")
    if market.terms is not None and part is Part.TARGETS and record.draft.side is not None:
        parts += [f"Mind: {texts.said(remark)}." for remark in remarks(record.draft, market.terms)]
    return Screen(
        texts.fitted(parts),
        (*_buttons(record, part, market), *_ways(record, part, market, problems)),
        awaits=Goes("trade_say", {"w": record.id, "p": part.value}),
        patience=PATIENCE,
        forgotten=FORGOTTEN,
    )


def _head(record: Record, part: Part, market: Market) -> str:
    draft, steps = record.draft, market.steps()
    place = f" · step {steps.index(part) + 1} of {len(steps)}" if part in steps and not record.editing else ""
    line = f"<b>New trade</b>{place}"
    if not draft.symbol or part is Part.SYMBOL:
        return line
    line += f"\n{texts.bold(f'{draft.symbol} {said(draft, Part.SIDE).upper()}')}"
    if market.terms is not None:
        line += f" last {text(market.terms.last)}, tick {text(market.terms.instrument.tick)}"
    return line


def _shown(part: Part, now: str) -> str:
    return f"x{now}" if part is Part.LEVERAGE else now.replace(",", ", ")


def _question(record: Record, part: Part, market: Market) -> str:
    draft, terms = record.draft, market.terms
    match part:
        case Part.ACCOUNT:
            return "Which account leads? Its mirrors follow."
        case Part.SYMBOL:
            return "Press one or send its name, for example <code>BTCUSDT</code>."
        case Part.SIDE:
            return "Which way?"
        case Part.STRATEGY:
            return "Which strategy runs it?"
        case Part.ENTRIES:
            shares = f"<code>{texts.said(_with_shares(draft, terms))}</code>"
            return f"Up to 10 prices, <code>market</code> is one. Equal parts, or with shares: {shares}."
        case Part.TARGETS:
            return f"Prices from the nearest to the farthest. {_target_shares(market.strategies.get(draft.strategy))}"
        case Part.STOP:
            side = "below" if draft.side is Side.LONG else "above"
            return f"One price, {side} every entry. Every entry order carries it."
        case Part.LEVERAGE:
            most = "" if terms is None else f", 1 to {text(terms.instrument.max_leverage)}"
            return f"Press one or send another{most}."
        case Part.SIZE:
            available = "" if terms is None else f" Available: {texts.amount(terms.available)} USDT."
            return UNITS[record.unit] + available
        case Part.MERGE:
            return "If a trade lives there already: keep its prices, or replace them by these."
        case Part.NOTE:
            return f"Anything, up to {typed.LONGEST_NOTE} characters; it is kept with the trade."


def _target_shares(shares: Sequence[Decimal] | None) -> str:
    given = "With shares: <code>62000@85, 63000@15</code>."
    if shares is None:
        return given
    return f"{len(shares)} of them share {'/'.join(map(text, shares))}; another number needs shares. {given}"


def _with_shares(draft: Draft, terms: Terms | None) -> str:
    prices = ["market@50", "59000@30", "58000@20"]
    if terms is not None and draft.side is not None and terms.last > 0:
        prices[1:] = [
            f"{text(price)}@{share}" for price, share in zip(limits(draft.side, terms), (30, 20), strict=True)
        ]
    return ", ".join(prices)


def limits(side: Side, terms: Terms) -> list[Decimal]:
    """Two limits at round distances from the market, on the tick."""
    sign = -1 if side is Side.LONG else 1
    return [floor_to(terms.last * (100 + sign * away) / HUNDRED, terms.instrument.tick) for away in LIMITS_AWAY]


def _buttons(record: Record, part: Part, market: Market) -> Rows:
    draft, terms = record.draft, market.terms
    match part:
        case Part.ACCOUNT:
            return in_rows(
                [_choice(record, part, name, _group(name, market.leaders[name])) for name in market.leaders], 1
            )
        case Part.SYMBOL:
            names = list(dict.fromkeys([*market.like, *market.recent]))
            return (*in_rows([_choice(record, part, name) for name in names], 3), *_starts(record))
        case Part.SIDE:
            both = row(_choice(record, part, "long", "LONG"), _choice(record, part, "short", "SHORT"))
            return (both, row(go("Presets", "trade_presets", w=record.id))) if not draft.entries else (both,)
        case Part.STRATEGY:
            return in_rows([_choice(record, part, name) for name in market.strategies], 2)
        case Part.ENTRIES if terms is not None and draft.side is not None and terms.last > 0:
            three = typed.entries_text([EntrySpec(None), *(EntrySpec(price) for price in limits(draft.side, terms))])
            return (row(_choice(record, part, three, three.replace(",", ", "))), row(_choice(record, part, "market")))
        case Part.LEVERAGE if terms is not None:
            most = terms.instrument.max_leverage
            fitting = [each for each in LEVERAGES if each <= most] or [int(most)]
            return (tuple(_choice(record, part, str(each), f"x{each}") for each in fitting),)
        case Part.SIZE:
            return _sizes(record, terms)
        case Part.MERGE:
            return (row(*(_choice(record, part, way, label) for way, label in WAYS.items())),)
    return ()


def _sizes(record: Record, terms: Terms | None) -> Rows:
    available = None if terms is None else terms.available
    shares = []
    for percent in PERCENTS:
        amount = "" if available is None else f" · {texts.amount(available * percent / HUNDRED)}"
        shares.append(_choice(record, Part.SIZE, f"{text(percent)}%", f"{text(percent)} %{amount}"))
    units = [
        go(label, "trade_unit", w=record.id, v=unit.value)
        for unit, label in (
            (Unit.PERCENT, "%"),
            (Unit.USDT, "USDT"),
            (Unit.RISK, "Risk %"),
            (Unit.QUANTITY, "Quantity"),
        )
        if unit is not record.unit
    ]
    return (*in_rows(shares, 2), tuple(units))


def _starts(record: Record) -> Rows:
    """What may stand in for typing all of it."""
    buttons = [go("Repeat last", "trade_repeat", w=record.id), go("Presets", "trade_presets", w=record.id)]
    if record.left is not None and not record.draft.symbol:
        given_up = record.left.draft
        left = f"{given_up.symbol} {said(given_up, Part.SIDE).upper()}".strip()
        buttons.insert(0, go(f"Go on: {texts.plain(left, 24)}", "trade_resume", w=record.id))
    return in_rows(buttons, 2)


def _group(name: str, mirrors: Sequence[str]) -> str:
    return f"{name} + {', '.join(mirrors)}" if mirrors else name


def _choice(record: Record, part: Part, value: str, label: str = "") -> Button:
    return go(label or value, "trade_say", w=record.id, p=part.value, v=value)


def _ways(record: Record, part: Part, market: Market, problems: Sequence[str]) -> Rows:
    """Keep what is there, back, out."""
    ways = [way_back(record, part, market), go(CANCEL, "trade_cancel", w=record.id)]
    now = said(record.draft, part)
    if part is Part.NOTE and now:
        ways.insert(0, go("No note", "trade_say", w=record.id, p=part.value, v=""))
    if now and not record.editing and part in market.steps():
        again = part is Part.SYMBOL and market.why and not problems
        ways.insert(0, go("Try again" if again else "Keep ▶", "trade_keep", w=record.id, p=part.value))
    return (tuple(ways),)


def way_back(record: Record, part: Part | None, market: Market) -> Button:
    """One step back with everything kept; from an edit to the card, from the first step to the dashboard."""
    if record.editing and part is not None:
        return go(BACK, "trade_card", w=record.id)
    steps = market.steps()
    at = len(steps) if part is None or part not in steps else steps.index(part)
    return go(BACK, "trade_step", w=record.id, p=steps[at - 1].value) if at else go(BACK, "dashboard")
