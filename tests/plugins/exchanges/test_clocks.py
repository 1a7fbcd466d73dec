"""Clocks that differ, through both adapters of Bybit: nothing is missed, and the difference is measured."""

import asyncio
from decimal import Decimal

import pytest

from core.commands import Code, Done, Outcome, Place, Refused
from core.identity import key_text
from core.words import OrderSide, Slot
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.server import VenueServer, system_now
from plugins.exchanges.paper.v5.settings import WireSettings
from tests.wire import BALANCES, PATIENCE, Build, bybit, through_ccxt

pytestmark = pytest.mark.integration

SLOT = Slot("BTCUSDT", 0)


@pytest.mark.parametrize("ahead", [40_000, -40_000])
@pytest.mark.parametrize("build", [bybit, through_ccxt], ids=["bybit", "ccxt"])
async def test_executions_are_listed_whichever_clock_they_are_asked_by(build: Build, ahead: int) -> None:
    """rel:F17, rel:F48: asked from an earlier look on, or from a request on; a fill in between must show."""
    server = VenueServer(WireSettings(accounts=accounts(BALANCES)), now=lambda: system_now() + ahead)
    await server.start()
    exchange = build("main", server, {})
    await exchange.start()
    ours = system_now() - 1
    place = Place(key_text("main", "CL0CKS0000", "E1", 0), SLOT, OrderSide.BUY, Decimal("0.01"), None, False)
    try:
        (outcome,) = await exchange.submit([place])
        (fill,) = (await exchange.snapshot(ours - 120_000)).executions
        shown = [(await exchange.snapshot(since)).executions for since in (ours, fill.at)]
    finally:
        await exchange.close()
        await server.close()

    assert isinstance(outcome, Done)
    assert shown == [(fill,), (fill,)]


@pytest.mark.parametrize("build", [bybit, through_ccxt], ids=["bybit", "ccxt"])
async def test_a_clock_that_runs_away_is_measured_anew_once_an_order_is_refused_for_it(build: Build) -> None:
    """rel:F05: at the next look in ten minutes no stop would have been taken until then."""
    ahead, number = 0, 0
    server = VenueServer(WireSettings(accounts=accounts(BALANCES)), now=lambda: system_now() + ahead)
    await server.start()
    exchange = build("main", server, {})
    await exchange.start()
    ahead, outcomes = 20_000, list[Outcome]()
    try:
        async with asyncio.timeout(PATIENCE):
            while not outcomes or not isinstance(outcomes[-1], Done):
                key = key_text("main", "CL0CKS0000", "E1", number := number + 1)
                outcomes += await exchange.submit([Place(key, SLOT, OrderSide.BUY, Decimal("0.001"), None, False)])
    finally:
        await exchange.close()
        await server.close()

    assert {each.code for each in outcomes if isinstance(each, Refused)} == {Code.CLOCK}
