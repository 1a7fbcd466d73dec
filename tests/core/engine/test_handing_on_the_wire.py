"""Adoption and emergency through Bybit's protocol: what isn't ours goes by the venue's own ids (A6, E6)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from core.engine.audit import Audit
from core.engine.emergency import Emergency
from core.engine.handover import Handover
from core.engine.memory_store import MemoryStore
from core.engine.repairing import Repairs
from core.request import FixedQuantity
from core.words import OrderSide
from plugins.exchanges.paper.hand import Hand
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.venue.orders import NewOrder
from tests.core.engine.test_handover import read
from tests.staging import request
from tests.wire import Build, WireStage, bybit, through_ccxt, venue_server, wire_stage

pytestmark = pytest.mark.integration
SYMBOL = "BTCUSDT"
HALVES = (Decimal(50), Decimal(50))


def strangers(stage: WireStage) -> None:
    """The user's position, his order without an id, and another program's with one of its own."""

    def act(venue: Any) -> None:
        hand = Hand(venue, "main")
        hand.place("SOLUSDT", OrderSide.BUY, Decimal(3))
        hand.place("ETHUSDT", OrderSide.BUY, Decimal("0.5"), Decimal(2000))
        link = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal("0.01"), price=Decimal(50_000), link="other-1")
        venue.place("main", link)

    stage.server.world.act(act)


@pytest.mark.parametrize("build", [bybit, through_ccxt])
async def test_an_emergency_empties_an_account_of_strangers_too(build: Build) -> None:
    """E6: nothing works and nothing is held afterwards, and the answer knows it at once."""
    async with wire_stage(build, balances={"main": Decimal(10_000)}) as stage:
        asked = request(["market", 59_000], targets=(62_000, 63_000), stop=56_000, at=stage.service.clock.now())
        await stage.open(replace(asked, symbol=SYMBOL, size=FixedQuantity(Decimal("0.1")), shares=HALVES))
        strangers(stage)
        await stage.settled()
        repairs = Repairs(stage.service)
        emergency = Emergency(stage.service, repairs, Handover(stage.service, repairs, read))
        answer: Any = await emergency.emergency({"dry_run": False, "foreign": True})
        account = stage.server.world.venue.state.accounts["main"]

        assert answer["exit"] == 0, (answer["data"]["still_open"], answer["data"]["failed"])
        assert not account.orders
        assert not any(held.size for held in account.positions.values())


PLAN = """
symbol: SOLUSDT
side: long
entries: [150]
take_profits: [{price: 160, share: 50}, {price: 170, share: 50}]
stop: 140
leverage: 10
quantity: 3
"""


@pytest_asyncio.fixture
async def server() -> AsyncIterator[VenueServer]:
    """A venue that outlives a service."""
    async with venue_server({"main": Decimal(10_000)}) as made:
        yield made


async def verified(stage: WireStage) -> Any:
    """What `verify` says."""
    return (await Audit(stage.service).verify({}))["data"]


@pytest.mark.parametrize("build", [bybit, through_ccxt])
async def test_an_adopted_trade_goes_on_after_a_restart_as_the_same(build: Build, server: VenueServer) -> None:
    """rel:F43, A6: the user bought a moment before, so that the first cut after the start shows it again."""
    store = MemoryStore()
    async with wire_stage(build, balances={"main": Decimal(10_000)}, store=store, server=server) as stage:
        server.world.act(lambda venue: Hand(venue, "main").place("SOLUSDT", OrderSide.BUY, Decimal(3)))
        server.world.act(lambda venue: Hand(venue, "main").move_stop("SOLUSDT", Decimal(130)))
        await stage.settled()
        handover = Handover(stage.service, Repairs(stage.service), read)
        asked = {"account": "main", "symbol": "SOLUSDT", "request": PLAN, "dry_run": False}
        answer: Any = await handover.adopt(asked)
        assert answer["exit"] == 0, answer
        await stage.settled()
        before, keys = stage.orders(), stage.keys()
        assert server.world.venue.state.accounts["main"].position("SOLUSDT", 0).stop == 140
    async with wire_stage(build, balances={"main": Decimal(10_000)}, store=store, server=server) as stage:
        await stage.settled()
        box = next(iter(stage.state().boxes.values()))
        found = await verified(stage)

        assert (stage.orders(), stage.keys()) == (before, keys)
        assert server.world.venue.state.accounts["main"].position("SOLUSDT", 0).stop == 140
        assert (box.trade.ledger.position, box.trade.ledger.foreign) == (Decimal(3), Decimal(0))
        assert found["violations"] == []


@pytest.mark.parametrize("build", [bybit, through_ccxt])
async def test_a_released_position_is_left_alone_after_a_restart(build: Build, server: VenueServer) -> None:
    """A6, rel:I7: nothing is placed, nothing closed, and nobody calls it an orphan."""
    store = MemoryStore()
    async with wire_stage(build, balances={"main": Decimal(10_000)}, store=store, server=server) as stage:
        asked = request(["market", 59_000], targets=(62_000, 63_000), stop=56_000, at=stage.service.clock.now())
        await stage.open(replace(asked, symbol=SYMBOL, size=FixedQuantity(Decimal("0.1")), shares=HALVES))
        handover = Handover(stage.service, Repairs(stage.service), read)
        await handover.release({"trade": SYMBOL, "dry_run": False})
        await stage.settled()
        held, keys = stage.position(SYMBOL), stage.keys()
        assert (held > 0, stage.orders()) == (True, [])
    async with wire_stage(build, balances={"main": Decimal(10_000)}, store=store, server=server) as stage:
        await stage.settled()
        found = await verified(stage)

        assert (stage.position(SYMBOL), stage.orders(), stage.keys()) == (held, [], keys)
        assert found["violations"] == []
        assert stage.server.world.venue.state.accounts["main"].position(SYMBOL, 0).stop == 56_000
