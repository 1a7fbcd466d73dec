"""Executions: what they do to order, position, stop, wallet and to the other orders of the slot."""

from decimal import Decimal

from core.money import ceil_to, floor_to
from plugins.exchanges.paper.venue import tpsl
from plugins.exchanges.paper.venue.account import Account, Position
from plugins.exchanges.paper.venue.events import Executed
from plugins.exchanges.paper.venue.orders import ZERO, Order
from plugins.exchanges.paper.venue.policies import Passed, Shrink
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import CancelType, CreateType, ExecType, OrderStatus

BASIS = Decimal(10_000)
CENTS = 12
_FINEST = Decimal("1E-12")
_TYPES = {CreateType.BY_LIQUIDATION: ExecType.BUST, CreateType.BY_ADL: ExecType.ADL}


def take(state: VenueState, order: Order, price: Decimal) -> None:
    """Execute an order as taker at *price*, slippage on top, for what volume there is."""
    quantity = obtainable(state, order)
    if quantity > 0:
        _use_volume(state, order, quantity)
        fill(state, order, quantity, _slipped(state, order, price), maker=False)


def make(state: VenueState, order: Order) -> None:
    """Execute a resting limit at its own price for what volume there is."""
    quantity = obtainable(state, order)
    if quantity > 0 and order.price is not None:
        _use_volume(state, order, quantity)
        fill(state, order, quantity, order.price, maker=True)


def obtainable(state: VenueState, order: Order) -> Decimal:
    """What an order would execute now: its rest, within the position when it reduces and within the bar's volume."""
    quantity = order.leaves
    if order.reduce_only:
        held = state.accounts[order.account].position(order.symbol, order.index)
        opposite = (held.size > 0) == (order.side == "Sell")
        quantity = min(quantity, abs(held.size)) if opposite else ZERO
    volume = state.volume.get(order.symbol)
    if volume is None or order.create_type in _TYPES:
        return quantity
    return min(quantity, floor_to(volume, state.instruments[order.symbol].step))


def _use_volume(state: VenueState, order: Order, quantity: Decimal) -> None:
    volume = state.volume.get(order.symbol)
    if volume is not None and order.create_type not in _TYPES:
        state.volume[order.symbol] = volume - quantity


def _slipped(state: VenueState, order: Order, price: Decimal) -> Decimal:
    """Worse by the slippage, on the tick, never worse than the order's own limit."""
    if not state.slippage:
        return price
    worse = price * state.slippage / BASIS
    tick = state.instruments[order.symbol].tick
    if order.side == "Buy":
        slipped = ceil_to(price + worse, tick)
        return slipped if order.price is None else min(slipped, order.price)
    slipped = max(floor_to(price - worse, tick), tick)
    return slipped if order.price is None else max(slipped, order.price)


def exact(amount: Decimal) -> Decimal:
    """An amount of money at no finer than 1E-12: sums of such stay exact, whatever averages they came from (I18)."""
    exponent = amount.as_tuple().exponent
    return amount if isinstance(exponent, int) and exponent >= -CENTS else amount.quantize(_FINEST)


def fill(state: VenueState, order: Order, quantity: Decimal, price: Decimal, *, maker: bool) -> None:
    """Book one execution and everything that follows from it, in the order in which Bybit tells it."""
    account = state.accounts[order.account]
    value = quantity * price
    fee = exact(value * (account.maker if maker else account.taker))
    held = account.position(order.symbol, order.index)
    signed = quantity if order.side == "Buy" else -quantity
    before = held.size
    closed, pnl = _move(held, signed, price)
    pnl = exact(pnl)
    held.seq = state.seq(order.symbol)
    held.realised += pnl
    account.wallet += pnl - fee
    account.realised += pnl
    account.fees += fee
    state.dirty.update(account.exposed())
    order.filled += quantity
    order.value += value
    order.fee += fee
    order.closed_pnl += pnl
    state.tell_execution(_executed(state, order, held, quantity, price, fee, closed, pnl, maker))
    order.status = OrderStatus.FILLED if order.leaves <= 0 else OrderStatus.PARTIALLY_FILLED
    state.tell_order(order)
    if not order.open:
        retire(state, account, order)
    if not held.size or (before and (held.size > 0) != (before > 0)):
        _clear_levels(state, account, held)
    if closed < quantity:
        _bring_levels(state, account, held, order, quantity - closed)
    state.tell_position(account, order.symbol, order.index)
    shrink_reducing(state, account, held)


def _move(held: Position, signed: Decimal, price: Decimal) -> tuple[Decimal, Decimal]:
    """Change a position; returns (quantity that closed, profit realised). Crossing zero opens the rest anew."""
    size = held.size
    if not size or (size > 0) == (signed > 0):
        held.entry = (held.entry * abs(size) + price * abs(signed)) / (abs(size) + abs(signed))
        held.size = size + signed
        return ZERO, ZERO
    closed = min(abs(size), abs(signed))
    pnl = (price - held.entry) * (closed if size > 0 else -closed)
    held.size = size + signed
    if not held.size:
        held.entry = ZERO
    elif abs(signed) > abs(size):
        held.entry = price
    return closed, pnl


def _executed(
    state: VenueState,
    order: Order,
    held: Position,
    quantity: Decimal,
    price: Decimal,
    fee: Decimal,
    closed: Decimal,
    pnl: Decimal,
    maker: bool,  # noqa: FBT001 - a field of the execution
) -> Executed:
    return Executed(
        order.account, f"e{state.number():08d}", order.symbol, order.index, order.id, order.link, order.side, price,
        quantity, quantity * price, fee, maker, _TYPES.get(order.create_type, ExecType.TRADE), order.create_type,
        closed, pnl, order.leaves, state.now, held.seq,
    )  # fmt: skip


def _clear_levels(state: VenueState, account: Account, held: Position) -> None:
    """A position that is gone or turned over takes its levels with it, whole or partial."""
    held.stop = held.take_profit = None
    held.waits = False
    for each in tuple(account.on(held.symbol)):
        if each.index == held.index and each.stop_order_type in tpsl.PARTIAL and each.open:
            end(state, each, OrderStatus.DEACTIVATED, CancelType.BY_TPSL_CLEAR, "EC_NoError")


def _bring_levels(state: VenueState, account: Account, held: Position, order: Order, opened: Decimal) -> None:
    """An entry's levels become the position's (tpslMode Full), or orders as large as what it opened (Partial)."""
    if order.reduce_only:
        return
    if order.tpsl_mode == "Partial":
        tpsl.grow_partial(state, account, held, order, opened)
        return
    if order.stop is not None and (state.policies.attached_stop_resets or held.stop is None):
        _bring_stop(state, held, order.stop, order.trigger_by)
    if order.take_profit is not None and (state.policies.attached_stop_resets or held.take_profit is None):
        held.take_profit = order.take_profit
        held.trigger_by = order.trigger_by if held.stop is None else held.trigger_by


def _bring_stop(state: VenueState, held: Position, stop: Decimal, trigger_by: str) -> None:
    """Make an order's stop the position's; by policy, where the market lies past it already."""
    passed = tpsl.reached(state, held, stop, trigger_by)
    if passed and state.policies.passed is Passed.DROPPED:
        return
    if held.stop != stop:
        held.waits = passed and state.policies.passed is Passed.WAITS
    held.stop, held.trigger_by = stop, trigger_by


def shrink_reducing(state: VenueState, account: Account, held: Position) -> None:
    """Resting reduce-only orders never exceed the position: by policy some are shortened or cancelled."""
    fitting = []
    for order in _victims(state, account.reducing(held.symbol, held.index)):
        if held.size and (held.size > 0) == (order.side == "Sell"):
            fitting.append(order)
        else:
            end(state, order, OrderStatus.CANCELLED, CancelType.BY_REDUCE_ONLY, "EC_NoError")
    excess = sum((order.leaves for order in fitting), ZERO) - abs(held.size)
    if excess <= 0:
        return
    for order in fitting:
        if excess <= 0:
            return
        cut = min(excess, order.leaves)
        excess -= cut
        if cut >= order.leaves:
            end(state, order, OrderStatus.CANCELLED, CancelType.BY_REDUCE_ONLY, "EC_NoError")
        else:
            order.quantity -= cut
            state.tell_order(order)


def _victims(state: VenueState, orders: list[Order]) -> list[Order]:
    match state.policies.shrink:
        case Shrink.NEWEST_FIRST:
            return sorted(orders, key=lambda order: -order.number)
        case Shrink.OLDEST_FIRST:
            return sorted(orders, key=lambda order: order.number)
        case Shrink.FURTHEST_FIRST:
            last = state.last
            return sorted(orders, key=lambda order: -abs((order.price or ZERO) - last[order.symbol]))


def end(state: VenueState, order: Order, status: OrderStatus, cancel_type: CancelType, reason: str) -> None:
    """Close an order without an execution."""
    order.status, order.cancel_type, order.reject_reason = status, cancel_type, reason
    state.tell_order(order)
    retire(state, state.accounts[order.account], order)


def retire(state: VenueState, account: Account, order: Order) -> None:
    """Move a closed order to the history, which remembers only so many."""
    account.dismiss(order)
    account.closed[order.id] = order
    if len(account.closed) > state.policies.history:
        del account.closed[next(iter(account.closed))]
