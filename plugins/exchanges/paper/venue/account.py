"""One unified account: wallet, positions, orders, and what they bind.

Exact; the wallet moves only by P&L, fees, funding.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from plugins.exchanges.paper.venue.events import Executed
from plugins.exchanges.paper.venue.orders import ZERO, Order

DEFAULT_LEVERAGE = Decimal(10)


@dataclass(slots=True)
class Position:
    """What a slot holds. *size* is signed, *entry* the venue's average of what is open, *stop* position-wide.

    *waits*: the market lay past the stop when it came, which fires only once the price has been on its other side.
    *created* is when the slot was first used, *updated* when it last changed, in milliseconds.
    """

    symbol: str
    index: int
    size: Decimal = ZERO
    entry: Decimal = ZERO
    stop: Decimal | None = None
    take_profit: Decimal | None = None
    trigger_by: str = "LastPrice"
    waits: bool = False
    realised: Decimal = ZERO
    seq: int = -1
    created: int = 0
    updated: int = 0


@dataclass(slots=True)
class Account:
    """An account. *hedge* names the symbols in hedge mode, *links* every client id ever used (unique for ever).

    *deposits*, *realised*, *fees* and *funding* are the double entry behind *wallet*.
    """

    name: str
    wallet: Decimal
    taker: Decimal
    maker: Decimal
    deposits: Decimal = ZERO
    realised: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    positions: dict[tuple[str, int], Position] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    closed: dict[str, Order] = field(default_factory=dict)
    executions: list[Executed] = field(default_factory=list)
    leverage: dict[str, Decimal] = field(default_factory=dict)
    hedge: set[str] = field(default_factory=set)
    by_symbol: dict[str, dict[str, Order]] = field(default_factory=dict)

    def admit(self, order: Order) -> None:
        """Take an order among the open ones."""
        self.orders[order.id] = order
        self.by_symbol.setdefault(order.symbol, {})[order.id] = order

    def dismiss(self, order: Order) -> None:
        """Take an order out of the open ones; harmless when it isn't among them."""
        self.orders.pop(order.id, None)
        self.by_symbol.get(order.symbol, {}).pop(order.id, None)

    def executed(self, event: Executed, keep: int) -> None:
        """Remember an execution; at least the latest *keep* are."""
        self.executions.append(event)
        if len(self.executions) > 2 * keep:
            del self.executions[:-keep]

    def executed_since(self, at: int) -> list[Executed]:
        """The remembered executions from time *at* on, oldest first."""
        return self.executions[bisect_left(self.executions, at, key=lambda each: each.at) :]

    def leverage_of(self, symbol: str) -> Decimal:
        """The symbol's leverage, 10 until set."""
        return self.leverage.get(symbol, DEFAULT_LEVERAGE)

    def position(self, symbol: str, index: int) -> Position:
        """The slot's position, made flat on first sight."""
        key = (symbol, index)
        found = self.positions.get(key)
        if found is None:
            found = self.positions[key] = Position(symbol, index)
        return found

    def on(self, symbol: str) -> Iterator[Order]:
        """The open orders of a symbol, oldest first."""
        return iter(self.by_symbol.get(symbol, {}).values())

    def working(self, symbol: str) -> int:
        """How many orders of a symbol are open."""
        return len(self.by_symbol.get(symbol, ()))

    def exposed(self) -> list[str]:
        """The symbols on which something is held: each one's liquidation depends on all of them."""
        return list({held.symbol: None for held in self.positions.values() if held.size})

    def held(self, symbol: str) -> list[Position]:
        """The slots of a symbol that were ever used."""
        keys = ((symbol, 0), (symbol, 1), (symbol, 2))
        return [self.positions[key] for key in keys if key in self.positions]

    def reducing(self, symbol: str, index: int) -> list[Order]:
        """The resting reduce-only orders of a slot, oldest first."""
        return [order for order in self.on(symbol) if order.reduce_only and order.index == index and order.resting]

    def find(self, reference: str) -> Order | None:
        """An order, open or among the remembered closed ones, by order id or client id; the order id wins."""
        found = self.orders.get(reference) or self.closed.get(reference)
        if found is None and reference in self.links:
            order_id = self.links[reference]
            found = self.orders.get(order_id) or self.closed.get(order_id)
        return found

    def unrealised(self, prices: dict[str, Decimal]) -> Decimal:
        """Profit of what is open at *prices*."""
        return sum(
            [held.size * (prices[held.symbol] - held.entry) for held in self.positions.values() if held.size], ZERO
        )

    def equity(self, prices: dict[str, Decimal]) -> Decimal:
        """Wallet plus unrealised profit."""
        return self.wallet + self.unrealised(prices)

    def initial_margin(self) -> Decimal:
        """Bound by positions (at entry) and by resting entry orders."""
        bound = ZERO
        for held in self.positions.values():
            if held.size:
                bound += abs(held.size) * held.entry / self.leverage_of(held.symbol)
        for order in self.orders.values():
            if not order.reduce_only and order.resting and order.price is not None:
                bound += order.leaves * order.price / self.leverage_of(order.symbol)
        return bound

    def available(self, prices: dict[str, Decimal]) -> Decimal:
        """What new entries may bind; never negative."""
        return self.free(self.equity(prices))

    def free(self, equity: Decimal) -> Decimal:
        """What new entries may bind of so much *equity*; never negative."""
        return max(equity - self.initial_margin(), ZERO)

    def maintenance(self, rates: dict[str, Decimal], prices: dict[str, Decimal]) -> Decimal:
        """The margin below which the account is liquidated."""
        return sum(
            (
                abs(held.size) * prices[held.symbol] * rates[held.symbol]
                for held in self.positions.values()
                if held.size
            ),
            ZERO,
        )
