"""Adoption and emergency through Bybit's protocol: what isn't ours goes by the venue's own ids (A6, E6)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.engine.emergency import Emergency
from core.engine.handover import Handover
from core.engine.repairing import Repairs
from core.request import FixedQuantity
from core.words import OrderSide
from plugins.exchanges.paper.hand import Hand
from plugins.exchanges.paper.venue.orders import NewOrder
from tests.core.engine.test_handover import read
from tests.staging import request
from tests.wire import Build, WireStage, bybit, through_ccxt, wire_stage

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
