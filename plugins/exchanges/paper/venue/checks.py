"""What Bybit refuses and with which code (V5 error page); everything is checked before anything is changed."""

from dataclasses import replace
from decimal import Decimal

from core.instrument import Instrument
from core.money import on_grid
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.margin import affordable
from plugins.exchanges.paper.venue.orders import ALL, RISE, ZERO, NewOrder, Order
from plugins.exchanges.paper.venue.policies import Oversize
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import OrderStatus, VenueError


def instrument_of(state: VenueState, symbol: str) -> Instrument:
    """The symbol's rules; refused when the venue doesn't know it or it has no price yet."""
    found = state.instruments.get(symbol)
    if found is None:
        raise VenueError(10001, f"params error: symbol invalid {symbol}")
    if symbol not in state.last:
        raise VenueError(110074, f"This contract is not live: {symbol} has no price yet")
    return found


def accepted(state: VenueState, account: Account, new: NewOrder) -> NewOrder:
    """The order as the venue takes it: reduce-only is cut to the quota, and set on a hedge's closing orders."""
    instrument = instrument_of(state, new.symbol)
    if new.link and new.link in account.links:
        raise VenueError(110072, "OrderLinkedID is duplicate")
    check_mode(account, new.symbol, new.index)
    if new.index and (new.index == 1) == (new.side == "Sell") and not new.reduce_only:
        new = replace(new, reduce_only=True)
    _check_numbers(instrument, new)
    _check_count(state, account, new.symbol, conditional=new.trigger is not None)
    if new.trigger is not None:
        check_trigger(state.seen(new.symbol, new.trigger_by), new.trigger, new.direction)
    if new.reduce_only:
        new = replace(new, quantity=_all_held(account, instrument, new)) if _closes_all(new) else new
        quantity = _reducible(state, account, new)
        return new if quantity == new.quantity else replace(new, quantity=quantity)
    _check_entry(state, account, instrument, new)
    return new


def check_mode(account: Account, symbol: str, index: int) -> None:
    """Refuse a position index that doesn't fit the symbol's mode."""
    if index not in ((1, 2) if symbol in account.hedge else (0,)):
        raise VenueError(10001, "position idx not match position mode")


def check_quantity(instrument: Instrument, quantity: Decimal, most: Decimal) -> None:
    """Refuse what is off the step, too small or more than *most*."""
    if quantity <= 0 or not on_grid(quantity, instrument.step) or quantity < instrument.min_quantity:
        raise VenueError(10001, "The number of contracts is below the minimum allowed or not on the step")
    if quantity > most:
        raise VenueError(10001, "The number of contracts exceeds maximum limit allowed")


def check_price(instrument: Instrument, price: Decimal) -> None:
    """Refuse a price off the tick."""
    if price <= 0 or not on_grid(price, instrument.tick):
        raise VenueError(10001, "params error: price is not on the tick")


def check_trigger(last: Decimal, trigger: Decimal, direction: int) -> None:
    """Refuse a trigger that was passed already."""
    if direction not in (1, 2):
        raise VenueError(10001, "params error: triggerDirection invalid")
    if direction == RISE and trigger <= last:
        raise VenueError(110092, "expect Rising, but trigger_price <= current")
    if direction != RISE and trigger >= last:
        raise VenueError(110093, "expect Falling, but trigger_price >= current")


def check_stop(base: Decimal, stop: Decimal, *, what: str, long: bool) -> None:
    """Refuse a stop on the profitable side of *base*; *what* is "order" or "position"."""
    if stop <= 0 or (stop >= base if long else stop <= base):
        side, word = ("Buy", "lower") if long else ("Sell", "higher")
        raise VenueError(10001, f"StopLoss for {side} {what} should be {word} than base_price")


def check_take_profit(base: Decimal, take_profit: Decimal, *, what: str, long: bool) -> None:
    """Refuse a take-profit on the losing side of *base*; *what* is "order" or "position"."""
    if take_profit <= 0 or (take_profit <= base if long else take_profit >= base):
        side, word = ("Buy", "higher") if long else ("Sell", "lower")
        raise VenueError(10001, f"TakeProfit for {side} {what} should be {word} than base_price")


def check_new_quantity(state: VenueState, order: Order, quantity: Decimal) -> None:
    """Refuse an amended total that isn't above what was filled, or that the slot's quota doesn't allow."""
    if quantity <= order.filled:
        raise VenueError(110064, "new quantity is not above what was filled")
    instrument = state.instruments[order.symbol]
    check_quantity(instrument, quantity, instrument.max_quantity)
    if order.reduce_only and order.resting:
        account = state.accounts[order.account]
        held = abs(account.position(order.symbol, order.index).size)
        resting = sum((each.leaves for each in account.reducing(order.symbol, order.index)), ZERO) - order.leaves
        if quantity > order.quantity and quantity - order.filled + resting > held:
            raise VenueError(110017, "Reduce-only rule not satisfied")


def check_growth(state: VenueState, order: Order, quantity: Decimal, price: Decimal | None) -> None:
    """Refuse an amendment of a resting entry that binds more margin than is available."""
    if order.reduce_only or not order.resting or price is None or order.price is None:
        return
    account = state.accounts[order.account]
    more = (quantity - order.filled) * price - order.leaves * order.price
    if more > 0 and more / account.leverage_of(order.symbol) > account.available(state.valued()):
        raise VenueError(110007, "ab not enough for new order")


def _check_numbers(instrument: Instrument, new: NewOrder) -> None:
    market = new.price is None
    if not _closes_all(new):
        check_quantity(instrument, new.quantity, instrument.max_market_quantity if market else instrument.max_quantity)
    for price in (new.price, new.trigger, new.stop, new.take_profit):
        if price is not None:
            check_price(instrument, price)


def _closes_all(new: NewOrder) -> bool:
    """Whether an order is for all that is held: neither the smallest order nor the step binds it."""
    return new.quantity == ALL and new.reduce_only and new.close_on_trigger


def _all_held(account: Account, instrument: Instrument, new: NewOrder) -> Decimal:
    """What is held, up to what one order may take."""
    most = instrument.max_market_quantity if new.price is None else instrument.max_quantity
    return min(abs(account.position(new.symbol, new.index).size), most)


def _check_count(state: VenueState, account: Account, symbol: str, *, conditional: bool) -> None:
    """A position's levels count as neither; their own limit is another (tpsl.MOST_PARTIAL)."""
    if conditional:
        waiting = sum(
            1 for each in account.on(symbol) if each.status is OrderStatus.UNTRIGGERED and not each.stop_order_type
        )
        if waiting >= state.policies.max_conditionals:
            raise VenueError(110009, f"already had {waiting} working normal stop orders")
    elif sum(1 for each in account.on(symbol) if each.resting) >= state.policies.max_orders:
        raise VenueError(110020, f"You can't have more than {state.policies.max_orders} active orders")


def _check_entry(state: VenueState, account: Account, instrument: Instrument, new: NewOrder) -> None:
    last = state.last[new.symbol]
    base = new.price or new.trigger or last
    if new.quantity * base < instrument.min_notional:
        raise VenueError(110094, "Order does not meet minimum order value")
    if new.stop is not None:
        check_stop(base, new.stop, what="order", long=new.side == "Buy")
    if new.take_profit is not None:
        check_take_profit(base, new.take_profit, what="order", long=new.side == "Buy")
    # A conditional order binds nothing until it triggers.
    signed = new.quantity if new.side == "Buy" else -new.quantity
    if new.trigger is None and not affordable(state, account, new.symbol, new.index, signed, base):
        raise VenueError(110007, "ab not enough for new order")


def _reducible(state: VenueState, account: Account, new: NewOrder) -> Decimal:
    """Reduce-only: the position less what rests already; a conditional is counted when it triggers."""
    if new.stop is not None or new.take_profit is not None:
        raise VenueError(10001, "reduce-only order can not carry tp/sl")
    if new.trigger is not None:
        return new.quantity
    held = account.position(new.symbol, new.index)
    if not held.size:
        raise VenueError(110017, "current position is zero, cannot fix reduce-only order qty")
    if (held.size > 0) == (new.side == "Buy"):
        raise VenueError(110017, "reduce-only order has same side with current position")
    quota = abs(held.size) - sum((order.leaves for order in account.reducing(new.symbol, new.index)), ZERO)
    if quota <= 0 or (new.quantity > quota and state.policies.oversize is Oversize.REJECT):
        raise VenueError(110017, "Reduce-only rule not satisfied")
    return min(new.quantity, quota)
