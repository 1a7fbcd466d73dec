"""A trade kept for again: its prices as distances from the market, in percent, so that it fits any day and symbol."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from core.draft import Draft, draft_from, draft_json
from core.instrument import Instrument
from core.money import HUNDRED, decimal, floor_to, text
from core.request import EntrySpec
from core.typed import MARKET

FINEST = Decimal("0.0001")
"""Percent to which a distance is kept: 0.06 of a price of 60,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """*rest* is the draft without its prices. Distances are percent of the last price, below it negative.

    *entries* are in the draft's order with their weights, None = at market.
    """

    rest: Draft
    entries: tuple[tuple[Decimal | None, Decimal], ...]
    targets: tuple[Decimal, ...]
    shares: tuple[Decimal, ...] | None
    stop: Decimal | None


def preset_of(draft: Draft, last: Decimal) -> Preset:
    """What to keep of a draft while the market is at *last*."""

    def away(price: Decimal) -> Decimal:
        return (price * HUNDRED / last - HUNDRED).quantize(FINEST, ROUND_HALF_EVEN)

    return Preset(
        rest=replace(draft, entries=(), take_profits=(), shares=None, stop=None, merge=""),
        entries=tuple((None if each.price is None else away(each.price), each.weight) for each in draft.entries),
        targets=tuple(away(price) for price in draft.take_profits),
        shares=draft.shares,
        stop=None if draft.stop is None else away(draft.stop),
    )


def draft_at(preset: Preset, last: Decimal, instrument: Instrument) -> Draft:
    """The draft where the market is now, every price on the nearest tick, for the instrument's symbol."""

    def price(away: Decimal) -> Decimal:
        exact = last * (HUNDRED + away) / HUNDRED
        return floor_to(exact + instrument.tick / 2, instrument.tick)

    return replace(
        preset.rest,
        symbol=instrument.symbol,
        entries=tuple(EntrySpec(None if away is None else price(away), weight) for away, weight in preset.entries),
        take_profits=tuple(price(away) for away in preset.targets),
        shares=preset.shares,
        stop=None if preset.stop is None else price(preset.stop),
    )


def preset_text(preset: Preset) -> str:
    """The ladder in words: entries, targets, stop, as distances."""
    entries = ", ".join(MARKET if away is None else _signed(away) for away, _ in preset.entries)
    targets = ", ".join(_signed(away) for away in preset.targets)
    stop = "none" if preset.stop is None else _signed(preset.stop)
    return f"in {entries}; out {targets}; stop {stop}"


def _signed(away: Decimal) -> str:
    return f"{'+' if away > 0 else ''}{text(away)} %"


def preset_json(preset: Preset) -> dict[str, object]:
    """As plain data."""
    return {
        "rest": draft_json(preset.rest),
        "shares": None if preset.shares is None else [text(share) for share in preset.shares],
        "entries": [[None if away is None else text(away), text(weight)] for away, weight in preset.entries],
        "targets": [text(away) for away in preset.targets],
        "stop": None if preset.stop is None else text(preset.stop),
    }


def preset_from(data: object) -> Preset:
    """The other way. Raises ValueError, KeyError or TypeError for what never was one."""
    if not isinstance(data, Mapping):
        raise TypeError("a preset is a mapping")
    shares = data["shares"]
    return Preset(
        rest=draft_from(data["rest"]),
        entries=tuple((None if away is None else decimal(away), decimal(weight)) for away, weight in data["entries"]),
        targets=tuple(decimal(away) for away in data["targets"]),
        shares=None if shares is None else tuple(decimal(share) for share in shares),
        stop=None if data["stop"] is None else decimal(data["stop"]),
    )
