"""What speaks against a request on one account (B2, A7): every reason at once, before anything is sent.

Each reason is a sentence that names account and symbol, says what was found and what would mend it. Shares are checked
when the request has some; `core.ladder` gives it the strategy's first.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import assert_never

from core.instrument import Instrument
from core.liquidation import Held, liquidated_before
from core.money import HUNDRED, ONE, ZERO, ceil_to, text
from core.money_text import amount_text
from core.plan import Refusal, entry_role, target_role
from core.price_order import crossing, is_positive, no_prices, off_tick, out_of_order, repeated
from core.request import FixedQuantity, MarginPercent, MarginUsdt, Request, RiskPercent, Size
from core.sizing import CENT, Sized, mean_price, prices_of, sized
from core.terms import Terms

MOST_PRICES = 10
"""Entries and take-profits that a request may have, each (B1)."""


def problems(request: Request, terms: Terms) -> tuple[str, ...]:
    """Every reason why the account can't open this; empty when it can."""
    return blocking(request, terms) + too_small(request, terms)


def blocking(request: Request, terms: Terms, held: Held = Held()) -> tuple[str, ...]:  # noqa: B008 - a value
    """As `problems`, but for legs under the venue's minimum, which a mirror may be told to drop (A3).

    What is *held* already counts for the liquidation price and for the size of the targets.
    """
    found = [*_account(request, terms), *_numbers(request, terms)]
    if _priced(request, terms):
        found += off_tick(request, terms.instrument)
        found += out_of_order(request, terms.last)
    found += repeated(request)
    if _countable(request, terms):
        lots = sized(request, terms)
        found += lots.reasons if isinstance(lots, Refusal) else _of_size(request, terms, lots, held)
    return _said(found, request, terms)


def too_small(request: Request, terms: Terms) -> tuple[str, ...]:
    """The legs under the venue's minimum quantity or notional after rounding; nothing is ever raised silently."""
    if not _countable(request, terms):
        return ()
    lots = sized(request, terms)
    if isinstance(lots, Refusal):
        return ()
    small = small_legs(request, terms, lots)
    return _said([_smallness(request, terms, lots, leg) for leg in small], request, terms)


def small_legs(request: Request, terms: Terms, lots: Sized) -> tuple[int, ...]:
    """The positions (from 0) of the legs that the venue wouldn't take."""
    instrument, prices = terms.instrument, prices_of(request.entries, terms.last)
    return tuple(
        leg
        for leg, (price, quantity) in enumerate(zip(prices, lots.quantities, strict=True))
        if quantity < instrument.min_quantity or quantity * price < instrument.min_notional
    )


def questions(request: Request, terms: Terms) -> tuple[str, ...]:
    """What a person must confirm: a limit that would fill at once. Whether it was is for the caller to see."""
    return _said(crossing(request, terms.last), request, terms) if _priced(request, terms) else ()


def lot_reasons(request: Request, terms: Terms) -> Iterator[str]:
    """Why its size can't be had as lots: too much for the balance, a leg too large or too small for the venue."""
    if not _countable(request, terms):
        return
    lots = sized(request, terms)
    if isinstance(lots, Refusal):
        yield from (reason.removeprefix(f"{terms.account} {request.symbol}: ") for reason in lots.reasons)
        return
    yield from _too_large(request, terms.instrument, lots)
    yield from (_smallness(request, terms, lots, leg) for leg in small_legs(request, terms, lots))


def expired(request: Request, now: int) -> bool:
    """Whether the request has outlived itself at *now* (A9): what hasn't been sent by then never is."""
    return now > request.at + request.valid_for


def _said(found: list[str] | Iterator[str], request: Request, terms: Terms) -> tuple[str, ...]:
    where = f"{terms.account} {request.symbol}: "
    return tuple(each if each.startswith(where) else where + each for each in found)


def _account(request: Request, terms: Terms) -> Iterator[str]:
    instrument = terms.instrument
    if not instrument.trading:
        yield "the venue opens no positions in it now: choose another symbol or wait until it trades"
    if terms.foreign:
        yield (
            f"there is {terms.foreign}, which isn't Tandem's: close it in the exchange's app, "
            f"or bind it with `tandem adopt {terms.account} {request.symbol}`"
        )
    if not is_positive(terms.last):
        yield "no last price is known: try again when the market trades"
    if terms.available <= 0 and not isinstance(request.size, FixedQuantity):
        yield "nothing is available to open with: add margin, or close something"
    needed = len(request.entries) + len(request.take_profits)
    if needed > terms.free_orders:
        yield f"it takes {needed} orders and {terms.free_orders} are left: cancel some, or plan fewer"


def _numbers(request: Request, terms: Terms) -> Iterator[str]:
    for name, count in (("entries", len(request.entries)), ("take-profits", len(request.take_profits))):
        if not 1 <= count <= MOST_PRICES:
            yield f"{count} {name} are given: give 1 to {MOST_PRICES}"
    for number, entry in enumerate(request.entries, 1):
        if not is_positive(entry.weight):
            yield f"the share of {entry_role(number)} is {entry.weight}: give a positive number"
    if request.stop is None:
        yield "no stop is given: a ladder has exactly one"
    yield from no_prices(request)
    yield from leverage_reasons(request.leverage, terms.instrument)
    yield from size_reasons(request.size)
    if request.shares is not None:
        yield from share_reasons(request.shares, len(request.take_profits))


def leverage_reasons(leverage: Decimal, instrument: Instrument) -> Iterator[str]:
    """Why there can't be this leverage."""
    most = instrument.max_leverage
    if not (is_positive(leverage) and ONE <= leverage <= most):
        yield f"leverage {leverage} is out of range: give 1 to {text(most)}"


def size_reasons(size: Size) -> Iterator[str]:
    """Why there can't be this size on any account."""
    match size:
        case MarginPercent(value) | RiskPercent(value):
            if not (is_positive(value) and value <= HUNDRED):
                yield f"a share of {value} % is out of range: give more than 0 and at most 100"
        case MarginUsdt(value):
            if not is_positive(value):
                yield f"a margin of {value} USDT is out of range: give a positive amount"
        case FixedQuantity(value):
            if not is_positive(value):
                yield f"a quantity of {value} is out of range: give a positive number"
        case _:
            assert_never(size)


def share_reasons(shares: tuple[Decimal, ...], levels: int) -> Iterator[str]:
    """Why so many take-profits can't have these shares."""
    listed = "/".join(str(share) for share in shares)
    if len(shares) != levels:
        yield f"{len(shares)} take-profit shares ({listed}) for {levels} prices: give one share for each price"
    if not all(is_positive(share) for share in shares):
        yield f"the take-profit shares {listed} aren't all above 0: a target without a share has no order, leave it out"
    elif sum(shares, ZERO) != HUNDRED:
        yield f"the take-profit shares {listed} sum to {text(sum(shares, ZERO))}: make them 100"


def _priced(request: Request, terms: Terms) -> bool:
    return is_positive(terms.last) and not any(no_prices(request))


def _countable(request: Request, terms: Terms) -> bool:
    """Whether there is enough sense in the request to count lots from it."""
    weights = all(is_positive(entry.weight) for entry in request.entries)
    sensible = (
        bool(request.entries) and weights and is_positive(request.leverage) and not any(size_reasons(request.size))
    )
    at_risk = request.stop is not None or not isinstance(request.size, RiskPercent)
    return sensible and at_risk and _priced(request, terms)


def _of_size(request: Request, terms: Terms, lots: Sized, held: Held) -> Iterator[str]:
    yield from _too_large(request, terms.instrument, lots, held.quantity)
    if not lots.total:
        return
    yield from liquidated_before(request, terms, lots, held)


def _too_large(request: Request, instrument: Instrument, lots: Sized, held: Decimal = ZERO) -> Iterator[str]:
    for number, (entry, quantity) in enumerate(zip(request.entries, lots.quantities, strict=True), 1):
        most = instrument.max_market_quantity if entry.price is None else instrument.max_quantity
        if quantity > most:
            yield f"{entry_role(number)} would be {text(quantity)}, the venue takes at most {text(most)}: ask for less"
    for number, share in enumerate(request.shares or (), 1):
        quantity = instrument.floor_quantity((lots.total + held) * share / HUNDRED)
        if quantity > instrument.max_quantity:
            limit = text(instrument.max_quantity)
            yield f"{target_role(number)} would be {text(quantity)}, the venue takes at most {limit}: ask for less"


def _smallness(request: Request, terms: Terms, lots: Sized, leg: int) -> str:
    instrument, entry, quantity = terms.instrument, request.entries[leg], lots.quantities[leg]
    price = prices_of(request.entries, terms.last)[leg]
    least = f"{text(instrument.min_quantity)} and {text(instrument.min_notional)} USDT"
    enough = _enough(request, terms)
    margin = ceil_to(enough * mean_price(request.entries, terms.last) / request.leverage, CENT)
    place = "at market" if entry.price is None else f"at {text(price)}"
    return (
        f"{entry_role(leg + 1)} {place} would be {text(quantity)} ({amount_text(quantity * price)} USDT), "
        f"under the venue's minimum of {least}: a total of {text(enough)} would do "
        f"({amount_text(margin)} USDT of margin at leverage {text(request.leverage)})"
    )


def _enough(request: Request, terms: Terms) -> Decimal:
    """The smallest total, to within a lot per leg, whose legs the venue takes."""
    instrument = terms.instrument
    weight = sum((entry.weight for entry in request.entries), ZERO)
    total = ZERO
    for entry, price in zip(request.entries, prices_of(request.entries, terms.last), strict=True):
        needed = max(instrument.min_quantity, ceil_to(instrument.min_notional / price, instrument.step))
        total = max(total, ceil_to(needed * weight / entry.weight, instrument.step))
    return total
