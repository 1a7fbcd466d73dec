"""Keys of other accounts at a venue that speaks Bybit's protocol: nothing there is touched (C8)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from core.engine.emergency import Emergency
from core.engine.handover import Handover
from core.engine.memory_store import MemoryStore
from core.engine.repairing import Repairs
from core.errors import ConfigError
from core.request import MarginPercent
from core.words import OrderSide
from plugins.exchanges.paper.hand import Hand
from plugins.exchanges.paper.v5.server import VenueServer
from ports.exchange import Exchange
from tests.core.engine.test_handover import read
from tests.staging import request
from tests.wire import Build, WireStage, bybit, through_ccxt, venue_server, wire_stage

pytestmark = pytest.mark.integration
SYMBOL = "BTCUSDT"
BALANCES = {"main": Decimal(10_000), "mirror": Decimal(5_000), "other": Decimal(5_000)}
OURS = ("main", "mirror")
Seen = dict[str, tuple[object, ...]]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[VenueServer]:
    """A venue that outlives a service."""
    async with venue_server(BALANCES) as made:
        yield made


def by_key_of(build: Build, keys: dict[str, str]) -> Build:
    """Accounts with the keys of others at the venue."""

    def made(account: str, server: VenueServer, shared: dict[str, object]) -> Exchange:
        exchange: Any = build(keys.get(account, account), server, shared)
        exchange.account = account
        return exchange  # type: ignore[no-any-return]

    return made


SWAPPED = {"main": "mirror", "mirror": "main"}
STRANGE = {"main": "other"}


async def trade(stage: WireStage) -> None:
    """Main's and the mirror's."""
    asked = request(
        ("market", 59_000), targets=(62_000, 63_000, 64_000, 65_000), stop=56_000, at=stage.service.clock.now()
    )
    await stage.open(replace(asked, symbol=SYMBOL, size=MarginPercent(Decimal(20))))


def hold(server: VenueServer) -> None:
    """The user's own positions in the other sub-account, in the trade's slot, without a stop, and an order of ours."""

    def act(venue: Any) -> None:
        Hand(venue, "other").place(SYMBOL, OrderSide.BUY, Decimal("0.05"))
        Hand(venue, "other").place(SYMBOL, OrderSide.SELL, Decimal("0.05"), Decimal(70_000), reduce_only=True)

    server.world.act(act)


def shown(server: VenueServer) -> Seen:
    """Every order and position of every account, with their stops."""
    found: Seen = {}
    for name, account in server.world.venue.state.accounts.items():
        orders = account.orders.values()
        found |= {f"{name} {each.id}": (each.link, each.quantity, each.price, each.stop) for each in orders}
        held = account.position(SYMBOL, 0)
        found[name] = (held.size, held.stop, len(account.links))
    return found


@pytest.mark.parametrize("build", [bybit, through_ccxt])
async def test_a_restart_with_swapped_keys_touches_nothing_and_the_former_ones_go_on(
    server: VenueServer, build: Build
) -> None:
    """C8: else both trades count as closed from outside, and each position as the other account's."""
    store = MemoryStore()
    async with wire_stage(build, server=server, store=store, only=OURS) as stage:
        await trade(stage)
        await stage.service.writer.flush()
        before = shown(server)
    with pytest.raises(ConfigError) as caught:
        async with wire_stage(by_key_of(build, SWAPPED), server=server, store=store, only=OURS):
            pass
    assert ["which is mirror's" in caught.value.problems[0], "which is main's" in caught.value.problems[1]] == [
        True
    ] * 2
    assert shown(server) == before

    async with wire_stage(build, server=server, store=store, only=OURS) as stage:
        await stage.settled()
        assert shown(server) == before
        assert [len(state.boxes) for state in stage.service.states.values()] == [1, 1]


@pytest.mark.parametrize("build", [bybit, through_ccxt])
async def test_the_users_own_position_in_another_sub_account_stays_as_it_is(server: VenueServer, build: Build) -> None:
    """C8, E6: no stop is put on it, no emergency sells it, by a dry run or the real one; the mirror goes on."""
    store = MemoryStore()
    async with wire_stage(build, server=server, store=store, only=OURS) as stage:
        await trade(stage)
        await stage.service.writer.flush()
    hold(server)
    before = shown(server)
    async with wire_stage(by_key_of(build, STRANGE), server=server, store=store, only=OURS) as stage:
        await stage.until(lambda: "until then" in stage.service.connections.down["main"], "given up")
        repairs = Repairs(stage.service)
        emergency = Emergency(stage.service, repairs, Handover(stage.service, repairs, read))
        would: Any = await emergency.emergency({"account": "main", "foreign": True})
        assert list(stage.service.connections.down) == ["main"]
        assert shown(server) == before
        await emergency.emergency({"account": "main", "foreign": True, "dry_run": False})
    touched = {
        key.split()[0] for key in before.keys() | shown(server).keys() if before.get(key) != shown(server).get(key)
    }

    assert {row["account"] for row in would["data"]["touches"]} == {"mirror"}
    assert touched == {"mirror"}
