"""The venue: order entry with Bybit's checks and codes, and prices moved from outside."""

from decimal import Decimal

from core.instrument import Instrument
from core.money import on_grid
from plugins.exchanges.paper.venue import book, filling
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.events import Event, Executed, LeverageSet
from plugins.exchanges.paper.venue.orders import ZERO, NewOrder, Order
from plugins.exchanges.paper.venue.policies import Oversize
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import (
    CancelType,
    CreateType,
    ExecType,
    OrderStatus,
    OrderType,
    TimeInForce,
    VenueError,
)


class Venue:
    """One matching engine for several accounts. Whoever owns it moves time and prices and reads `events`."""

    def __init__(self, state: VenueState) -> None:
        """Go on from *state*, new or loaded."""
        self.state = state
        self._bands: dict[str, book.Bands] = {}

    def add_account(self, name: str, balance: Decimal, taker: Decimal, maker: Decimal) -> Account:
        """A funded account; raises ValueError when the name is taken."""
        if name in self.state.accounts:
            raise ValueError(f"account {name} exists")
        account = Account(name, balance, taker, maker, deposits=balance)
        self.state.accounts[name] = account
        return account

    def drain(self) -> list[Event]:
        """The events since the last call."""
        events, self.state.events = self.state.events, []
        return events

    # order entry

    def place(self, account_name: str, new: NewOrder) -> Order:
        """Take an order; raises VenueError. Returns it as it stands after matching."""
        state = self.state
        account = state.accounts[account_name]
        instrument = self._instrument(new.symbol)
        if new.link and new.link in account.links:
            raise VenueError(110072, "OrderLinkedID is duplicate")
        quantity = self._checked(account, instrument, new)
        number = state.number()
        order = Order(
            account_name, number, f"o{number:08d}", new.link, new.symbol, new.index, new.side,
            OrderType.MARKET if new.price is None else OrderType.LIMIT,
            TimeInForce.IOC if new.price is None else new.tif, quantity, new.price, new.reduce_only,
            new.close_on_trigger, new.trigger, new.direction, new.stop, new.take_profit, new.trigger_by,
            CreateType.BY_USER, state.now, state.now,
        )  # fmt: skip
        account.admit(order)
        if new.link:
            account.links[new.link] = order.id
        self._match(order)
        return order

    def amend(
        self,
        account_name: str,
        reference: str,
        quantity: Decimal | None = None,
        price: Decimal | None = None,
        stop: Decimal | None = None,
        trigger: Decimal | None = None,
    ) -> Order:
        """Change an open order; *quantity* is the new total. Raises VenueError."""
        order = self._open(account_name, reference)
        instrument = self._instrument(order.symbol)
        changed = _changed(order, quantity, price, stop, trigger)
        if not changed:
            raise VenueError(10001, "The order remains unchanged as the parameters entered match the existing ones.")
        if quantity is not None:
            self._check_new_quantity(order, instrument, quantity)
        if price is not None and not on_grid(price, instrument.tick):
            raise VenueError(10001, "params error: price is not on the tick")
        if stop is not None:
            self._check_stop(order.side == "Buy", order.price or self.state.last[order.symbol], stop)
        order.quantity = order.quantity if quantity is None else quantity
        order.price = order.price if price is None else price
        order.stop = order.stop if stop is None else stop
        order.trigger = order.trigger if trigger is None else trigger
        self.state.tell_order(order)
        if price is not None and order.resting and self._crosses(order):
            filling.take(self.state, order, self.state.last[order.symbol])
        return order

    def cancel(self, account_name: str, reference: str) -> Order:
        """Cancel an open order; raises VenueError."""
        order = self._open(account_name, reference)
        untriggered = order.status is OrderStatus.UNTRIGGERED
        status = OrderStatus.DEACTIVATED if untriggered else OrderStatus.CANCELLED
        filling.end(self.state, order, status, CancelType.BY_USER, "EC_PerCancelRequest")
        return order

    def set_stop(self, account_name: str, symbol: str, index: int, stop: Decimal | None) -> None:
        """Set or clear the position-wide stop (trading-stop, Full): absolute. Raises VenueError."""
        self._instrument(symbol)
        account = self.state.accounts[account_name]
        held = account.position(symbol, index)
        if not held.size:
            raise VenueError(10001, "can not set tp/sl/ts for zero position")
        if held.stop == stop:
            raise VenueError(34040, "not modified")
        if stop is not None:
            last = self.state.last[symbol]
            if stop >= last if held.size > 0 else stop <= last:
                side, word = ("Buy", "lower") if held.size > 0 else ("Sell", "higher")
                raise VenueError(10001, f"StopLoss for {side} position should be {word} than base_price")
        held.stop = stop
        held.seq = max(held.seq, self.state.seqs.get(symbol, 0))
        self.state.tell_position(account, symbol, index)

    def set_leverage(self, account_name: str, symbol: str, leverage: Decimal) -> None:
        """Set a symbol's leverage; raises VenueError (110043 when it is that already)."""
        instrument = self._instrument(symbol)
        account = self.state.accounts[account_name]
        if not 1 <= leverage <= instrument.max_leverage:
            raise VenueError(110013, "cannot set leverage due to risk limit")
        if account.leverage.get(symbol) == leverage:
            raise VenueError(110043, "leverage not modified")
        account.leverage[symbol] = leverage
        self.state.dirty.add(symbol)
        self.state.events.append(LeverageSet(account_name, symbol, leverage, self.state.now))

    def switch_mode(self, account_name: str, symbol: str, *, hedge: bool) -> None:
        """Switch a symbol between one-way and hedge mode; refused with a position or orders. Raises VenueError."""
        account = self.state.accounts[account_name]
        if (symbol in account.hedge) == hedge:
            raise VenueError(110025, "Position mode is not modified")
        if any(held.size for held in account.positions.values() if held.symbol == symbol):
            raise VenueError(110024, "You have an existing position, so the position mode cannot be switched")
        if any(account.on(symbol)):
            raise VenueError(110028, "You have existing open orders, so the position mode cannot be switched")
        if hedge:
            account.hedge.add(symbol)
        else:
            account.hedge.discard(symbol)

    # what the world does

    def fund(self, symbol: str, rate: Decimal) -> None:
        """Every holder of *symbol* pays (longs at a positive *rate*) or receives funding."""
        state = self.state
        for account in state.accounts.values():
            for held in account.held(symbol):
                if not held.size:
                    continue
                payment = held.size * state.last[symbol] * rate
                account.wallet -= payment
                account.funding += payment
                state.dirty.add(symbol)
                state.events.append(
                    Executed(
                        account.name, f"f{state.number():08d}", symbol, held.index, "", "",
                        "Buy" if held.size > 0 else "Sell", state.last[symbol], ZERO,
                        abs(held.size) * state.last[symbol], payment, False, ExecType.FUNDING, CreateType.BY_USER,
                        ZERO, ZERO, ZERO, state.now, held.seq,
                    )
                )  # fmt: skip

    def liquidate(self, account_name: str, symbol: str, index: int = 0) -> None:
        """Liquidate a position now, whatever its margin (for tests and demonstrations)."""
        account = self.state.accounts[account_name]
        book.liquidate(self.state, account, account.position(symbol, index), self.state.last[symbol])

    def deleverage(self, account_name: str, symbol: str, quantity: Decimal, index: int = 0) -> None:
        """Take *quantity* of a position by auto-deleveraging."""
        account = self.state.accounts[account_name]
        held = account.position(symbol, index)
        book.close_position(self.state, account, held, self.state.last[symbol], CreateType.BY_ADL, quantity)

    # prices

    def bands(self, symbol: str) -> book.Bands:
        """The nearest prices that touch something on *symbol*."""
        if symbol in self.state.dirty or symbol not in self._bands:
            self._bands[symbol] = book.find_bands(self.state, symbol)
            self.state.dirty.discard(symbol)
        return self._bands[symbol]

    def set_price(self, symbol: str, price: Decimal, gap_to: Decimal | None = None) -> None:
        """The symbol trades at *price* now: everything it touches happens."""
        book.touch(self.state, symbol, price, gap_to)

    # checks

    def _instrument(self, symbol: str) -> Instrument:
        found = self.state.instruments.get(symbol)
        if found is None:
            raise VenueError(10001, f"params error: symbol invalid {symbol}")
        return found

    def _open(self, account_name: str, reference: str) -> Order:
        account = self.state.accounts[account_name]
        order = account.find(reference)
        if order is None or not order.open:
            raise VenueError(110001, "order not exists or too late to cancel")
        return order

    def _checked(self, account: Account, instrument: Instrument, new: NewOrder) -> Decimal:
        """The quantity as accepted; raises VenueError with Bybit's code for the first thing that is wrong."""
        self._check_mode(account, new)
        if new.quantity <= 0 or not on_grid(new.quantity, instrument.step) or new.quantity < instrument.min_quantity:
            raise VenueError(10001, "The number of contracts is below the minimum allowed or not on the step")
        if new.quantity > (instrument.max_market_quantity if new.price is None else instrument.max_quantity):
            raise VenueError(10001, "The number of contracts exceeds maximum limit allowed")
        if new.price is not None and (new.price <= 0 or not on_grid(new.price, instrument.tick)):
            raise VenueError(10001, "params error: price is not on the tick")
        working = sum(1 for _ in account.on(new.symbol))
        if working >= self.state.policies.max_orders:
            raise VenueError(110020, "You can't have more than 500 active orders")
        if new.trigger is not None:
            self._check_trigger(account, new)
        if new.reduce_only:
            return self._reducible(account, new)
        last = self.state.last[new.symbol]
        if new.quantity * (new.price or last) < instrument.min_notional:
            raise VenueError(110094, "Order does not meet minimum order value")
        if new.stop is not None:
            self._check_stop(new.side == "Buy", new.price or last, new.stop)
        if new.trigger is None:
            self._check_margin(account, new, last)
        return new.quantity

    def _check_mode(self, account: Account, new: NewOrder) -> None:
        hedge = new.symbol in account.hedge
        if hedge != (new.index != 0):
            raise VenueError(10001, "position idx not match position mode")

    def _check_trigger(self, account: Account, new: NewOrder) -> None:
        last = self.state.last[new.symbol]
        conditional = sum(1 for order in account.on(new.symbol) if order.status is OrderStatus.UNTRIGGERED)
        if conditional >= self.state.policies.max_conditionals:
            raise VenueError(110009, "already had 10 working normal stop orders")
        if new.trigger is not None and new.direction == book.RISE and new.trigger <= last:
            raise VenueError(110092, "expect Rising, but trigger_price <= current")
        if new.trigger is not None and new.direction == book.FALL and new.trigger >= last:
            raise VenueError(110093, "expect Falling, but trigger_price >= current")

    def _reducible(self, account: Account, new: NewOrder) -> Decimal:
        """Reduce-only: the position less what rests already; conditionals are exempt (bybit-v5.md section 5)."""
        if new.stop is not None or new.take_profit is not None:
            raise VenueError(10001, "reduce-only order can not carry tp/sl")
        held = account.position(new.symbol, new.index)
        if new.trigger is not None:
            return new.quantity
        if not held.size:
            raise VenueError(110017, "current position is zero, cannot fix reduce-only order qty")
        if (held.size > 0) == (new.side == "Buy"):
            raise VenueError(110017, "reduce-only order has same side with current position")
        resting = sum((order.leaves for order in account.reducing(new.symbol, new.index)), ZERO)
        quota = abs(held.size) - resting
        if quota <= 0 or (new.quantity > quota and self.state.policies.oversize is Oversize.REJECT):
            raise VenueError(110017, "Reduce-only rule not satisfied")
        return min(new.quantity, quota)

    def _check_stop(self, buys: bool, base: Decimal, stop: Decimal) -> None:  # noqa: FBT001 - the order's side
        if stop <= 0 or (stop >= base if buys else stop <= base):
            side, word = ("Buy", "lower") if buys else ("Sell", "higher")
            raise VenueError(10001, f"StopLoss for {side} order should be {word} than base_price")

    def _check_margin(self, account: Account, new: NewOrder, last: Decimal) -> None:
        if not new.index and _closes(account.position(new.symbol, 0).size, new):
            return
        value = new.quantity * (new.price or last)
        cost = value / account.leverage_of(new.symbol) + value * account.taker
        if cost > account.available(self.state.last):
            raise VenueError(110007, "ab not enough for new order")

    def _check_new_quantity(self, order: Order, instrument: Instrument, quantity: Decimal) -> None:
        if quantity <= order.filled:
            raise VenueError(110064, "new quantity is not above what was filled")
        if not on_grid(quantity, instrument.step) or quantity < instrument.min_quantity:
            raise VenueError(10001, "The number of contracts is below the minimum allowed or not on the step")
        if order.reduce_only and order.resting:
            account = self.state.accounts[order.account]
            held = abs(account.position(order.symbol, order.index).size)
            others = sum(
                (other.leaves for other in account.reducing(order.symbol, order.index) if other is not order), ZERO
            )
            if quantity - order.filled + others > held:
                raise VenueError(110017, "Reduce-only rule not satisfied")
        elif not order.reduce_only and quantity > order.quantity:
            account = self.state.accounts[order.account]
            more = (quantity - order.quantity) * (order.price or self.state.last[order.symbol])
            if more / account.leverage_of(order.symbol) > account.available(self.state.last):
                raise VenueError(110007, "ab not enough for new order")

    # matching at entry

    def _match(self, order: Order) -> None:
        state = self.state
        if order.trigger is not None:
            order.status = OrderStatus.UNTRIGGERED
            state.tell_order(order)
            return
        last = state.last[order.symbol]
        if order.price is not None and not self._crosses(order):
            state.tell_order(order)
            if order.tif in (TimeInForce.IOC, TimeInForce.FOK):
                filling.end(state, order, OrderStatus.CANCELLED, CancelType.UNKNOWN, "EC_NoImmediateQtyToFill")
            return
        if order.tif is TimeInForce.POST_ONLY:
            state.tell_order(order)
            reason = "EC_PostOnlyWillTakeLiquidity"
            filling.end(state, order, OrderStatus.CANCELLED, CancelType.UNKNOWN, reason)
            return
        if order.price is not None:
            state.tell_order(order)
        filling.take(state, order, last)
        if order.open and order.tif in (TimeInForce.IOC, TimeInForce.FOK):
            filling.end(state, order, OrderStatus.CANCELLED, CancelType.UNKNOWN, "EC_NoImmediateQtyToFill")

    def _crosses(self, order: Order) -> bool:
        last = self.state.last[order.symbol]
        if order.price is None:
            return True
        return order.price >= last if order.side == "Buy" else order.price <= last


def _changed(
    order: Order, quantity: Decimal | None, price: Decimal | None, stop: Decimal | None, trigger: Decimal | None
) -> bool:
    pairs = ((quantity, order.quantity), (price, order.price), (stop, order.stop), (trigger, order.trigger))
    return any(new is not None and new != old for new, old in pairs)


def _closes(size: Decimal, new: NewOrder) -> bool:
    """Whether an order only reduces what a one-way position holds."""
    return bool(size) and (size > 0) == (new.side == "Sell") and new.quantity <= abs(size)
