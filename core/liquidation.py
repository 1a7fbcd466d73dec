"""Where a position would be liquidated, as far as an account's terms tell (B2). The venue's own figure is better."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from core.money import ONE, ZERO, text
from core.plan import entry_role
from core.request import Request
from core.sizing import CENT, Sized, prices_of
from core.terms import Terms
from core.words import MarginMode, Side


def liquidation_price(
    side: Side, average: Decimal, notional: Decimal, leverage: Decimal, terms: Terms
) -> Decimal | None:
    """The price that uses up the margin of a position of *notional* entered at *average*; None when no price does.

    Isolated, the margin is notional / leverage; cross, it is the equity less the maintenance margin of what else the
    account holds. Fees and funding aren't counted; unrounded.
    """
    if terms.margin_mode is MarginMode.ISOLATED:
        cushion = ONE / leverage - terms.instrument.maintenance
    else:
        cushion = (terms.equity - terms.maintenance_held) / notional - terms.instrument.maintenance
    price = average * (ONE - cushion if side is Side.LONG else ONE + cushion)
    return price if price > 0 else None


class Held(NamedTuple):
    """What a trade has already when a request adds to it (B13): base units, and what they cost in quote units."""

    quantity: Decimal = ZERO
    cost: Decimal = ZERO


def liquidated_before(request: Request, terms: Terms, lots: Sized, held: Held) -> Iterator[str]:
    """Why an entry or the stop would never be reached: what is *held* and fills before it is liquidated first (B2).

    Entries fill in the order in which a falling market (a short's rises) comes by them. Of several that are too far
    away the nearest is named, and the stop.
    """
    way = -1 if request.side is Side.LONG else 1
    prices = prices_of(request.entries, terms.last)
    legs = enumerate(zip(prices, lots.quantities, strict=True), 1)
    path = sorted(((price, number, quantity) for number, (price, quantity) in legs), key=lambda leg: leg[0] * way)
    (quantity, cost), told = held, False
    for price, number, more in path:
        waits = (terms.last - price) * way < 0  # what is at market, or crosses it, fills at once
        found = _liquidated(request, terms, quantity, cost, price) if waits else None
        if found is not None and not told:
            told = True
            far = f"{entry_role(number)} {text(price)} would never fill: what is held before it is liquidated at about"
            yield f"{far} {_mended(request, terms, found, 'bring the entries nearer to each other')}"
        quantity, cost = quantity + more, cost + more * price
    if request.stop is not None:
        found = _liquidated(request, terms, quantity, cost, request.stop)
        if found is not None:
            far = f"the stop {text(request.stop)} is not inside the liquidation price, about"
            yield f"{far} {_mended(request, terms, found, 'move the stop nearer')}"


class _Liquidated(NamedTuple):
    """Where so much is liquidated, before it comes to a price; *risk*: how far that is from the average, as a part."""

    price: Decimal
    risk: Decimal


def _liquidated(
    request: Request, terms: Terms, quantity: Decimal, cost: Decimal, reaches: Decimal
) -> _Liquidated | None:
    if not quantity:
        return None
    average = cost / quantity
    price = liquidation_price(request.side, average, cost, request.leverage, terms)
    if price is None or (reaches > price if request.side is Side.LONG else reaches < price):
        return None
    return _Liquidated(price, abs(average - reaches) / average)


def _mended(request: Request, terms: Terms, found: _Liquidated, nearer: str) -> str:
    instrument = terms.instrument
    shown = text(instrument.away_from_loss(found.price, request.side))
    mend = "make the size smaller"
    if terms.margin_mode is MarginMode.ISOLATED:
        least = ONE / (found.risk + instrument.maintenance)
        mend = f"lower the leverage (under {text(least.quantize(CENT))})"
    return f"{shown} ({terms.margin_mode}, leverage {text(request.leverage)}): {mend} or {nearer}"
