"""The database file is deleted between two starts, at a venue that speaks Bybit's protocol (C7); and a merge there."""

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
from core.request import MarginPercent, Merge, Request
from plugins.exchanges.paper.v5.server import VenueServer
from tests.core.engine.test_handover import read
from tests.staging import request
from tests.wire import WireStage, venue_server, wire_stage

pytestmark = pytest.mark.integration
SYMBOL = "BTCUSDT"
BALANCES = {"main": Decimal(10_000), "mirror": Decimal(5_000)}


@pytest_asyncio.fixture
async def server() -> AsyncIterator[VenueServer]:
    """A venue that outlives a service."""
    async with venue_server(BALANCES) as made:
        yield made


def asked(stage: WireStage, identity: str, entries: tuple[object, ...], stop: int = 56_000) -> Request:
    """2 % of the balance, with the default ladder."""
    made = request(
        entries,
        targets=(62_000, 63_000, 64_000, 65_000),
        stop=stop,
        at=stage.service.clock.now(),
        identity=identity,
        size=MarginPercent(Decimal(20)),
    )
    return replace(made, symbol=SYMBOL)


def at_venue(stage: WireStage) -> dict[str, tuple[object, ...]]:
    """Every order of ours at the venue, and each account's stop."""
    states = stage.server.world.venue.state.accounts
    orders = [order for account in states.values() for order in account.orders.values() if order.link]
    found: dict[str, tuple[object, ...]] = {each.link: (each.quantity, each.price, each.stop) for each in orders}
    return found | {name: (states[name].position(SYMBOL, 0).stop,) for name in states}


async def test_a_deleted_database_loses_no_trade(server: VenueServer) -> None:
    """C7: main and mirror go on with the very orders they had, then TP1 takes both to breakeven."""
    async with wire_stage(balances=BALANCES, server=server) as stage:
        await stage.open(asked(stage, "r1", ("market", 59_000)))
        before, keys = at_venue(stage), stage.keys()
    async with wire_stage(balances=BALANCES, server=server, store=MemoryStore()) as stage:
        await stage.settled()
        found: Any = (await Audit(stage.service).verify({}))["data"]
        assert (at_venue(stage), stage.keys()) == (before, keys)
        assert found["violations"] == []
        told = [alert.kind for alert in await stage.alerts()]
        assert sorted(told) == ["trade_rebuilt", "trade_rebuilt"]

        await stage.price(SYMBOL, 62_500)
        phases = {
            state.account: box.phase.value for state in stage.service.states.values() for box in state.boxes.values()
        }
        assert phases == {"main": "PROFIT_TAKING", "mirror": "PROFIT_TAKING"}
        assert stage.orders() == ["TP2", "TP3", "TP4"]


async def test_a_merge_on_the_wire_is_protected_at_every_moment(server: VenueServer) -> None:
    """B13, rel:I1: both accounts add at market and a limit and replace the stop; no position is ever without one."""
    async with wire_stage(balances=BALANCES, server=server) as stage:
        naked = stage.watch_protection()
        await stage.open(asked(stage, "r1", ("market", 59_000)))
        more = replace(asked(stage, "r2", ("market", 58_000), stop=57_000), merge=Merge.REPLACE)
        await stage.open(more)
        main, mirror = (next(iter(stage.state(name).boxes.values())) for name in BALANCES)

        assert naked == []
        assert [len(box.trade.plan.legs) for box in (main, mirror)] == [4, 4]
        assert {name: at_venue(stage)[name] for name in BALANCES} == {name: (Decimal(57_000),) for name in BALANCES}
        assert stage.orders("mirror") == ["E2", "E4", "TP1", "TP2", "TP3", "TP4"]
        found: Any = (await Audit(stage.service).verify({}))["data"]
        assert found["violations"] == []


async def test_an_emergency_takes_what_is_lost_too_and_clean_up_does_not(server: VenueServer) -> None:
    """C7, E6: entries that wait for a person stay through clean-up; an emergency leaves nothing of ours."""
    async with wire_stage(balances=BALANCES, server=server) as stage:
        await stage.open(asked(stage, "r1", (59_000, 58_000)))
    async with wire_stage(balances=BALANCES, server=server, store=MemoryStore()) as stage:
        await stage.settled()
        repairs = Repairs(stage.service)
        assert (await repairs.clean_up({"dry_run": False}))["exit"] == 0
        assert stage.orders() == ["E1", "E2"]
        emergency = Emergency(stage.service, repairs, Handover(stage.service, repairs, read))
        answer: Any = await emergency.emergency({"dry_run": False})

        assert answer["exit"] == 0, answer
        assert stage.orders() == stage.orders("mirror") == []


async def test_what_is_lost_may_be_ended_in_the_app(server: VenueServer) -> None:
    """C7: once somebody cancelled the entries by hand, the symbol takes requests again."""
    async with wire_stage(balances=BALANCES, server=server) as stage:
        await stage.open(asked(stage, "r1", (59_000, 58_000)))
    async with wire_stage(balances=BALANCES, server=server, store=MemoryStore()) as stage:
        await stage.settled()
        assert stage.state().lost
        ours = stage.keys()
        server.world.act(lambda venue: [venue.cancel("main", link) for link in ours])

        await stage.until(lambda: not stage.state().lost, "still lost")
