"""What a moving price touches first: resting limits, triggers, position stops and liquidations of one symbol."""

from dataclasses import dataclass
from decimal import Decimal

from plugins.exchanges.paper.venue import filling
from plugins.exchanges.paper.venue.account import Account, Position
from plugins.exchanges.paper.venue.orders import ZERO, Order
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import CancelType, CreateType, OrderStatus, OrderType, TimeInForce

RISE, FALL = 1, 2


@dataclass(slots=True)
class Bands:
    """The nearest prices that touch something: at or below *low* when falling, at or above *high* when rising."""

    low: Decimal | None = None
    high: Decimal | None = None


def find_bands(state: VenueState, symbol: str) -> Bands:
    """Look through everything that rests on a symbol."""
    bands = Bands()
    starved = _starved(state, symbol)
    for account in state.accounts.values():
        for order in account.on(symbol):
            if order.status is OrderStatus.UNTRIGGERED:
                _widen(bands, order.trigger, rising=order.direction == RISE)
            elif order.price is not None and not starved:
                _widen(bands, order.price, rising=order.side == "Sell")
        for held in account.held(symbol):
            if held.size:
                if not starved:
                    _widen(bands, held.stop, rising=held.size < 0)
                    _widen(bands, held.take_profit, rising=held.size > 0)
                _widen(bands, liquidation_price(state, account, held), rising=held.size < 0)
    return bands


def _starved(state: VenueState, symbol: str) -> bool:
    volume = state.volume.get(symbol)
    return volume is not None and volume < state.instruments[symbol].step


def _widen(bands: Bands, price: Decimal | None, *, rising: bool) -> None:
    if price is None:
        return
    if rising:
        bands.high = price if bands.high is None else min(bands.high, price)
    else:
        bands.low = price if bands.low is None else max(bands.low, price)


def liquidation_price(state: VenueState, account: Account, held: Position) -> Decimal | None:
    """The price at which equity meets maintenance margin, other symbols standing still; None when there is none."""
    rate = state.instruments[held.symbol].maintenance
    others = ZERO
    for other in account.positions.values():
        if other is not held and other.size:
            price = state.last[other.symbol]
            others += other.size * (price - other.entry)
            others -= abs(other.size) * price * state.instruments[other.symbol].maintenance
    free = account.wallet + others - held.size * held.entry
    slope = held.size - abs(held.size) * rate
    if not slope:
        return None
    price = -free / slope
    return price if price > 0 else None


def touch(state: VenueState, symbol: str, price: Decimal, gap_to: Decimal | None) -> None:
    """Let everything happen that *price* touches now. *gap_to*: stops that a gap jumps fill there instead."""
    state.last[symbol] = price
    for account in state.accounts.values():
        _touch_account(state, account, symbol, price, gap_to)


def _touch_account(state: VenueState, account: Account, symbol: str, price: Decimal, gap_to: Decimal | None) -> None:
    for held in account.held(symbol):
        if held.size:
            _touch_position(state, account, held, price, gap_to)
    for order in tuple(account.on(symbol)):
        if not order.open:
            continue
        if order.status is OrderStatus.UNTRIGGERED:
            if order.trigger is not None and _reached(order.trigger, price, rising=order.direction == RISE):
                trigger(state, order, price if gap_to is None else gap_to)
        elif order.price is not None and _reached(order.price, price, rising=order.side == "Sell"):
            filling.make(state, order)


def _reached(mark: Decimal, price: Decimal, *, rising: bool) -> bool:
    return price >= mark if rising else price <= mark


def _touch_position(
    state: VenueState, account: Account, held: Position, price: Decimal, gap_to: Decimal | None
) -> None:
    long = held.size > 0
    at = price if gap_to is None else gap_to
    if held.stop is not None and _reached(held.stop, price, rising=not long):
        held.stop = None
        close_position(state, account, held, at, CreateType.BY_STOP_LOSS)
    elif held.take_profit is not None and _reached(held.take_profit, price, rising=long):
        held.take_profit = None
        close_position(state, account, held, at, CreateType.BY_TAKE_PROFIT)
    mark = liquidation_price(state, account, held) if held.size else None
    if mark is not None and _reached(mark, price, rising=not long):
        liquidate(state, account, held, price)


def liquidate(state: VenueState, account: Account, held: Position, price: Decimal) -> None:
    """Take a position over: orders of the symbol are cancelled, what is held is closed by the venue."""
    for order in tuple(account.on(held.symbol)):
        filling.end(state, order, OrderStatus.CANCELLED, CancelType.BY_LIQUIDATION, "EC_NoError")
    close_position(state, account, held, price, CreateType.BY_LIQUIDATION)


def close_position(
    state: VenueState,
    account: Account,
    held: Position,
    price: Decimal,
    why: CreateType,
    quantity: Decimal | None = None,
) -> None:
    """Close a position (or *quantity* of it) at market in the venue's own name."""
    side = "Sell" if held.size > 0 else "Buy"
    number = state.number()
    order = Order(
        account.name, number, f"o{number:08d}", "", held.symbol, held.index, side, OrderType.MARKET, TimeInForce.IOC,
        abs(held.size) if quantity is None else quantity, None, True, False, None, 0, None, None, "LastPrice", why,
        state.now, state.now,
    )  # fmt: skip
    account.admit(order)
    filling.take(state, order, price)
    if held.size and why is CreateType.BY_STOP_LOSS:
        state.tell_position(account, held.symbol, held.index)


def trigger(state: VenueState, order: Order, price: Decimal) -> None:
    """A conditional order becomes a market order or a limit in the book."""
    order.status = OrderStatus.TRIGGERED
    state.tell_order(order)
    order.status = OrderStatus.NEW
    if order.reduce_only and not state.accounts[order.account].position(order.symbol, order.index).size:
        filling.end(state, order, OrderStatus.CANCELLED, CancelType.BY_REDUCE_ONLY, "EC_NoError")
    elif order.price is None:
        filling.take(state, order, price)
    else:
        state.tell_order(order)
