"""Stops and take-profits of a position: position-wide (Full) or as orders of their own (Partial). V5 trading-stop page.

Full sets or clears, absolutely, and follows the position's size. Partial can only add: each is a conditional order that
is changed or cancelled by its own id. All of them go when the position closes.
"""

from decimal import Decimal

from plugins.exchanges.paper.venue import checks
from plugins.exchanges.paper.venue.account import Account, Position
from plugins.exchanges.paper.venue.orders import FALL, RISE, Order
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import (
    CreateType,
    OrderStatus,
    OrderType,
    TimeInForce,
    VenueError,
)

STOP, TAKE_PROFIT = "PartialStopLoss", "PartialTakeProfit"
PARTIAL = frozenset({STOP, TAKE_PROFIT})
MOST_PARTIAL = 20


def held_position(state: VenueState, account: Account, symbol: str, index: int) -> Position:
    """The position that levels are set on; refused when the slot doesn't fit the mode or is flat."""
    checks.instrument_of(state, symbol)
    checks.check_mode(account, symbol, index)
    held = account.position(symbol, index)
    if not held.size:
        raise VenueError(10001, "can not set tp/sl/ts for zero position")
    return held


def reached(state: VenueState, held: Position, stop: Decimal, trigger_by: str) -> bool:
    """Whether the price that the trigger goes by stands at *stop* or past it."""
    price = state.seen(held.symbol, trigger_by)
    return price <= stop if held.size > 0 else price >= stop


def set_full(
    state: VenueState,
    account: Account,
    held: Position,
    *,
    stop: Decimal | None,
    take_profit: Decimal | None,
    trigger_by: str,
) -> None:
    """Make these the position's levels; zero clears one, None leaves it. 34040 when nothing changes."""
    new_stop = _meant(held.stop, stop)
    new_profit = _meant(held.take_profit, take_profit)
    brings = stop or (take_profit and new_stop is None)
    kind = trigger_by if brings else held.trigger_by
    if (new_stop, new_profit, kind) == (held.stop, held.take_profit, held.trigger_by):
        raise VenueError(34040, "not modified")
    _check(state, held, stop, take_profit, kind)
    held.waits = held.waits and new_stop == held.stop
    held.stop, held.take_profit, held.trigger_by = new_stop, new_profit, kind
    held.seq = max(held.seq, state.seqs.get(held.symbol, 0))
    state.tell_position(account, held.symbol, held.index)


def add_partial(
    state: VenueState,
    account: Account,
    held: Position,
    *,
    stop: Decimal | None,
    take_profit: Decimal | None,
    size: Decimal,
    trigger_by: str,
    parent_link: str = "",
) -> None:
    """Add a stop, a take-profit, or both of the same size; at most 20 stand on a symbol (110061)."""
    if not stop and not take_profit:
        raise VenueError(10001, "params error: stopLoss or takeProfit is required")
    _check(state, held, stop, take_profit, trigger_by)
    instrument = state.instruments[held.symbol]
    checks.check_quantity(instrument, size, instrument.max_market_quantity)
    standing = sum(1 for order in account.on(held.symbol) if order.stop_order_type in PARTIAL)
    wanted = [(STOP, stop), (TAKE_PROFIT, take_profit)]
    if standing + sum(1 for _, price in wanted if price) > MOST_PARTIAL:
        raise VenueError(110061, "The number of partial TP/SL orders exceeds the limit")
    for kind, price in wanted:
        if price:
            _place(state, account, held, kind, price, size, trigger_by, parent_link)


def grow_partial(state: VenueState, account: Account, held: Position, parent: Order, quantity: Decimal) -> None:
    """An order with levels of its own (tpslMode Partial) was filled and opened *quantity*: so much more is covered."""
    children = [each for each in account.on(parent.symbol) if each.stop_order_type in PARTIAL and each.parent_link]
    mine = [each for each in children if each.parent_link == (parent.link or parent.id)]
    for child in mine:
        child.quantity += quantity
        state.tell_order(child)
    if not mine:
        for kind, price in ((STOP, parent.stop), (TAKE_PROFIT, parent.take_profit)):
            if price is not None:
                _place(state, account, held, kind, price, quantity, parent.trigger_by, parent.link or parent.id)


def _meant(before: Decimal | None, asked: Decimal | None) -> Decimal | None:
    return before if asked is None else (asked or None)


def _check(
    state: VenueState, held: Position, stop: Decimal | None, take_profit: Decimal | None, trigger_by: str
) -> None:
    instrument, base, long = state.instruments[held.symbol], state.seen(held.symbol, trigger_by), held.size > 0
    if stop:
        checks.check_price(instrument, stop)
        checks.check_stop(base, stop, what="position", long=long)
    if take_profit:
        checks.check_price(instrument, take_profit)
        checks.check_take_profit(base, take_profit, what="position", long=long)


def _place(
    state: VenueState,
    account: Account,
    held: Position,
    kind: str,
    price: Decimal,
    size: Decimal,
    trigger_by: str,
    parent_link: str,
) -> None:
    long = held.size > 0
    rises = long == (kind == TAKE_PROFIT)
    number = state.number()
    made = CreateType.BY_PARTIAL_STOP_LOSS if kind == STOP else CreateType.BY_PARTIAL_TAKE_PROFIT
    order = Order(
        account.name, number, f"o{number:08d}", "", held.symbol, held.index, "Sell" if long else "Buy",
        OrderType.MARKET, TimeInForce.IOC, size, None, True, False, price, RISE if rises else FALL, None, None,
        trigger_by, made, state.now, state.now, last_on_created=state.last[held.symbol], stop_order_type=kind,
        tpsl_mode="Partial", parent_link=parent_link,
    )  # fmt: skip
    order.status = OrderStatus.UNTRIGGERED
    account.admit(order)
    state.tell_order(order)
