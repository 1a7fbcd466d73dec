"""What an account can afford, and where it is liquidated: cross margin over all its positions."""

from decimal import Decimal

from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.orders import ZERO
from plugins.exchanges.paper.venue.state import VenueState


def affordable(state: VenueState, account: Account, symbol: str, index: int, signed: Decimal, price: Decimal) -> bool:
    """Whether the available balance covers what *signed* quantity opens at *price*, with the fee to open it."""
    opens = abs(signed)
    held = account.positions.get((symbol, index))
    if held is not None and held.size and (held.size > 0) != (signed > 0):
        opens = max(opens - abs(held.size), ZERO)
    value = opens * price
    return value / account.leverage_of(symbol) + value * account.taker <= account.available(state.valued())


def liquidation(state: VenueState, account: Account, symbol: str) -> tuple[Decimal, bool] | None:
    """The price of *symbol* at which equity meets maintenance margin, and whether a rise reaches it; None = never.

    A mark price, where it is set apart. Other symbols stand still; both sides of a hedge move with the one price.
    """
    free, slope = account.wallet, ZERO
    for held in account.positions.values():
        if not held.size:
            continue
        rate = state.instruments[held.symbol].maintenance
        if held.symbol == symbol:
            free -= held.size * held.entry
            slope += held.size - abs(held.size) * rate
        else:
            price = state.mark(held.symbol)
            free += held.size * (price - held.entry) - abs(held.size) * price * rate
    if not slope:
        return None
    price = -free / slope
    return (price, slope < 0) if price > 0 else None
