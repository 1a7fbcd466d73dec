"""An order meets the market: when it is placed, amended or triggered."""

from decimal import Decimal

from plugins.exchanges.paper.venue import filling
from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import CancelType, OrderStatus, TimeInForce

_AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)


def enter(state: VenueState, order: Order, last: Decimal) -> None:
    """Execute what crosses *last*, leave the rest in the book, or end it, as its time in force says."""
    if order.price is not None:
        state.tell_order(order)
        if not crosses(order, last):
            _leave(state, order)
            return
        if order.tif is TimeInForce.POST_ONLY:
            filling.end(state, order, OrderStatus.CANCELLED, CancelType.UNKNOWN, "EC_PostOnlyWillTakeLiquidity")
            return
    if order.tif is not TimeInForce.FOK or filling.obtainable(state, order) >= order.leaves:
        filling.take(state, order, last)
    if order.open:
        _leave(state, order)


def crosses(order: Order, last: Decimal) -> bool:
    """Whether an order would execute at once."""
    if order.price is None:
        return True
    return order.price >= last if order.side == "Buy" else order.price <= last


def _leave(state: VenueState, order: Order) -> None:
    if order.tif in _AT_ONCE:
        filling.end(state, order, OrderStatus.CANCELLED, CancelType.UNKNOWN, "EC_NoImmediateQtyToFill")
