"""A whole service in this process: main and mirrors at the embedded venue, a still market, and the user's own hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

from core.account.state import AccountState
from core.commands import Cancel, Command, Outcome
from core.engine.memory_store import MemoryStore
from core.engine.service import Service
from core.facts import Cut
from core.gate import Limits
from core.instrument import Instrument
from core.mirror import Following
from core.plan import Rules
from core.request import Request
from plugins.clocks.system import SystemClock
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.hand import Hand
from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from plugins.exchanges.paper.world import PaperWorld
from plugins.strategies.conservative.strategy import Conservative
from tests.staging import SYMBOL, instrument

PATIENCE = 10
"""Seconds after which what a test waits for will not come."""
BALANCES = {"main": Decimal(1_000_000), "mirror": Decimal(500_000)}


class HastyClock(SystemClock):
    """The system's clock, but nobody waits long for it."""

    async def sleep(self, milliseconds: int) -> None:
        """Let others work, and go on."""
        await asyncio.sleep(min(milliseconds, 5) / 1_000)


class Blind(PaperExchange):
    """An account whose lists can't be read while it is *blind*; what it is told to do, it does."""

    blind: Exception | None = None

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """A cut, or none."""
        if self.blind is not None:
            raise self.blind
        return await super().snapshot(since, full=full)


class Hanging(PaperExchange):
    """An account that never answers *what* hangs; *asked* is all that it was told to cancel."""

    what: Callable[[Command], bool] = staticmethod(lambda _: False)

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Nothing, or as ever."""
        self.asked = [*getattr(self, "asked", []), *(each.key for each in commands if isinstance(each, Cancel))]
        if any(self.what(each) for each in commands):
            await asyncio.Event().wait()
        return await super().submit(commands)


class StillWorld(PaperWorld):
    """A world whose price stands where it was put."""

    def __init__(self, traded: Instrument, price: Decimal) -> None:
        """One symbol."""
        super().__init__(PaperVenueSettings(state=":memory:", every_ms=20, instruments={}), SystemClock().now)
        self._traded = traded
        self._price = price

    async def start(self) -> None:
        """As a world starts, with the one symbol."""
        first = self.stepped is None
        await super().start()
        if first:
            self.venue.venue.state.instruments[self._traded.symbol] = self._traded
            self.venue.mover.add(Steps(self._traded.symbol, [self._price], self.now()))


@dataclass
class House:
    """What a test does and asks."""

    service: Service
    store: MemoryStore
    world: PaperWorld
    task: "asyncio.Task[None] | None" = None

    async def freeze(self) -> None:
        """Let the machines stand still from now on; the venue goes on."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    def state(self, account: str = "main") -> AccountState:
        """The machine's state."""
        return self.service.states[account]

    def hand(self, account: str = "main") -> Hand:
        """The user in the exchange's app; call `settle` on the world to let it be known."""
        return self.world.venue.hand(account)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():  # noqa: ASYNC110 - what is waited for is told by nobody
                    await asyncio.sleep(0.002)
        except TimeoutError:
            busy = {name: (list(each.flights), dict(each.troubles)) for name, each in self.service.states.items()}
            raise AssertionError(f"{holds}: {busy}") from None

    async def settled(self) -> None:
        """Wait until every machine has decided all and every answer is in."""
        for _ in range(3):
            self.world.settle()
            await asyncio.sleep(0.005)
            await self.until(lambda: not any(self._busy(state) for state in self.service.states.values()))

    def _busy(self, state: AccountState) -> bool:
        return bool(state.flights or state.busy or state.doubts or state.cuts.asked is not None or state.troubles)

    async def open(self, request: Request) -> str:
        """Open on main and its mirrors, now; returns the trade's id."""
        replies = await self.service.open(replace(request, at=self.service.clock.now()), "main")
        assert replies[0].plan is not None, replies[0].refusal
        await self.settled()
        return replies[0].plan.trade

    async def price(self, price: object) -> None:
        """Let the symbol trade there, with all that this causes."""
        venue, wanted = self.world.venue, Decimal(str(price))
        track = venue.mover.tracks[SYMBOL]
        steps = Steps(SYMBOL, [track.price, wanted], venue.now, 1)
        track.moves, track.move, track.ended, track.at = steps.moves(), None, False, venue.now
        await self.until(lambda: venue.last(SYMBOL) == wanted)
        await self.settled()

    def working(self, account: str = "main") -> dict[str, Decimal]:
        """Every open order at the venue by its client id, or by the venue's where it has none."""
        orders = self.world.venue.venue.state.accounts[account].orders.values()
        return {order.link or order.id: order.quantity for order in orders}

    def size(self, account: str = "main") -> Decimal:
        """The position at the venue, signed."""
        return self.world.venue.venue.state.accounts[account].position(SYMBOL, 0).size

    async def kinds(self, account: str = "main") -> list[str]:
        """The kinds of the account's alerts, newest first."""
        await self.service.writer.flush()
        return [alert.kind for alert in await self.store.alerts(500) if alert.account == account]


@asynccontextmanager
async def house(
    *,
    balances: Mapping[str, Decimal] = BALANCES,
    following: Following | None = None,
    rules: Rules | None = None,
    running: bool = True,
    price: object = 100,
    store: MemoryStore | None = None,
    build: type[PaperExchange] = PaperExchange,
) -> AsyncIterator[House]:
    """A service over one world; every account after the first follows it. Not *running*: its machines stand still."""
    world = StillWorld(instrument(), Decimal(str(price)))
    leader = next(iter(balances))
    exchanges = {name: build(name, PaperAccountSettings(balance=each), world) for name, each in balances.items()}
    strategies = {"conservative": Conservative("conservative", rules or Rules())}
    states = {
        name: AccountState(
            name,
            each.environment,
            each.capabilities,
            strategies,
            Limits(),
            None if name == leader else following or Following(leader=leader),
        )
        for name, each in exchanges.items()
    }
    store = store or MemoryStore()
    service = Service(exchanges, states, store, HastyClock())
    await service.connections.open()
    await service.recover()
    made = House(service, store, world)
    made.task = asyncio.create_task(service.run()) if running else None
    try:
        if running:
            await made.until(lambda: not any(state.troubles for state in states.values()))
        yield made
    finally:
        await made.freeze()
        for exchange in exchanges.values():
            await exchange.close()
