"""Presets on the screen: keep the card's trade under a name, take one out again, throw one away."""

from collections.abc import Mapping
from dataclasses import replace

from core.draft import Part, said
from core.preset import Preset, draft_at, preset_of, preset_text
from core.typed import Mistyped
from plugins.frontends.telegram.rooms import texts
from plugins.frontends.telegram.screen import Goes, Screen, go, row
from plugins.frontends.telegram.trade.going import ask, going, onward, shown_card
from plugins.frontends.telegram.trade.market import look
from plugins.frontends.telegram.trade.presets import MOST, keep_shelf, name_of, shelf
from plugins.frontends.telegram.trade.record import PATIENCE, Record, keep
from plugins.frontends.telegram.trade.steps import BACK, CANCEL, FORGOTTEN
from plugins.frontends.telegram.turn import Handler, Turn
from ports.errors import TandemError

HOW = "Prices are kept as distances from the market, in percent: they fit again wherever it is, on any symbol."


def screens() -> Mapping[str, Handler]:
    """The shelf, and what goes on and off it."""
    return {
        "trade_presets": going(listed),
        "trade_preset": going(used),
        "trade_forget": going(forgotten),
        "trade_save": going(naming),
        "trade_saved": going(saved),
    }


async def listed(turn: Turn, record: Record, note: str = "") -> Screen:
    """Every preset, to use or to delete."""
    keep(turn, record)
    found = await shelf(turn)
    parts = [note] if note else []
    if found.damaged:
        parts.append("What you kept can't be read any more, and was left out.")
    parts.append("<b>Presets</b>" if found.presets else "No preset yet: <b>Save</b> on a card keeps one.")
    parts += [_described(name, each) for name, each in found.presets.items()]
    rows = [
        row(go(name, "trade_preset", w=record.id, n=name), go("Delete", "trade_forget", w=record.id, n=name))
        for name in found.presets
    ]
    ways = row(go(BACK, "trade_keep", w=record.id), go(CANCEL, "trade_cancel", w=record.id))
    return Screen(texts.fitted(parts), (*rows, ways))


def _described(name: str, preset: Preset) -> str:
    rest = preset.rest
    what = (
        f"{rest.symbol} {said(rest, Part.SIDE)} x{said(rest, Part.LEVERAGE)} {said(rest, Part.SIZE)}, {rest.strategy}"
    )
    return f"{texts.bold(name)}: {texts.said(what)}; {texts.said(preset_text(preset))}"


async def used(turn: Turn, record: Record) -> Screen:
    """A preset's trade where the market is now: on the symbol that was chosen, else on its own."""
    name = turn.arguments.get("n", "")
    preset = (await shelf(turn)).presets.get(name)
    if preset is None:
        return await listed(turn, record, "That preset is gone.")
    rest = replace(preset.rest, account=record.draft.account or preset.rest.account,
                   symbol=record.draft.symbol or preset.rest.symbol)  # fmt: skip
    market = await look(turn, rest)
    if market.terms is None or market.terms.last <= 0:
        return ask(turn, record, Part.SYMBOL, market, market.why or ("no last price is known: try again later",))
    draft = draft_at(replace(preset, rest=rest), market.terms.last, market.terms.instrument)
    return await onward(turn, replace(record, draft=draft, confirmed=False), market)


async def forgotten(turn: Turn, record: Record) -> Screen:
    """Without it."""
    name = turn.arguments.get("n", "")
    found = await shelf(turn)
    try:
        await keep_shelf(turn, {each: preset for each, preset in found.presets.items() if each != name})
    except TandemError as error:
        return await listed(turn, record, f"Not deleted: {texts.said(error)}")
    return await listed(turn, record)


async def naming(turn: Turn, record: Record, problem: str = "") -> Screen:
    """Ask for the name."""
    keep(turn, record)
    said_first = f"<b>Not kept</b>\n{texts.sentences([problem])}\n" if problem else ""
    return Screen(
        f"{said_first}<b>Keep this trade as a preset.</b> {HOW} Send its name.",
        (row(go(BACK, "trade_card", w=record.id), go(CANCEL, "trade_cancel", w=record.id)),),
        awaits=Goes("trade_saved", {"w": record.id}),
        patience=PATIENCE,
        forgotten=FORGOTTEN,
    )


async def saved(turn: Turn, record: Record) -> Screen:
    """Keep it under the name, in place of one that has it; then the card again."""
    try:
        name = name_of(turn.text)
    except Mistyped as why:
        return await naming(turn, record, str(why))
    found = await shelf(turn)
    market = await look(turn, record.draft)
    if market.terms is None or market.terms.last <= 0:
        return await naming(turn, record, "; ".join(market.why) or "no last price is known: try again later")
    if len(found.presets) >= MOST and name not in found.presets:
        return await naming(turn, record, f"there are {MOST} already: delete one first")
    preset = preset_of(record.draft, market.terms.last)
    try:
        await keep_shelf(turn, {**found.presets, name: preset})
    except TandemError as error:
        return await naming(turn, record, str(error))
    return await shown_card(turn, record, market, note=f"Kept as {texts.bold(name)}: {texts.said(preset_text(preset))}")
