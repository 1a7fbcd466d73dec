"""The three adapters keep the contract of the Exchange port: in process, through pybit, through ccxt."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
import pytest_asyncio

from core.words import OrderSide
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.hand import Hand
from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.world import PaperWorld
from ports.contract.bench import Bench
from ports.contract.exchange import ExchangeContract
from ports.exchange import Exchange
from tests.wire import BALANCES, Build, bybit, through_ccxt

pytestmark = pytest.mark.integration
SYMBOL = "BTCUSDT"


@dataclass
class WireBench:
    """An adapter at a venue server."""

    exchange: Exchange
    server: VenueServer
    symbol: str = SYMBOL

    async def move(self, price: Decimal) -> None:
        """Push the market."""
        self.server.world.push(SYMBOL, price)

    async def foreign_order(self, side: OrderSide, quantity: Decimal, price: Decimal) -> None:
        """The owner's own hand."""
        self.server.world.act(lambda venue: Hand(venue, "main").place(SYMBOL, side, quantity, price))

    async def drop_stream(self) -> None:
        """Tear every connection."""
        self.server.hub.drop_all(None)


async def wire_bench(build: Build) -> AsyncIterator[Bench]:
    """A fresh venue and main's adapter at it."""
    server = VenueServer(WireSettings(accounts=accounts(BALANCES)))
    await server.start()
    exchange = build("main", server, {})
    await exchange.start()
    yield WireBench(exchange, server)
    await exchange.close()
    await server.close()


@dataclass
class PaperBench:
    """The embedded venue in process."""

    exchange: Exchange
    world: PaperWorld
    symbol: str = SYMBOL

    async def move(self, price: Decimal) -> None:
        """Push the market and hand out what it caused."""
        self.world.venue.mover.push(SYMBOL, price)
        self.world.settle()
        for queue in self.world.tickers:
            queue.put(((SYMBOL, price, self.world.venue.now),))

    async def foreign_order(self, side: OrderSide, quantity: Decimal, price: Decimal) -> None:
        """The owner's own hand."""
        self.world.venue.hand("main").place(SYMBOL, side, quantity, price)
        self.world.settle()

    async def drop_stream(self) -> None:
        """There is none between the venue and its adapter."""
        raise NotImplementedError


class TestPaper(ExchangeContract):
    """In process."""

    @pytest_asyncio.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        """A world whose market stands still."""
        world = PaperWorld(PaperVenueSettings(state=":memory:", every_ms=3_600_000), lambda: 1_000)
        exchange = PaperExchange("main", PaperAccountSettings(), world)
        await exchange.start()
        yield PaperBench(exchange, world)
        await exchange.close()


@pytest.mark.parametrize("build", [bybit, through_ccxt])
def test_bybit_takes_orders_that_close_all_that_is_held(build: Build) -> None:
    """rel:F30: what its capabilities deny the contract doesn't ask for; without it a remnant off the step stays."""
    assert build("main", VenueServer(WireSettings(accounts=accounts(BALANCES))), {}).capabilities.closes_whole


class TestBybit(ExchangeContract):
    """Through pybit."""

    @pytest_asyncio.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        """At a venue server."""
        async for each in wire_bench(bybit):
            yield each


class TestCcxt(ExchangeContract):
    """Through ccxt."""

    @pytest_asyncio.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        """At a venue server."""
        async for each in wire_bench(through_ccxt):
            yield each
