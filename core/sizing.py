"""How much to buy: from a share of balance, an amount, a risk or a quantity to exact lots per entry (B3).

A market entry counts at the last price. Prices, weights and leverage must be positive: `core.validation` sees to that
before anything here is asked. Products are formed before anything is divided, so only the lot rounds.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import assert_never

from core.instrument import Instrument
from core.money import HUNDRED, ONE, ZERO, ceil_to, floor_to, text
from core.plan import Refusal
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, Request, RiskPercent
from core.terms import Terms
from core.words import Side

CENT = Decimal("0.01")
_DIGITS = 96
"""Room for any product of numbers within 1E-18..1E18, so that even an absurd wish is floored, not an error."""


@dataclass(frozen=True, slots=True)
class Sized:
    """The lots of each entry in the request's order. *margin* and *notional* are quote units, of these very lots.

    *mean* is the entries' average price by weight: that of the whole, before lots were rounded.
    """

    quantities: tuple[Decimal, ...]
    total: Decimal
    margin: Decimal
    notional: Decimal
    mean: Decimal


def sized(request: Request, terms: Terms) -> Sized | Refusal:
    """The lots that the request's size gives on these terms, or why its margin and fees exceed what is available.

    The total is floored to the step first, then every leg but the first; the rest is the first leg's. Nothing is ever
    raised to a minimum: a leg may be zero. RiskPercent is capped by margin, every other size is refused.
    """
    most = largest_total(request, terms, room(request, terms))
    total = wished_total(request, terms)
    if total > most:
        if not isinstance(request.size, RiskPercent):
            return Refusal((_too_much(request, terms, most),))
        total = most
    quantities = legs_of(request.entries, total, terms.instrument)
    prices = prices_of(request.entries, terms.last)
    notional = sum((price * quantity for price, quantity in zip(prices, quantities, strict=True)), ZERO)
    return Sized(quantities, total, notional / request.leverage, notional, mean_price(request.entries, terms.last))


def wished_total(request: Request, terms: Terms) -> Decimal:
    """What the size asks for in base units, floored to the step, whether it fits or not.

    RiskPercent counts the taker fee both ways: an estimate above what limits pay, so that the stop never costs more.
    """
    weight, value = _sums(request.entries, terms.last)
    with localcontext(prec=_DIGITS):
        match request.size:
            case MarginPercent(percent):
                above, below = percent * terms.available * request.leverage * weight, HUNDRED * value
            case MarginUsdt(amount):
                above, below = amount * request.leverage * weight, value
            case RiskPercent(percent):
                at_stop = (request.stop or ZERO) * weight
                above = percent * terms.equity * weight
                below = HUNDRED * (abs(value - at_stop) + terms.taker * (value + at_stop))
            case FixedQuantity(quantity):
                above, below = quantity, ONE
            case _:
                assert_never(request.size)
        return max(above // (below * terms.instrument.step) * terms.instrument.step, ZERO)


def room(request: Request, terms: Terms) -> Decimal:
    """The largest notional whose margin and fees the available balance carries.

    Fees are the taker's both ways; the way out counts at the price where the margin is used up, as venues reserve it.
    """
    short = ONE if request.side is Side.SHORT else ZERO
    with_fees = ONE + terms.taker * (2 * request.leverage + short)
    return max(terms.available, ZERO) * request.leverage / with_fees


def largest_total(request: Request, terms: Terms, notional: Decimal) -> Decimal:
    """The largest total on the step whose legs, as they are rounded, stay within *notional* (quote units)."""
    step = terms.instrument.step
    weight, value = _sums(request.entries, terms.last)
    prices = prices_of(request.entries, terms.last)
    with localcontext(prec=_DIGITS):
        total = notional * weight // (value * step) * step
        # The first leg takes what the others' rounding leaves; where it is the dearest, the mean promised too little.
        while total > ZERO:
            legs = legs_of(request.entries, total, terms.instrument)
            if sum((price * leg for price, leg in zip(prices, legs, strict=True)), ZERO) <= notional:
                break
            total -= step
    return total


def legs_of(entries: tuple[EntrySpec, ...], total: Decimal, instrument: Instrument) -> tuple[Decimal, ...]:
    """*total* divided over the entries by their weights: all but the first floored to the step, the first has the rest.

    >>> lots = Instrument(symbol="X", tick=Decimal(1), step=Decimal("0.001"), min_quantity=Decimal("0.001"),
    ...                   min_notional=Decimal(0), max_leverage=Decimal(1))
    >>> [str(leg) for leg in legs_of((EntrySpec(None),) * 3, Decimal("0.034"), lots)]
    ['0.012', '0.011', '0.011']
    """
    step = instrument.step
    divisor = sum((entry.weight for entry in entries), ZERO) * step
    with localcontext(prec=_DIGITS):
        others = tuple(total * entry.weight // divisor * step for entry in entries[1:])
        return (total - sum(others, ZERO), *others)


def prices_of(entries: tuple[EntrySpec, ...], last: Decimal) -> tuple[Decimal, ...]:
    """The entries' prices, a market entry at the *last* price (B2)."""
    return tuple(last if entry.price is None else entry.price for entry in entries)


def mean_price(entries: tuple[EntrySpec, ...], last: Decimal) -> Decimal:
    """The average entry by weight: equal shares weigh 1 each, so thirds stay exact until the one division."""
    weight, value = _sums(entries, last)
    return value / weight


def _sums(entries: tuple[EntrySpec, ...], last: Decimal) -> tuple[Decimal, Decimal]:
    prices = prices_of(entries, last)
    value = sum((price * entry.weight for price, entry in zip(prices, entries, strict=True)), ZERO)
    return sum((entry.weight for entry in entries), ZERO), value


def _too_much(request: Request, terms: Terms, most: Decimal) -> str:
    one_more = (most + terms.instrument.step) * mean_price(request.entries, terms.last)
    margin = min(room(request, terms) / request.leverage, ceil_to(one_more / request.leverage, CENT) - CENT)
    match request.size:
        case MarginPercent(percent):
            asked, fits = (
                f"{text(percent)} % as margin",
                f"{text(floor_to(margin * HUNDRED / terms.available, CENT))} %",
            )
        case FixedQuantity(quantity):
            asked, fits = f"a quantity of {text(quantity)}", text(most)
        case MarginUsdt(amount) | RiskPercent(amount):
            asked, fits = f"a margin of {text(amount)} USDT", f"{text(floor_to(margin, CENT))} USDT"
        case _:
            assert_never(request.size)
    return (
        f"{terms.account} {request.symbol}: {asked} leaves no room for fees at leverage {text(request.leverage)} with "
        f"{text(floor_to(terms.available, CENT))} USDT available; the largest that fits is {fits}"
    )
