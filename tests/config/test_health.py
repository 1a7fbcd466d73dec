"""`status --health`: every figure of J3, and a sentence of advice for each red line that was crossed."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from config.health import Health
from config.vitals import DAY, MEBIBYTE, Sample, Vitals, memory, slope
from core.alerts import Alert, ServiceRestored
from core.commands import Cancel, Code, Done, Refused, Unknown
from core.engine.memory_store import MemoryStore
from core.engine.meter import CUT, Call, Meter
from core.errors import Unavailable
from core.words import Environment
from ports.persistence import Batch, OutboxRow
from tests.driving import SLOT
from tests.serving import House, house
from tests.staging import SYMBOL, request


async def asked(at: House, folder: Path, *notifiers: str) -> tuple[object, Any]:
    """The answer: exit code and data."""
    answer = await Health(at.service, Vitals(folder), notifiers).health({})
    return answer["exit"], answer["data"]


async def test_a_healthy_service_shows_every_figure_and_no_red_line(tmp_path: Path) -> None:
    """J3: process, streams, audits, endpoints, budgets, breakers, protection, outbox."""
    async with house() as at:
        await at.open(request(["market", 99]))
        code, data = await asked(at, tmp_path)

    assert (code, data["well"], data["advice"]) == (0, True, [])
    assert {"cpu_percent", "memory", "memory_slope", "threads", "disk_free", "loop_lag"} <= data["process"].keys()
    main = data["accounts"]["main"]
    assert {each["endpoint"] for each in main["endpoints"]} >= {"place", CUT}
    assert main["stream_age"] >= 0
    assert (main["breaker"], main["protection_gap"], main["budgets"]) == ([], 0, {})


async def test_each_red_line_says_what_to_do(tmp_path: Path) -> None:
    """J3: a trouble, a bare position, refusals, silence, slowness: one sentence each."""
    async with house() as at:
        await at.open(request())
        await at.freeze()
        at.state().troubles["stream"] = 1
        at.state().view(SLOT).proven = False
        meter, now = at.service.workers["main"].meter, at.service.clock.monotonic()
        for _ in range(5):
            meter.note("query", Call(now, 9_000, failed=True, lost=True))
        code, data = await asked(at, tmp_path)

    found = " ".join(data["wrong"])
    assert code == 1
    assert all(word in found for word in ("stream", SYMBOL, "refused", "never answered", "p99"))
    assert all(each["advice"] for each in data["advice"])


async def test_an_alert_that_waits_too_long_is_a_red_line(tmp_path: Path) -> None:
    """J3, D2: the age of the oldest undelivered alert, by notifier."""
    store = MemoryStore(("chat",))
    async with house(store=store) as at:
        at_once = at.service.clock.now()
        old = Alert(
            body=ServiceRestored("test"), account="", environment=Environment.PAPER, at=at_once - 120_000, cause="x"
        )
        await store.append(Batch(alerts=(old,)))
        code, data = await asked(at, tmp_path, "chat")

    assert code == 1
    assert data["outbox_age"]["chat"] >= 120_000
    assert "chat has not delivered" in data["wrong"][0]


class Away(MemoryStore):
    """A store that refuses, or *hangs*, once it is *away*."""

    away = hangs = False

    async def due(self, *arguments: Any, **named: Any) -> tuple[OutboxRow, ...]:
        """None now, or as ever."""
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise Unavailable("store db: connection lost")
        return await super().due(*arguments, **named)


@pytest.mark.parametrize("trouble", ["away", "hangs"])
async def test_a_store_that_is_away_is_a_red_line_and_hides_no_other_figure(tmp_path: Path, trouble: str) -> None:
    """J3, rel:F46: what can be told without it is told."""
    store = Away(("chat",))
    async with house(store=store) as at:
        setattr(store, trouble, True)
        health = Health(at.service, Vitals(tmp_path), ("chat",))
        health.stored_within = 0.01
        answer: Any = await health.health({})

    assert answer["exit"] == 1
    assert answer["data"]["wrong"][0].startswith("the store is not read: ")
    assert set(answer["data"]["accounts"]) == {"main", "mirror"}


def test_a_meter_counts_a_submission_once_for_each_kind() -> None:
    """J3: a batch's worst outcome counts; that it is so already is no error."""
    meter, cancel = Meter(), Cancel("k", SLOT)
    meter.answered([cancel, cancel], [Done(), Refused(Code.MARGIN, "no")], 10, 40)
    meter.answered([cancel], [Refused(Code.GONE, "gone")], 20, 60)
    meter.answered([cancel], [Unknown("silence")], 30, 80)
    (found,) = meter.since(0)
    (late,) = meter.since(25)

    assert (found.calls, found.errors, found.timeouts, found.p50, found.p99) == (3, 1, 1, 60, 80)
    assert (late.calls, late.p50) == (1, 80)


@pytest.mark.parametrize("grows", [0, 5 * MEBIBYTE, -MEBIBYTE])
def test_the_slope_is_bytes_a_day(grows: int) -> None:
    """J3, rel:I16: a straight line is found exactly; two samples say nothing."""
    samples = [Sample(at, 100 * MEBIBYTE + grows * at // DAY, 0, 0) for at in range(0, DAY + 1, DAY // 4)]

    assert slope(samples) == grows
    assert slope(samples[:2]) is None
    assert memory() > 0
