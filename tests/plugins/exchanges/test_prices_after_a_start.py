"""After a start the prices of what is held come again, whoever asks for nothing else: trades are woken by them."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from core.request import MarginPercent
from tests.staging import request
from tests.wire import Build, WireStage, bybit, through_ccxt, venue_server, wire_stage

pytestmark = pytest.mark.integration
SYMBOL = "BTCUSDT"


async def opened(stage: WireStage, entry: object) -> None:
    """A trade that is held, or waits for its entry."""
    made = request(
        (entry,),
        targets=(62_000, 63_000, 64_000, 65_000),
        stop=56_000,
        at=stage.service.clock.now(),
        identity="r1",
        size=MarginPercent(Decimal(20)),
    )
    await stage.open(replace(made, symbol=SYMBOL))


@pytest.mark.parametrize("entry", ["market", 59_000])
@pytest.mark.parametrize("build", [bybit, through_ccxt])
async def test_a_live_trades_prices_come_again_after_a_start(build: Build, entry: object) -> None:
    """B8, rel:I9: a stop that trails stood still from a restart on, until something else was opened on its symbol."""
    async with venue_server() as server:
        async with wire_stage(build, server=server, only=("main",)) as stage:
            await opened(stage, entry)
            store = stage.store
        async with wire_stage(build, server=server, only=("main",), store=store) as stage:
            ticks = stage.exchanges["main"].prices(())
            heard = asyncio.ensure_future(anext(ticks))
            async with asyncio.timeout(5):
                while not heard.done():
                    server.world.push(SYMBOL, Decimal(60_100))
                    await asyncio.wait({heard}, timeout=0.05)
            await ticks.aclose()  # type: ignore[attr-defined] # a generator

    assert heard.result()[0] == SYMBOL
