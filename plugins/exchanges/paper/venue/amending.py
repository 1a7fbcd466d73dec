"""Changing an open order: what Bybit refuses of it (V5 amend page), and what becomes of it."""

from dataclasses import dataclass
from decimal import Decimal

from plugins.exchanges.paper.venue import checks
from plugins.exchanges.paper.venue.matching import crosses, enter
from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import VenueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be different: None leaves it as it is. *quantity* is the new total; a level of zero clears it."""

    quantity: Decimal | None = None
    price: Decimal | None = None
    stop: Decimal | None = None
    take_profit: Decimal | None = None
    trigger: Decimal | None = None


def amend(state: VenueState, order: Order, change: Change) -> None:
    """Make it so; the order executes at once where its new price crosses. Raises VenueError, then nothing changed."""
    if not _changes(order, change):
        raise VenueError(10001, "The order remains unchanged as the parameters entered match the existing ones.")
    _check(state, order, change)
    order.quantity = order.quantity if change.quantity is None else change.quantity
    order.price = order.price if change.price is None else change.price
    order.stop = _level(change.stop, order.stop)
    order.take_profit = _level(change.take_profit, order.take_profit)
    order.trigger = order.trigger if change.trigger is None else change.trigger
    last = state.last[order.symbol]
    if order.resting and change.price is not None and crosses(order, last):
        enter(state, order, last)
    else:
        state.tell_order(order)


def _level(new: Decimal | None, old: Decimal | None) -> Decimal | None:
    return old if new is None else (new or None)


def _changes(order: Order, change: Change) -> bool:
    return (
        change.quantity not in (None, order.quantity)
        or change.price not in (None, order.price)
        or change.trigger not in (None, order.trigger)
        or _level(change.stop, order.stop) != order.stop
        or _level(change.take_profit, order.take_profit) != order.take_profit
    )


def _check(state: VenueState, order: Order, change: Change) -> None:
    instrument = checks.instrument_of(state, order.symbol)
    for each in (change.price, change.stop or None, change.take_profit or None, change.trigger):
        if each is not None:
            checks.check_price(instrument, each)
    if change.quantity is not None:
        checks.check_new_quantity(state, order, change.quantity)
    if change.trigger is not None:
        checks.check_trigger(state.seen(order.symbol, order.trigger_by), change.trigger, order.direction)
    _check_levels(state, order, change)
    checks.check_growth(
        state,
        order,
        order.quantity if change.quantity is None else change.quantity,
        order.price if change.price is None else change.price,
    )


def _check_levels(state: VenueState, order: Order, change: Change) -> None:
    """Levels are judged anew when they, or the price that they are measured from, change."""
    base = change.price or order.price or change.trigger or order.trigger or state.last[order.symbol]
    long, moved = order.side == "Buy", change.price is not None
    stop, profit = _level(change.stop, order.stop), _level(change.take_profit, order.take_profit)
    if stop is not None and (moved or change.stop is not None):
        checks.check_stop(base, stop, what="order", long=long)
    if profit is not None and (moved or change.take_profit is not None):
        checks.check_take_profit(base, profit, what="order", long=long)
