"""The live service in process: the embedded venue's accounts without sockets, a market that only the test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal

from core.account.state import AccountState, Timings
from core.alerts import Alert
from core.engine.looks import LOOKS_WITHIN
from core.engine.memory_store import MemoryStore
from core.engine.service import Service
from core.gate import Limits
from core.mirror import Following
from core.plan import Rules
from core.request import EntrySpec, FixedQuantity, Request
from core.strategy import Strategy
from core.words import Side
from plugins.clocks.system import SystemClock
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.world import MEMORY, PaperWorld
from plugins.strategies.conservative.strategy import Conservative
from ports.clock import Clock
from ports.exchange import Exchange

SYMBOL = "BTCUSDT"
PATIENCE = 10
"""Seconds after which what a test waits for will not come."""
NEVER = 3_600_000


@dataclass
class Serving:
    """What a test does and asks."""

    service: Service
    store: MemoryStore
    world: PaperWorld

    async def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Wait until something holds."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():  # noqa: ASYNC110 - what is waited for is told by nobody
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(what or "what was waited for did not come") from None

    def price(self, price: object) -> None:
        """The market is there now."""
        self.world.venue.venue.set_price(SYMBOL, Decimal(str(price)))
        self.world.settle()

    def venue(self, account: str = "main") -> Account:
        """The account at the venue."""
        return self.world.venue.venue.state.accounts[account]

    def orders(self, account: str = "main") -> list[str]:
        """The roles of our open orders at the venue."""
        links = [order.link for order in self.venue(account).orders.values()]
        return sorted(link.split("-")[3] for link in links if link.startswith("t1-"))

    def size(self, account: str = "main") -> Decimal:
        """The position at the venue."""
        return self.venue(account).position(SYMBOL, 0).size

    async def told(self) -> list[Alert]:
        """Every alert that is stored, oldest first."""
        await self.service.writer.flush()
        return list(reversed(await self.store.alerts(100)))


Wrap = Callable[[PaperExchange], Exchange]


@asynccontextmanager
async def serving(
    *,
    accounts: Sequence[str] = ("main",),
    store: MemoryStore | None = None,
    strategy: Strategy | None = None,
    timings: Timings | None = None,
    wrap: Wrap | None = None,
    world: PaperWorld | None = None,
    clock: Clock | None = None,
    looks_within: float = LOOKS_WITHIN,
) -> AsyncIterator[Serving]:
    """Main and its mirrors, recovered and running; *wrap* puts something around every exchange."""
    settings = PaperVenueSettings.model_validate({"state": MEMORY, "every_ms": NEVER})
    world = world or PaperWorld(settings, SystemClock().now)
    made = {name: PaperExchange(name, PaperAccountSettings(balance=Decimal(100_000)), world) for name in accounts}
    exchanges: Mapping[str, Exchange] = {name: wrap(each) if wrap else each for name, each in made.items()}
    strategies = {"conservative": strategy or Conservative("conservative", Rules())}
    states = {
        name: AccountState(
            name, exchange.environment, exchange.capabilities, strategies, Limits(),
            None if name == accounts[0] else Following(leader=accounts[0]), timings or Timings(),
        )
        for name, exchange in exchanges.items()
    }  # fmt: skip
    store = store or MemoryStore()
    service = Service(exchanges, states, store, clock or SystemClock())
    await service.connections.open()
    await service.recover()
    for worker in service.workers.values():
        worker.looks.within = looks_within
    running = asyncio.create_task(service.run())
    stage = Serving(service, store, world)
    try:
        await stage.until(lambda: not any(state.troubles for state in states.values()), "accounts are not well")
        yield stage
        assert not running.done(), running.exception()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for exchange in exchanges.values():
            await exchange.close()


def ask(stage: Serving, *, identity: str = "r1", resting: bool = True) -> Request:
    """A long at market and a limit 1 % below, stop 10 % below, four targets above; 1 BTC."""
    last = stage.world.venue.last(SYMBOL)

    def at(percent: int) -> Decimal:
        return (last * (100 + percent) / 100).quantize(Decimal(1))

    return Request(
        id=identity,
        strategy="conservative",
        symbol=SYMBOL,
        side=Side.LONG,
        entries=(EntrySpec(None), EntrySpec(at(-1))) if resting else (EntrySpec(None),),
        take_profits=tuple(at(percent) for percent in (2, 4, 6, 8)),
        stop=at(-10),
        leverage=Decimal(10),
        size=FixedQuantity(Decimal(1)),
        at=stage.service.clock.now(),
        origin="test",
    )
