"""All that a venue holds, in one place; the neighbouring modules are functions over it."""

from dataclasses import dataclass, field
from decimal import Decimal

from core.instrument import Instrument
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.events import Event, Executed, OrderUpdated, PositionUpdated
from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.policies import Policies


@dataclass(slots=True)
class VenueState:
    """Instruments, prices, accounts and the counters that make every id unique.

    *marks* are mark prices where they differ from the last ones.

    *volume* is what may still trade at the present bar per symbol, None = as much as anybody wants. *slippage* in basis
    points worsens market and stop fills. *dirty* names symbols whose bands must be found again.
    """

    instruments: dict[str, Instrument]
    policies: Policies = field(default_factory=Policies)
    now: int = 0
    last: dict[str, Decimal] = field(default_factory=dict)
    marks: dict[str, Decimal] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    volume: dict[str, Decimal] = field(default_factory=dict)
    slippage: Decimal = Decimal(0)
    numbers: int = 0
    seqs: dict[str, int] = field(default_factory=dict)
    dirty: set[str] = field(default_factory=set)

    def mark(self, symbol: str) -> Decimal:
        """The mark price: the last one unless it was set apart."""
        return self.marks.get(symbol) or self.last[symbol]

    def seen(self, symbol: str, trigger_by: str) -> Decimal:
        """The price that a trigger goes by."""
        return self.mark(symbol) if trigger_by == "MarkPrice" else self.last[symbol]

    def valued(self) -> dict[str, Decimal]:
        """The prices at which positions are valued: marks over last prices."""
        return {**self.last, **self.marks} if self.marks else self.last

    def number(self) -> int:
        """The next order or execution number."""
        self.numbers += 1
        return self.numbers

    def seq(self, symbol: str) -> int:
        """The symbol's next cross sequence."""
        value = self.seqs[symbol] = self.seqs.get(symbol, 0) + 1
        return value

    def tell_order(self, order: Order) -> None:
        """An order changed."""
        order.updated = self.now
        self.dirty.add(order.symbol)
        self.events.append(OrderUpdated(order.account, order.copy()))

    def tell_execution(self, event: Executed) -> None:
        """Something was executed, or funding paid."""
        self.accounts[event.account].executed(event, self.policies.executions)
        self.events.append(event)

    def tell_position(self, account: Account, symbol: str, index: int) -> None:
        """A position, its stop or its size changed."""
        held = account.position(symbol, index)
        held.updated = self.now
        held.created = held.created or self.now
        self.dirty.add(symbol)
        self.events.append(
            PositionUpdated(
                account.name,
                symbol,
                index,
                held.size,
                held.entry,
                held.stop,
                held.take_profit,
                self.last[symbol],
                self.mark(symbol),
                self.now,
                held.seq,
            )
        )
