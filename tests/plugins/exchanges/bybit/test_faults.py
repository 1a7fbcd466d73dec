"""Every fault of the wire, met in the middle of a whole trade on main and mirror: it ends right all the same.

The trades mostly wait, so they are all run side by side, once, and each test looks at its own.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from config.demo import case_for, request_of
from core.account.state import Timings
from core.report import TradeReport
from plugins.exchanges.paper.v5.faults.storm import Storm
from plugins.exchanges.paper.venue.policies import Oversize, Policies, Shrink
from tests.wire import wire_stage

pytestmark = [pytest.mark.integration, pytest.mark.slow]

CASE = case_for(0, "breakeven")
TOGETHER = 10
LONGEST = 100
"""Seconds after which a trade that still goes on counts as hung: the others' ends are told all the same."""
QUICK = Timings(degraded=1_000, echo=1_000, absence=1_000)


@dataclass(frozen=True)
class Fault:
    """A name (with the rows it is for) and the rules of its storm."""

    name: str
    rules: list[dict[str, Any]] = field(default_factory=list)
    policies: Policies = field(default_factory=Policies)
    restart: bool = False


@dataclass(frozen=True)
class Ended:
    """What was left of a trade."""

    struck: list[str]
    reports: dict[str, TradeReport]
    orders: list[list[str]]
    sizes: list[Decimal]
    keys: list[list[str]]
    naked: list[str]
    entered: list[Decimal]


PATHS = {
    "opening": "order/create-batch",
    "resizing": "order/amend-batch",
    "stop": "position/trading-stop",
    "cancel": "order/cancel",
}
AMBIGUOUS = (
    "lost_request", "reset_request", "lost_response", "reset_response", "timeout_after", "server_error_after",
    "http_error_after", "rate_burst",
)  # fmt: skip
FAULTS = [
    Fault(f"{kind} {name}", [{"kind": kind, "path": path, "account": "main"}])
    for kind in AMBIGUOUS
    for name, path in PATHS.items()
] + [
    Fault("late_request opening", [{"kind": "late_request", "path": "order/create-batch", "ms": 2_600}]),
    Fault("late_request resizing", [{"kind": "late_request", "path": "order/amend-batch", "ms": 2_600}]),
    Fault("latency", [{"kind": "latency", "ms": 60, "jitter": 80, "count": 0}]),
    Fault("duplicate frames", [{"kind": "duplicate_frame", "count": 0}]),
    Fault("late frames", [{"kind": "late_frame", "ms": 250, "count": 0}]),
    Fault("reordered frames", [{"kind": "reorder_frame", "count": 0, "chance": 40}]),
    Fault("missing order frames", [{"kind": "missing_frame", "topic": "order", "count": 0, "chance": 50}]),
    Fault("missing executions", [{"kind": "missing_frame", "topic": "execution", "count": 3, "account": "main"}]),
    Fault("missing positions", [{"kind": "missing_frame", "topic": "position", "count": 0}]),
    Fault("stalled stream", [{"kind": "stall_stream", "ms": 4_500, "after": 3}]),
    Fault("closed stream", [{"kind": "close_stream", "after": 6, "account": "main"}]),
    Fault("reset stream", [{"kind": "reset_stream", "after": 6, "account": "main"}]),
    Fault("reset stream and gap", [{"kind": "reset_stream", "after": 6}, {"kind": "gap", "ms": 2_000}]),
    Fault("skewed clock", [{"kind": "skew", "ms": 4_000}]),
    Fault("stale reads", [{"kind": "stale_reads", "ms": 900, "count": 0}]),
    Fault("restart of the venue", restart=True),
    Fault("oldest shrink first", policies=Policies(shrink=Shrink.OLDEST_FIRST)),
    Fault("furthest shrink first", policies=Policies(shrink=Shrink.FURTHEST_FIRST, oversize=Oversize.REJECT)),
    Fault("attached stops don't reset", policies=Policies(attached_stop_resets=False)),
]


async def played(fault: Fault) -> Ended:
    """Play the case in the fault's weather, which begins once the accounts are well."""
    storm = Storm(now=lambda: time.monotonic_ns() // 1_000_000)
    async with wire_stage(timings=QUICK, weather=storm, policies=fault.policies) as stage:
        naked = stage.watch_protection()
        storm.configure(fault.rules)
        await stage.open(replace(request_of(CASE), at=int(time.time() * 1_000)))
        for number, price in enumerate(CASE.path):
            if fault.restart and number == 2:
                stage.server.world.venue.forget_closed()
                stage.server.hub.drop_all(1012)
            await stage.price(CASE.symbol, price)
        await stage.until(lambda: not any(state.boxes for state in stage.service.states.values()), fault.name)
        reports = await stage.reports()
        return Ended(
            storm.struck,
            reports,
            [stage.orders(name) for name in reports],
            [stage.position(CASE.symbol, name) for name in reports],
            [stage.keys(name) for name in reports],
            naked,
            [_entered(stage.server.world.venue.state.accounts[name].executions) for name in reports],
        )


def _entered(executions: list[Any]) -> Decimal:
    return sum((each.quantity for each in executions if each.side == "Buy"), Decimal(0))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ends() -> AsyncIterator[dict[str, Ended | BaseException]]:
    """Every trade's end, by fault."""
    turns = asyncio.Semaphore(TOGETHER)

    async def one(fault: Fault) -> Ended:
        async with turns, asyncio.timeout(LONGEST):
            return await played(fault)

    found = await asyncio.gather(*(one(fault) for fault in FAULTS), return_exceptions=True)
    yield dict(zip((fault.name for fault in FAULTS), found, strict=True))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_the_trade_ends_right(ends: dict[str, Ended | BaseException], fault: Fault) -> None:
    """rel:F01 to F24: never naked, nothing doubled, no order left, each fill booked once, on both accounts."""
    end = ends[fault.name]
    if isinstance(end, BaseException):
        raise end
    assert {name: report.reason for name, report in end.reports.items()} == dict.fromkeys(
        ("main", "mirror"), "breakeven_stop"
    )
    assert end.naked == []
    assert end.orders == [[], []]
    assert end.sizes == [0, 0]
    assert [report.entered for report in end.reports.values()] == end.entered
    assert [len([key for key in keys if "-E" in key]) for keys in end.keys] == [3, 3]
    wanted = {rule["kind"] for rule in fault.rules} - {"skew", "gap"}
    assert wanted <= set(end.struck), "the fault did not strike"
