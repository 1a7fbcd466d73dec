"""What the embedded venue's tests share: one symbol, an account or two, and short words for orders and refusals."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from core.instrument import Instrument
from plugins.exchanges.paper.market.mover import Mover
from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.venue.account import Account, Position
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.events import Event, Executed, OrderUpdated, PositionUpdated
from plugins.exchanges.paper.venue.orders import NewOrder, Order
from plugins.exchanges.paper.venue.policies import Policies
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import TimeInForce, VenueError

SYMBOL = "AAAUSDT"
OTHER = "BBBUSDT"
TAKER = Decimal("0.00055")
MAKER = Decimal("0.0002")


def d(value: object) -> Decimal:
    """A Decimal from anything that prints as a number."""
    return Decimal(str(value))


def rules(symbol: str = SYMBOL, *, notional: object = 5, most: object = 1_000_000) -> Instrument:
    """Tick 0.1, step 0.1, leverage up to 100, maintenance 0.5 %."""
    return Instrument(
        symbol=symbol,
        tick=d("0.1"),
        step=d("0.1"),
        min_quantity=d("0.1"),
        min_notional=d(notional),
        max_leverage=d(100),
        max_quantity=d(most),
        max_market_quantity=d(most) / 2,
    )


@dataclass
class Desk:
    """A venue with account "a", and what a test says to it."""

    venue: Venue
    mover: Mover

    @property
    def account(self) -> Account:
        """Account "a"."""
        return self.venue.state.accounts["a"]

    def held(self, index: int = 0, symbol: str = SYMBOL) -> Position:
        """A slot of account "a"."""
        return self.account.position(symbol, index)

    def buy(self, quantity: object, price: object = None, **more: object) -> Order:
        """Place a buy; prices and quantities from anything that prints as a number."""
        return self.place("Buy", quantity, price, **more)

    def sell(self, quantity: object, price: object = None, **more: object) -> Order:
        """Place a sell."""
        return self.place("Sell", quantity, price, **more)

    def place(self, side: str, quantity: object, price: object = None, **more: object) -> Order:
        """Place an order for account "a" unless *account* says otherwise."""
        account = str(more.pop("account", "a"))
        return self.venue.place(account, new(side, quantity, price, **more))

    def go(self, *prices: object, symbol: str = SYMBOL) -> list[Event]:
        """Walk on through *prices*, a second apart, and return everything that happened."""
        self.venue.drain()
        now = self.venue.state.now
        path = [self.venue.state.last[symbol], *map(d, prices)]
        self.mover.add(Steps(symbol, path, now, 1_000))
        return self.run()

    def run(self) -> list[Event]:
        """Walk to the end of every path; returns everything that happened."""
        happened: list[Event] = []
        going = True
        while going:
            going = self.mover.advance(None)
            happened += self.venue.drain()
        return happened


def new(side: str, quantity: object, price: object = None, **more: object) -> NewOrder:
    """A NewOrder from plain numbers; keywords are its fields."""
    stop, take_profit, trigger = (
        d(more.pop(name)) if name in more else None for name in ("stop", "take_profit", "trigger")
    )
    order = NewOrder(
        symbol=str(more.pop("symbol", SYMBOL)),
        side=side,
        quantity=d(quantity),
        price=None if price is None else d(price),
        index=int(str(more.pop("index", 0))),
        link=str(more.pop("link", "")),
        tif=TimeInForce(str(more.pop("tif", "GTC"))),
        reduce_only=bool(more.pop("reduce_only", False)),
        close_on_trigger=bool(more.pop("close_on_trigger", False)),
        trigger_by=str(more.pop("trigger_by", "LastPrice")),
        tpsl_mode=str(more.pop("tpsl_mode", "Full")),
        direction=int(str(more.pop("direction", 0))),
        stop=stop,
        take_profit=take_profit,
        trigger=trigger,
    )
    assert not more, f"unknown fields {sorted(more)}"
    return order


def desk(last: object = 100, balance: object = 10_000, policies: Policies | None = None) -> Desk:
    """A venue whose symbols stand at *last*, with account "a" at leverage 10 (and a rich "b" to trade beside it)."""
    instruments = {symbol: rules(symbol) for symbol in (SYMBOL, OTHER)}
    venue = Venue(VenueState(instruments, policies or Policies()))
    mover = Mover(venue)
    for symbol in instruments:
        venue.state.last[symbol] = d(last)
    venue.add_account("a", d(balance), TAKER, MAKER)
    venue.add_account("b", d(1_000_000), TAKER, MAKER)
    return Desk(venue, mover)


def seen(*values: object) -> tuple[object, ...]:
    """Several values at once, to compare with plain numbers."""
    return values


def code(act: Callable[[], object]) -> int:
    """The code with which the venue refuses *act*; 0 when it doesn't."""
    try:
        act()
    except VenueError as error:
        return error.code
    return 0


def fills(events: list[Event]) -> list[tuple[object, ...]]:
    """(side, quantity, price) of every execution."""
    return [(each.side, each.quantity, each.price) for each in events if isinstance(each, Executed)]


def statuses(events: list[Event], order: Order) -> list[str]:
    """What was told of an order's status, in turn."""
    return [each.order.status.value for each in events if isinstance(each, OrderUpdated) and each.order.id == order.id]


def stops(events: list[Event]) -> list[object]:
    """The position's stop as told, in turn."""
    return [each.stop for each in events if isinstance(each, PositionUpdated)]
