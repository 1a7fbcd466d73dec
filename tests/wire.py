"""A stage on the wire: a venue server on loopback, adapters that know only its protocol, and the live service."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.account.state import AccountState, Timings
from core.alerts import Alert
from core.engine.memory_store import MemoryStore
from core.engine.service import Service
from core.gate import Limits
from core.mirror import Following
from core.report import TradeReport
from core.request import Request
from plugins.clocks.system import SystemClock
from plugins.exchanges.bybit.adapter import BybitExchange
from plugins.exchanges.bybit.settings import BybitSettings
from plugins.exchanges.ccxt.adapter import CcxtExchange
from plugins.exchanges.ccxt.settings import CcxtSettings
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.venue.events import Event, PositionUpdated
from plugins.strategies.conservative.strategy import Conservative
from ports.exchange import Exchange
from ports.ladder import LadderSettings
from ports.secret import Secret

Build = Callable[[str, VenueServer, dict[str, object]], Exchange]
PATIENCE = 20
"""Seconds after which what a test waits for will not come."""
BALANCES = {"main": Decimal(10_000), "mirror": Decimal(3_300)}


def key_of(server: VenueServer, account: str) -> ApiKey:
    """The account's key."""
    found = server.world.keys.of(account)
    assert found is not None
    return found


def bybit(account: str, server: VenueServer, shared: dict[str, object], patience: int = 2) -> BybitExchange:
    """The pybit adapter for an account of *server*; it gives answers up after so many seconds."""
    key = key_of(server, account)
    settings = BybitSettings(environment=server.http, key=Secret(key.key), secret=key.secret, timeout=patience)
    return BybitExchange(account, settings, shared)


class Prompt(CcxtExchange):
    """ccxt without its own waits: a tenth of a second between two requests, a quarter after the last."""

    def _built(self) -> Any:
        exchange = super()._built()
        exchange.enableRateLimit = False
        exchange.timeout_on_exit = 0
        return exchange


def through_ccxt(
    account: str, server: VenueServer, shared: dict[str, object], kind: type[CcxtExchange] = Prompt
) -> CcxtExchange:
    """The ccxt adapter for an account of *server*."""
    key = key_of(server, account)
    return kind(account, CcxtSettings(environment=server.http, key=Secret(key.key), secret=key.secret), shared)


def paced_ccxt(account: str, server: VenueServer, shared: dict[str, object]) -> CcxtExchange:
    """The same at its own pace, as people use it."""
    return through_ccxt(account, server, shared, CcxtExchange)


def essence(report: TradeReport) -> dict[str, object]:
    """What must be equal: all but the ids and the times."""
    return {
        "reason": report.reason,
        "phase": report.phase,
        "entered": report.entered,
        "average": report.average_entry,
        "gross": report.gross,
        "fees": report.fees,
        "entries": report.entries,
        "targets": report.targets,
        "stop": report.stop,
    }


@dataclass
class WireStage:
    """What a test does and asks."""

    server: VenueServer
    service: Service
    store: MemoryStore
    exchanges: Mapping[str, Exchange]

    def state(self, account: str = "main") -> AccountState:
        """The machine's state."""
        return self.service.states[account]

    async def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Wait until something holds; fails with what the machines were busy with."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():  # noqa: ASYNC110 - what is waited for is told by nobody
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"{what or holds}: {self._busy()}") from None

    async def settled(self) -> None:
        """Wait until every machine has decided all and every answer is in."""
        for _ in range(2):
            await asyncio.sleep(0.03)
            await self.until(self._idle, "settled")

    async def well(self) -> None:
        """Wait until every account that is connected is well."""
        up = [state for name, state in self.service.states.items() if name not in self.service.connections.down]
        await self.until(lambda: not any(state.troubles for state in up), "well")

    async def price(self, symbol: str, *prices: object) -> None:
        """Move the market there, one after another; each is answered before the next."""
        for price in prices:
            self.server.world.push(symbol, Decimal(str(price)))
            await self.settled()

    async def open(self, request: Request) -> None:
        """Open on main and its mirrors; the leader must take it."""
        replies = await self.service.open(request, "main")
        assert replies[0].refusal is None, replies[0].refusal
        await self.settled()

    async def reports(self) -> dict[str, TradeReport]:
        """The latest closed trade of each account, once all are written."""
        await self.service.writer.flush()
        found = {}
        for account in self.service.states:
            closed = await self.store.closed(account, 1)
            if closed:
                found[account] = closed[0]
        return found

    async def alerts(self) -> tuple[Alert, ...]:
        """All that was told, newest first, once it is written."""
        await self.service.writer.flush()
        return await self.store.alerts(500)

    def watch_protection(self) -> list[str]:
        """From now on, every moment at which a position is without a stop; empty = never (I1)."""
        naked: list[str] = []

        def look(events: Sequence[Event]) -> None:
            naked.extend(
                f"{event.account} {event.symbol} {event.size} at {event.at}"
                for event in events
                if isinstance(event, PositionUpdated) and event.size and event.stop is None
            )

        self.server.world.events.append(look)
        return naked

    def keys(self, account: str = "main") -> list[str]:
        """Every client id of ours that the venue ever took."""
        return [link for link in self.server.world.venue.state.accounts[account].links if link.startswith("t1-")]

    def orders(self, account: str = "main") -> list[str]:
        """The roles of our open orders at the venue."""
        orders = self.server.world.venue.state.accounts[account].orders.values()
        return sorted(order.link.split("-")[3] for order in orders if order.link.startswith("t1-"))

    def position(self, symbol: str, account: str = "main", index: int = 0) -> Decimal:
        """What the venue holds."""
        return self.server.world.venue.state.accounts[account].position(symbol, index).size

    def _idle(self) -> bool:
        return not any(self._at_work(state) for state in self.service.states.values())

    def _at_work(self, state: AccountState) -> bool:
        """Whether anything is on its way, waits for its time, or happened at the venue and isn't known yet."""
        if state.flights or state.busy or state.doubts or state.troubles or state.cuts.asked is not None:
            return True
        for box in state.boxes.values():
            slot = box.trade.plan.slot
            if abs(self.position(slot.symbol, state.account, slot.index)) != box.trade.ledger.position:
                return True
            if any((each.until or 0) > self.service.clock.now() for each in box.backoffs.values()):
                return True
        return False

    def _busy(self) -> dict[str, Any]:
        return {
            name: (
                list(state.flights),
                list(state.busy),
                list(state.doubts),
                dict(state.troubles),
                [
                    (role, each.until, each.reason)
                    for box in state.boxes.values()
                    for role, each in box.backoffs.items()
                ],
            )
            for name, state in self.service.states.items()
        }


@asynccontextmanager
async def venue_server(balances: Mapping[str, Decimal] = BALANCES, **settings: Any) -> AsyncIterator[VenueServer]:
    """A venue with these accounts, which outlives every service that is started at it; *settings* are its own."""
    server = VenueServer(WireSettings(accounts=accounts(balances), **settings))
    await server.start()
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def wire_stage(
    build: Build = bybit,
    *,
    balances: Mapping[str, Decimal] = BALANCES,
    timings: Timings | None = None,
    store: MemoryStore | None = None,
    server: VenueServer | None = None,
    only: Sequence[str] = (),
    **settings: Any,
) -> AsyncIterator[WireStage]:
    """Main and mirrors on a venue server, all running; *settings* are the server's. A given *server* is not closed."""
    async with AsyncExitStack() as own:
        if server is None:
            server = await own.enter_async_context(venue_server(balances, **settings))
        shared: dict[str, object] = {}
        names = list(only) or list(balances)
        exchanges = {name: build(name, server, shared) for name in names}
        store = store or MemoryStore()
        service = Service(exchanges, _states(exchanges, timings or Timings(degraded=1_000)), store, SystemClock())
        await service.connections.open()
        await service.recover()
        running = asyncio.create_task(service.run())
        stage = WireStage(server, service, store, exchanges)
        try:
            await stage.well()
            yield stage
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            for exchange in exchanges.values():
                await exchange.close()


def _states(exchanges: Mapping[str, Exchange], timings: Timings) -> dict[str, AccountState]:
    strategies = {"conservative": Conservative("conservative", LadderSettings().rules())}
    return {
        name: AccountState(
            name,
            exchange.environment,
            exchange.capabilities,
            strategies,
            Limits(),
            None if name == "main" else Following(leader="main"),
            timings,
        )
        for name, exchange in exchanges.items()
    }
