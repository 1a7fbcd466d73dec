"""Position modes over the wire, through both adapters of Bybit: known before anything fires, doubted when in doubt."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from core.commands import Place, Refused, Unknown
from core.facts import Cause, Filled, Stream
from core.identity import key_text
from core.words import OrderSide, PositionMode, Slot
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.faults.storm import Storm
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.venue.orders import NewOrder
from ports.contract.bench import Heard
from ports.exchange import Exchange
from tests.wire import BALANCES, Build, bybit, through_ccxt

pytestmark = pytest.mark.integration

SYMBOL = "BTCUSDT"
BOTH = pytest.mark.parametrize("build", [bybit, pytest.param(through_ccxt, marks=pytest.mark.slow)])


@asynccontextmanager
async def started(
    build: Build, *rules: Mapping[str, object], first: Callable[[VenueServer], object] = lambda _: None
) -> AsyncIterator[tuple[VenueServer, Exchange]]:
    """A venue to which *first* was done, and main's adapter at it, which no engine asks for looks."""
    storm = Storm(now=lambda: time.monotonic_ns() // 1_000_000)
    server = VenueServer(WireSettings(accounts=accounts(BALANCES), weather=storm))
    await server.start()
    first(server)
    exchange = build("main", server, {})
    await exchange.start()
    storm.configure([dict(rule) for rule in rules])
    try:
        yield server, exchange
    finally:
        await exchange.close()
        await server.close()


def hold(server: VenueServer) -> None:
    """Main holds a long in hedge mode, with a stop."""
    server.world.venue.switch_mode("main", SYMBOL, hedge=True)
    long = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal("0.01"), index=1)
    server.world.act(lambda venue: venue.place("main", long))
    server.world.act(lambda venue: venue.set_stop("main", SYMBOL, 1, Decimal(50_000)))


@BOTH
async def test_a_stop_that_fires_before_the_first_look_is_its_slots(build: Build) -> None:
    """A5, rel:F43: executions name no index; what is held at start is known before the stream tells what becomes."""
    async with started(build, first=hold) as (server, exchange):
        heard = Heard(exchange)
        await heard.wait(Stream, lambda fact: fact.up)
        server.world.push(SYMBOL, Decimal(49_000))
        fill = await heard.wait(Filled)

    assert (fill.slot.index, fill.cause) == (1, Cause.STOP)


@BOTH
async def test_a_switch_without_an_answer_leaves_the_mode_to_be_read(build: Build) -> None:
    """A5, rel:F01: it may have been carried out, and orders by the old mode would all be refused."""
    async with started(build, {"kind": "reset_response", "path": "position/switch-mode"}) as (_, exchange):
        before = (await exchange.terms(SYMBOL)).mode
        outcome = await exchange.switch_mode(SYMBOL, PositionMode.HEDGE)
        after = (await exchange.terms(SYMBOL)).mode

    assert isinstance(outcome, Unknown)
    assert (before, after) == (PositionMode.ONE_WAY, PositionMode.HEDGE)


@BOTH
async def test_a_switch_that_nobody_waits_for_any_more_leaves_the_mode_to_be_read(build: Build) -> None:
    """A5, rel:F01: whoever gave up waiting does not take back what was sent."""
    async with started(build, {"kind": "lost_response", "path": "position/switch-mode"}) as (server, exchange):
        hedged = server.world.venue.state.accounts["main"].hedge
        before = (await exchange.terms(SYMBOL)).mode
        switch = asyncio.ensure_future(exchange.switch_mode(SYMBOL, PositionMode.HEDGE))
        while SYMBOL not in hedged:  # noqa: ASYNC110 - the venue tells nobody
            await asyncio.sleep(0.005)
        switch.cancel()
        await asyncio.wait({switch})
        after = (await exchange.terms(SYMBOL)).mode

    assert (before, after) == (PositionMode.ONE_WAY, PositionMode.HEDGE)


@BOTH
async def test_after_an_order_for_another_mode_the_mode_is_read_anew(build: Build) -> None:
    """rel:F34, A5: the user switched in the app; one order is refused for it, not every one until a restart."""
    async with started(build) as (server, exchange):
        before = await exchange.terms(SYMBOL)
        server.world.venue.switch_mode("main", SYMBOL, hedge=True)
        order = Place(
            key_text("main", "M0DES00001", "E1", 0), Slot(SYMBOL, 0), OrderSide.BUY, Decimal("0.01"), None, False
        )
        (outcome,) = await exchange.submit([order])
        after = await exchange.terms(SYMBOL)

    assert isinstance(outcome, Refused)
    assert (before.mode, after.mode) == (PositionMode.ONE_WAY, PositionMode.HEDGE)
