"""Whether a request's prices are prices, and lie where they must (B2): stop, entries, last price, TP1, TP2, ..."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from core.instrument import Instrument
from core.money import ceil_to, floor_to, text
from core.plan import entry_role, target_role
from core.request import EntrySpec
from core.words import Side


class Priced(Protocol):
    """What has prices: a request, or the part of one that is known so far."""

    @property
    def side(self) -> Side:
        """Which way."""
        ...

    @property
    def entries(self) -> tuple[EntrySpec, ...]:
        """The entries, () = not known yet."""
        ...

    @property
    def take_profits(self) -> tuple[Decimal, ...]:
        """The targets, () = not known yet."""
        ...

    @property
    def stop(self) -> Decimal | None:
        """The stop, None = not known yet."""
        ...


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices that are known so far."""

    side: Side
    entries: tuple[EntrySpec, ...] = ()
    take_profits: tuple[Decimal, ...] = ()
    stop: Decimal | None = None


def is_positive(number: Decimal) -> bool:
    """Whether *number* is finite and above zero; NaN and infinity are not."""
    return number.is_finite() and number > 0


def named_prices(request: Priced) -> Iterator[tuple[str, Decimal]]:
    """Every price that the request names, with what it is: E2, TP1, stop."""
    for number, entry in enumerate(request.entries, 1):
        if entry.price is not None:
            yield entry_role(number), entry.price
    for number, price in enumerate(request.take_profits, 1):
        yield target_role(number), price
    if request.stop is not None:
        yield "the stop", request.stop


def no_prices(request: Priced) -> Iterator[str]:
    """What is named as a price and is none."""
    for name, price in named_prices(request):
        if not is_positive(price):
            yield f"{name} is {price}, which is no price: give a positive number"


def off_tick(request: Priced, instrument: Instrument) -> Iterator[str]:
    """Prices between two ticks, with the nearest on either side."""
    for name, price in named_prices(request):
        if not instrument.on_tick(price):
            low, high = floor_to(price, instrument.tick), ceil_to(price, instrument.tick)
            yield f"{name} {text(price)} is off the tick of {text(instrument.tick)}: use {text(low)} or {text(high)}"


def out_of_order(request: Priced, last: Decimal) -> Iterator[str]:
    """Prices on the wrong side of one another, for a long from low to high: stop, entries and *last*, TP1, TP2, ...

    A late request (the market is past TP1 or the stop) is refused here, not chased.
    """
    below, above = ("below", "above") if request.side is Side.LONG else ("above", "below")
    resting = sorted(_resting(request), key=lambda entry: entry[1], reverse=request.side is Side.SHORT)
    if request.stop is not None:
        stop = text(request.stop)
        for name, price in resting[:1]:
            if not _ascend(request.stop, price, request.side):
                yield f"the stop {stop} is not {below} {name} {text(price)}: it must lie {below} every entry"
        if not _ascend(request.stop, last, request.side):
            yield f"the market ({text(last)}) is at or past the stop {stop}: it would be stopped at once, make it anew"
    if request.take_profits:
        first = request.take_profits[0]
        for name, price in resting[-1:]:
            if not _ascend(price, first, request.side):
                yield f"{name} {text(price)} is not {below} TP1 {text(first)}: every entry lies before the first target"
        if not _ascend(last, first, request.side):
            yield f"the market ({text(last)}) has reached TP1 {text(first)} already: too late, it is not chased"
    for number, (one, other) in enumerate(pairwise(request.take_profits), 1):
        if not _ascend(one, other, request.side):
            farther, nearer = target_role(number + 1), target_role(number)
            yield f"{farther} {text(other)} is not {above} {nearer} {text(one)}: each target lies beyond the one before"


def repeated(request: Priced) -> Iterator[str]:
    """Entries at a price that another entry has already."""
    seen: dict[Decimal | None, str] = {}
    for number, entry in enumerate(request.entries, 1):
        role = entry_role(number)
        first = seen.setdefault(entry.price, role)
        if first != role:
            where = "at market" if entry.price is None else f"at {text(entry.price)}"
            yield f"{first} and {role} are both {where}: make them one entry, or move one"


def crossing(request: Priced, last: Decimal) -> Iterator[str]:
    """Limits that the market would fill at once, which a person must confirm."""
    for name, price in _resting(request):
        if not _ascend(price, last, request.side):
            yield f"{name} {text(price)} would fill at once, the market is at {text(last)}: confirm it, or move it"


def _resting(request: Priced) -> Iterator[tuple[str, Decimal]]:
    for number, entry in enumerate(request.entries, 1):
        if entry.price is not None:
            yield entry_role(number), entry.price


def _ascend(one: Decimal, other: Decimal, side: Side) -> bool:
    """Whether *other* lies strictly beyond *one* in the trade's direction."""
    return one < other if side is Side.LONG else one > other
