"""The venue: order entry with Bybit's checks and codes, and prices moved from outside."""

from decimal import Decimal

from plugins.exchanges.paper.venue import amending, book, checks, filling, tpsl
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.amending import Change
from plugins.exchanges.paper.venue.events import Event, Executed, LeverageSet
from plugins.exchanges.paper.venue.matching import enter
from plugins.exchanges.paper.venue.orders import ZERO, NewOrder, Order
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

    def place(self, account_name: str, new: NewOrder) -> Order:
        """Take an order; raises VenueError. Returns it as it stands after matching."""
        state = self.state
        account = state.accounts[account_name]
        new = checks.accepted(state, account, new)
        number = state.number()
        order = Order(
            account_name, number, f"o{number:08d}", new.link, new.symbol, new.index, new.side,
            OrderType.MARKET if new.price is None else OrderType.LIMIT,
            TimeInForce.IOC if new.price is None else new.tif, new.quantity, new.price, new.reduce_only,
            new.close_on_trigger, new.trigger, new.direction, new.stop, new.take_profit, new.trigger_by,
            CreateType.BY_USER, state.now, state.now, last_on_created=state.last[new.symbol],
            tpsl_mode=new.tpsl_mode if new.stop is not None or new.take_profit is not None else "",
        )  # fmt: skip
        account.admit(order)
        if new.link:
            account.links[new.link] = order.id
        if new.trigger is None:
            enter(state, order, state.last[order.symbol])
            book.fire_passed(state, account, order.symbol, state.last[order.symbol])
        else:
            order.status = OrderStatus.UNTRIGGERED
            state.tell_order(order)
        return order

    def amend(
        self,
        account_name: str,
        reference: str,
        quantity: Decimal | None = None,
        price: Decimal | None = None,
        stop: Decimal | None = None,
        trigger: Decimal | None = None,
        take_profit: Decimal | None = None,
    ) -> Order:
        """Change an open order; *quantity* is the new total, a level of zero clears it. Raises VenueError."""
        order = self._open(account_name, reference)
        change = Change(quantity=quantity, price=price, stop=stop, take_profit=take_profit, trigger=trigger)
        amending.amend(self.state, order, change)
        book.fire_passed(self.state, self.state.accounts[account_name], order.symbol, self.state.last[order.symbol])
        return order

    def cancel(self, account_name: str, reference: str) -> Order:
        """Cancel an open order; raises VenueError."""
        order = self._open(account_name, reference)
        self._cancel(order)
        return order

    def set_stop(
        self, account_name: str, symbol: str, index: int, stop: Decimal | None, trigger_by: str = "LastPrice"
    ) -> None:
        """Set or clear the position-wide stop (trading-stop, Full): absolute. Raises VenueError."""
        account = self.state.accounts[account_name]
        held = tpsl.held_position(self.state, account, symbol, index)
        kind = trigger_by if stop else held.trigger_by
        tpsl.set_full(self.state, account, held, stop=stop or ZERO, take_profit=None, trigger_by=kind)

    def set_levels(
        self,
        account_name: str,
        symbol: str,
        index: int,
        *,
        stop: Decimal | None = None,
        take_profit: Decimal | None = None,
        trigger_by: str = "LastPrice",
        size: Decimal | None = None,
    ) -> None:
        """Set stop and take-profit of a position: None leaves one as it is, zero clears it. Raises VenueError.

        With *size* they are added as orders of their own, of that size (trading-stop, Partial).
        """
        account = self.state.accounts[account_name]
        held = tpsl.held_position(self.state, account, symbol, index)
        if size is None:
            tpsl.set_full(self.state, account, held, stop=stop, take_profit=take_profit, trigger_by=trigger_by)
        else:
            tpsl.add_partial(
                self.state, account, held, stop=stop, take_profit=take_profit, size=size, trigger_by=trigger_by
            )

    def cancel_all(self, account_name: str, symbol: str | None, *, conditional: bool | None = None) -> list[Order]:
        """Cancel all open orders, of one symbol or all; *conditional* takes only those that are, or are not."""
        cancelled = []
        for order in tuple(self.state.accounts[account_name].orders.values()):
            waiting = order.status is OrderStatus.UNTRIGGERED
            if (symbol is None or order.symbol == symbol) and conditional in (None, waiting):
                self._cancel(order)
                cancelled.append(order)
        return cancelled

    def forget_closed(self) -> None:
        """Lose the remembered closed orders, as Bybit does when it restarts; client ids stay taken."""
        for account in self.state.accounts.values():
            account.closed.clear()

    def set_mark(self, symbol: str, price: Decimal | None) -> None:
        """Set a mark price apart from the last one, None = together again. Raises KeyError."""
        last = self.state.last[symbol]
        if price is None:
            self.state.marks.pop(symbol, None)
        else:
            self.state.marks[symbol] = price
        self.state.dirty.add(symbol)
        for account in self.state.accounts.values():
            if any(held.size for held in account.held(symbol)):
                self.state.dirty.update(account.exposed())
        book.touch(self.state, symbol, last, None)

    def set_leverage(self, account_name: str, symbol: str, leverage: Decimal) -> None:
        """Set a symbol's leverage; raises VenueError (110043 when it is that already)."""
        instrument = checks.instrument_of(self.state, symbol)
        account = self.state.accounts[account_name]
        if not 1 <= leverage <= instrument.max_leverage:
            raise VenueError(110013, "cannot set leverage due to risk limit")
        before = account.leverage.get(symbol)
        if before == leverage:
            raise VenueError(110043, "leverage not modified")
        account.leverage[symbol] = leverage
        if account.held(symbol) and account.initial_margin() > account.equity(self.state.valued()):
            if before is None:
                del account.leverage[symbol]
            else:
                account.leverage[symbol] = before
            raise VenueError(110044, "available margin is insufficient for this leverage")
        self.state.events.append(LeverageSet(account_name, symbol, leverage, self.state.now))

    def switch_mode(self, account_name: str, symbol: str, *, hedge: bool) -> None:
        """Switch a symbol between one-way and hedge mode; refused with a position or orders. Raises VenueError."""
        account = self.state.accounts[account_name]
        if (symbol in account.hedge) == hedge:
            raise VenueError(110025, "Position mode is not modified")
        if any(held.size for held in account.held(symbol)):
            raise VenueError(110024, "You have an existing position, so the position mode cannot be switched")
        if account.working(symbol):
            raise VenueError(110028, "You have existing open orders, so the position mode cannot be switched")
        if hedge:
            account.hedge.add(symbol)
        else:
            account.hedge.discard(symbol)

    def fund(self, symbol: str, rate: Decimal) -> None:
        """Every holder of *symbol* pays (longs at a positive *rate*) or receives funding, on its value at the mark."""
        state = self.state
        for account in state.accounts.values():
            for held in account.held(symbol):
                if not held.size:
                    continue
                mark = state.mark(symbol)
                payment = filling.exact(held.size * mark * rate)
                account.wallet -= payment
                account.funding += payment
                state.dirty.update(account.exposed())
                state.tell_execution(
                    Executed(
                        account.name, f"f{state.number():08d}", symbol, held.index, "", "",
                        "Buy" if held.size > 0 else "Sell", mark, ZERO, abs(held.size) * mark, payment, False,
                        ExecType.FUNDING, CreateType.BY_USER, ZERO, ZERO, ZERO, state.now, held.seq,
                    )
                )  # fmt: skip

    def liquidate(self, account_name: str, symbol: str) -> None:
        """Liquidate a symbol now, whatever the margin (for tests and demonstrations)."""
        book.liquidate(self.state, self.state.accounts[account_name], symbol, self.state.last[symbol])

    def deleverage(self, account_name: str, symbol: str, quantity: Decimal, index: int = 0) -> None:
        """Take *quantity* of a position, at most all of it, by auto-deleveraging; nothing happens when flat."""
        account = self.state.accounts[account_name]
        held = account.position(symbol, index)
        quantity = min(quantity, abs(held.size))
        if quantity > 0:
            book.close_position(self.state, account, held, self.state.last[symbol], CreateType.BY_ADL, quantity)

    def bands(self, symbol: str) -> book.Bands:
        """The nearest prices that touch something on *symbol*."""
        if symbol in self.state.dirty or symbol not in self._bands:
            self._bands[symbol] = book.find_bands(self.state, symbol)
            self.state.dirty.discard(symbol)
        return self._bands[symbol]

    def pass_by(self, symbol: str, price: Decimal) -> None:
        """The symbol trades at *price* now, where nothing waits."""
        self.state.last[symbol] = price
        self._untie(symbol)

    def set_price(self, symbol: str, price: Decimal, gap_to: Decimal | None = None) -> None:
        """The symbol trades at *price* now: everything it touches happens."""
        book.touch(self.state, symbol, price, gap_to)
        self._untie(symbol)

    def _untie(self, symbol: str) -> None:
        """Positions elsewhere share this one's margin: their liquidations have moved."""
        bands = self._bands.get(symbol)
        if bands is not None and len(bands.tied) > 1:
            self.state.dirty.update(bands.tied - {symbol})

    def _cancel(self, order: Order) -> None:
        untriggered = order.status is OrderStatus.UNTRIGGERED
        status = OrderStatus.DEACTIVATED if untriggered else OrderStatus.CANCELLED
        filling.end(self.state, order, status, CancelType.BY_USER, "EC_PerCancelRequest")

    def _open(self, account_name: str, reference: str) -> Order:
        order = self.state.accounts[account_name].find(reference)
        if order is None or not order.open:
            raise VenueError(110001, "order not exists or too late to cancel")
        return order
