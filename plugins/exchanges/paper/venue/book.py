"""What a moving price touches first: resting limits, triggers, position stops and liquidations of one symbol."""

from dataclasses import dataclass, field
from decimal import Decimal

from plugins.exchanges.paper.venue import filling, tpsl
from plugins.exchanges.paper.venue.account import Account, Position
from plugins.exchanges.paper.venue.margin import affordable, liquidation
from plugins.exchanges.paper.venue.matching import enter
from plugins.exchanges.paper.venue.orders import RISE, Order
from plugins.exchanges.paper.venue.policies import Passed
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import CancelType, CreateType, OrderStatus, OrderType, TimeInForce


@dataclass(slots=True)
class Bands:
    """The nearest prices that touch something: at or below *low*, at or above *high*.

    A price may lie beyond a band already (another symbol's move brought the liquidation here): it is touched at once.
    *tied* are the symbols whose liquidations move with this one's price.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    tied: set[str] = field(default_factory=set)


def find_bands(state: VenueState, symbol: str) -> Bands:
    """Look through everything that rests on a symbol."""
    bands = Bands()
    starved = _starved(state, symbol)
    for account in state.accounts.values():
        for order in account.on(symbol):
            if order.status is OrderStatus.UNTRIGGERED:
                if not _apart(state, symbol, order.trigger_by):
                    _widen(bands, order.trigger, rising=order.direction == RISE)
            elif order.price is not None and not starved:
                _widen(bands, order.price, rising=order.side == "Sell")
        _widen_by_positions(state, account, symbol, bands, starved=starved)
    return bands


def _widen_by_positions(state: VenueState, account: Account, symbol: str, bands: Bands, *, starved: bool) -> None:
    exposed = False
    for held in account.held(symbol):
        if held.size:
            exposed = True
            if not starved and not _apart(state, symbol, held.trigger_by):
                _widen_by_stop(state, held, bands)
                _widen(bands, held.take_profit, rising=held.size > 0)
    if not exposed:
        return
    bands.tied.update(account.exposed())
    mark = liquidation(state, account, symbol)
    if mark is not None and symbol not in state.marks:
        _widen(bands, mark[0], rising=mark[1])


def _widen_by_stop(state: VenueState, held: Position, bands: Bands) -> None:
    """A stop that waits is touched from its other side: a tick away from where it fires."""
    long, stop = held.size > 0, held.stop
    if stop is not None and held.waits:
        tick = state.instruments[held.symbol].tick
        stop = stop + tick if long else stop - tick
    _widen(bands, stop, rising=held.waits == long)


def _apart(state: VenueState, symbol: str, trigger_by: str) -> bool:
    """Whether a trigger goes by a mark price that was set apart: the last price then touches it not."""
    return trigger_by == "MarkPrice" and symbol in state.marks


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


def touch(state: VenueState, symbol: str, price: Decimal, gap_to: Decimal | None) -> None:
    """Let everything happen that *price* touches now. *gap_to*: stops that a gap jumps fill there instead."""
    state.last[symbol] = price
    for account in state.accounts.values():
        _touch_account(state, account, symbol, price, gap_to)


def _touch_account(state: VenueState, account: Account, symbol: str, price: Decimal, gap_to: Decimal | None) -> None:
    exposed = False
    for held in account.held(symbol):
        if held.size:
            exposed = True
            _touch_position(state, account, held, price, price if gap_to is None else gap_to)
    mark = liquidation(state, account, symbol) if exposed else None
    if mark is not None and _reached(mark[0], state.marks.get(symbol, price), rising=mark[1]):
        liquidate(state, account, symbol, price)
    for order in tuple(account.on(symbol)):
        if not order.open:
            continue
        if order.status is OrderStatus.UNTRIGGERED:
            seen = state.mark(symbol) if order.trigger_by == "MarkPrice" else price
            if order.trigger is not None and _reached(order.trigger, seen, rising=order.direction == RISE):
                trigger(state, order, price if gap_to is None else gap_to)
        elif order.price is not None and _reached(order.price, price, rising=order.side == "Sell"):
            filling.make(state, order)
    fire_passed(state, account, symbol, price if gap_to is None else gap_to)


def fire_passed(state: VenueState, account: Account, symbol: str, at: Decimal) -> None:
    """Fire the stops that came with an execution and that the market lies past already, where the venue does so."""
    if state.policies.passed is not Passed.FIRES or _starved(state, symbol):
        return
    for held in account.held(symbol):
        if held.size and held.stop is not None and tpsl.reached(state, held, held.stop, held.trigger_by):
            close_position(state, account, held, at, CreateType.BY_STOP_LOSS)


def _reached(mark: Decimal, price: Decimal, *, rising: bool) -> bool:
    return price >= mark if rising else price <= mark


def _touch_position(state: VenueState, account: Account, held: Position, price: Decimal, at: Decimal) -> None:
    """Fire the position's stop or take-profit. Where volume was short it stays for the rest."""
    long = held.size > 0
    if held.trigger_by == "MarkPrice":
        price = state.mark(held.symbol)
    reached = held.stop is not None and _reached(held.stop, price, rising=not long)
    if held.waits and not reached:
        held.waits = False
        state.dirty.add(held.symbol)
    if reached and not held.waits:
        close_position(state, account, held, at, CreateType.BY_STOP_LOSS)
    elif held.take_profit is not None and _reached(held.take_profit, price, rising=long):
        close_position(state, account, held, at, CreateType.BY_TAKE_PROFIT)


def liquidate(state: VenueState, account: Account, symbol: str, price: Decimal) -> None:
    """Take a symbol over: its orders are cancelled, what is held is closed by the venue, whatever the volume."""
    for order in tuple(account.on(symbol)):
        filling.end(state, order, OrderStatus.CANCELLED, CancelType.BY_LIQUIDATION, "EC_NoError")
    for held in account.held(symbol):
        if held.size:
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
    enter(state, order, price)


def trigger(state: VenueState, order: Order, price: Decimal) -> None:
    """A conditional order becomes a market order or a limit; what it needs is checked only now."""
    order.status = OrderStatus.TRIGGERED
    state.tell_order(order)
    order.status = OrderStatus.NEW
    account = state.accounts[order.account]
    held = account.position(order.symbol, order.index)
    signed = order.leaves if order.side == "Buy" else -order.leaves
    if order.reduce_only and (not held.size or (held.size > 0) == (signed > 0)):
        filling.end(state, order, OrderStatus.CANCELLED, CancelType.BY_REDUCE_ONLY, "EC_NoError")
        return
    if not order.reduce_only and not affordable(
        state, account, order.symbol, order.index, signed, order.price or price
    ):
        filling.end(state, order, OrderStatus.CANCELLED, CancelType.BY_MARGIN, "EC_CannotAffordOrderCost")
        return
    enter(state, order, price)
    if order.open and order.reduce_only:
        filling.shrink_reducing(state, account, held)
