"""A stage for scenario tests: accounts at an embedded venue, a price path in steps, and the real machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.virtual import VirtualAccount, compose
from core.account.box import Box
from core.engine.virtual import VirtualRun
from core.instrument import Instrument
from core.mirror import Following
from core.plan import Rules
from core.report import TradeReport
from core.request import EntrySpec, FixedQuantity, MarginPercent, Request, Size
from core.words import Side
from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.stepped import SteppedVenue
from plugins.strategies.conservative.strategy import Conservative

SYMBOL = "TESTUSDT"
AT = 1_700_000_000_000


def number(value: object) -> Decimal:
    """A Decimal from anything that prints as a number."""
    return Decimal(str(value))


def instrument(tick: str = "0.01", step: str = "1", minimum: str | None = None) -> Instrument:
    """Trading rules without a minimum notional."""
    return Instrument(
        symbol=SYMBOL,
        tick=number(tick),
        step=number(step),
        min_quantity=number(minimum or step),
        min_notional=Decimal(0),
        max_leverage=Decimal(100),
    )


@dataclass
class Stage:
    """A run and what a test asks of it."""

    world: SteppedVenue
    run: VirtualRun

    def open(self, request: Request, leader: str = "main") -> tuple[str, ...]:
        """Open now; returns why the leader refused, () when it did not."""
        replies = self.run.open(request, leader)
        refusal = replies[0].refusal
        return refusal.reasons if refusal is not None else ()

    def go(self, *prices: object) -> None:
        """Walk through more prices, a second apart."""
        track = self.world.mover.tracks[SYMBOL]
        steps = Steps(SYMBOL, [track.price, *map(number, prices)], self.world.now, 1_000)
        track.moves, track.move, track.ended, track.at = steps.moves(), None, False, self.world.now
        self.run.run()

    def box(self, account: str = "main") -> Box:
        """The account's only live trade."""
        return next(iter(self.run.machines[account].state.boxes.values()))

    def ended(self, account: str = "main") -> TradeReport:
        """The account's latest ended trade."""
        return self.run.tape.accounts[account].closed[-1]

    def working(self, account: str = "main") -> dict[str, Decimal]:
        """Total quantity of every open order of ours at the venue, by role."""
        orders = self.world.venue.state.accounts[account].orders.values()
        return {order.link.split("-")[3]: order.quantity for order in orders if order.link.startswith("t1-")}

    def targets(self, account: str = "main") -> list[str]:
        """What TP1 to TP4 work at the venue, unfilled part, as text; "0" where there is no order."""
        left = {
            order.link.split("-")[3]: order.leaves
            for order in self.world.venue.state.accounts[account].orders.values()
            if order.link.startswith("t1-")
        }
        return [format(left.get(f"TP{level}", Decimal(0)).normalize(), "f") for level in range(1, 5)]

    def stop(self, account: str = "main", index: int = 0) -> Decimal | None:
        """The position-wide stop at the venue."""
        return self.world.venue.state.accounts[account].position(SYMBOL, index).stop

    def size(self, account: str = "main", index: int = 0) -> Decimal:
        """The position at the venue, signed."""
        return self.world.venue.state.accounts[account].position(SYMBOL, index).size

    def kinds(self, account: str = "main") -> list[str]:
        """The kinds of the account's alerts, in order."""
        return [alert.kind for alert in self.run.tape.alerts if alert.account == account]


def stage(
    start: object = 100,
    *,
    rules: Rules | None = None,
    traded: Instrument | None = None,
    balances: Sequence[tuple[str, object]] = (("main", 1_000_000),),
    following: Following | None = None,
    hedge: bool = False,
    fees: tuple[str, str] = ("0.00055", "0.0002"),
    latency: int = 0,
) -> Stage:
    """A stage at price *start*; every account after the first follows it."""
    leader = balances[0][0]
    accounts = [
        VirtualAccount(
            name=name,
            balance=number(balance),
            following=None if name == leader else following or Following(leader=leader),
            taker=number(fees[0]),
            maker=number(fees[1]),
            hedge=hedge,
        )
        for name, balance in balances
    ]
    strategies = {"conservative": Conservative("conservative", rules or Rules())}
    world, run = compose(accounts, {SYMBOL: traded or instrument()}, strategies, latency=latency)
    world.mover.add(Steps(SYMBOL, [number(start)], AT))
    return Stage(world, run)


def request(
    entries: Sequence[object] = ("market",),
    *,
    targets: Sequence[object] = (110, 120, 130, 140),
    stop: object = 90,
    side: Side = Side.LONG,
    size: Size | None = None,
    identity: str = "r1",
    leverage: object = 10,
    at: int = AT,
) -> Request:
    """A request on the stage's symbol; 1,000 units unless sized otherwise."""
    return Request(
        id=identity,
        strategy="conservative",
        symbol=SYMBOL,
        side=side,
        entries=tuple(EntrySpec(None if price == "market" else number(price)) for price in entries),
        take_profits=tuple(number(price) for price in targets),
        stop=number(stop),
        leverage=number(leverage),
        size=size or FixedQuantity(Decimal(1000)),
        at=at,
        origin="test",
    )


def percent(value: object) -> Size:
    """A share of the available balance."""
    return MarginPercent(number(value))
