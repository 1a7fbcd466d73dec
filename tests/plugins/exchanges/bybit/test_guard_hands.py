"""The user's hand over the wire (A11): seen where it was, and never where only the stream was late or torn."""

import time
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from config.demo import case_for, request_of
from core.account.state import Timings
from core.alerts import ForeignEdit
from plugins.exchanges.paper.v5.faults.storm import Storm
from tests.wire import WireStage, bybit, wire_stage

pytestmark = pytest.mark.integration

CASE = case_for(0, "breakeven")
QUICK = Timings(degraded=1_000, echo=1_000, absence=1_000)
PATIENT = 5
"""Seconds that an answer is waited for."""
TORN: dict[str, list[dict[str, Any]]] = {
    "duplicate": [{"kind": "duplicate_frame", "count": 0}],
    "late": [{"kind": "late_frame", "ms": 400, "count": 0, "chance": 60}],
    "reordered": [{"kind": "reorder_frame", "count": 0, "chance": 50}],
    "no positions": [{"kind": "missing_frame", "topic": "position", "count": 0}],
    "half the orders": [{"kind": "missing_frame", "topic": "order", "count": 0, "chance": 50}],
    "stale reads": [{"kind": "stale_reads", "ms": 900, "count": 0}],
    "lost answers": [{"kind": "lost_response", "path": "position/trading-stop", "account": "main"}],
}


async def edits(stage: WireStage) -> list[ForeignEdit]:
    """What was told of a hand in the app."""
    return [alert.body for alert in reversed(await stage.alerts()) if isinstance(alert.body, ForeignEdit)]


async def blamed(rules: list[dict[str, Any]]) -> list[ForeignEdit]:
    """A whole trade in such weather: who was blamed. Only what is really lost may wait for long: machines are busy."""
    storm = Storm(now=lambda: time.monotonic_ns() // 1_000_000)
    async with wire_stage(partial(bybit, patience=PATIENT), timings=QUICK, weather=storm) as stage:
        storm.configure(rules)
        await stage.open(replace(request_of(CASE), at=int(time.time() * 1_000)))
        for price in CASE.path:
            await stage.price(CASE.symbol, price)
        await stage.until(lambda: not any(state.boxes for state in stage.service.states.values()))
        return await edits(stage)


@pytest.mark.slow
@pytest.mark.parametrize("weather", TORN)
async def test_nobody_is_blamed_for_the_weather(weather: str) -> None:
    """A11, rel:F16, rel:F20: stop and targets move in a storm: no change is laid on anybody."""
    assert await blamed(TORN[weather]) == []


async def test_what_the_user_moves_in_the_app_is_kept() -> None:
    """A11, rel:F36: he moves the stop, then TP2, then takes the stop away: kept, kept, put back; all three are told."""
    async with wire_stage() as stage:
        venue = stage.server.world.venue
        await stage.open(replace(request_of(CASE), at=int(time.time() * 1_000)))
        (box,) = stage.state().boxes.values()
        stop, tick = box.trade.plan.stop or Decimal(0), box.trade.plan.instrument.tick
        target = next(line for line in box.trade.lines.values() if line.role == "TP2")
        stage.server.world.act(lambda venue: venue.set_stop("main", CASE.symbol, 0, stop + tick))
        await stage.settled()
        higher = (target.price or Decimal(0)) + tick
        stage.server.world.act(lambda venue: venue.amend("main", target.key, None, higher, None))
        await stage.settled()
        stage.server.world.act(lambda venue: venue.set_stop("main", CASE.symbol, 0, None))
        await stage.until(lambda: venue.state.accounts["main"].position(CASE.symbol, 0).stop == stop + tick)
        await stage.settled()
        price = next(order.price for order in venue.state.accounts["main"].orders.values() if order.link == target.key)

        assert price == higher
        assert [(each.role, each.kept) for each in await edits(stage)] == [
            ("stop", True),
            ("TP2", True),
            ("stop", False),
        ]
