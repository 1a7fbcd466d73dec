"""Health that is told: disk, memory, request budget, clock; once, and once when it is over (D1)."""

from pathlib import Path

import pytest

from config.vitals import MEBIBYTE, Pulse, Vitals
from config.wellness import LOOK, WINDOW, Wellness, process_levels
from core.alerts import AccountDegraded, AccountRestored, Alert, ServiceDegraded, ServiceRestored
from core.engine.steady import Level
from plugins.exchanges.paper.adapter import PaperExchange
from tests.serving import HastyClock, House, house

HOURS = WINDOW // 1_000


def pulse(*, free: int = 10_000, slope: int | None = 0, seconds: int = HOURS) -> Pulse:
    """A process with so many MiB free and growing by so many a day."""
    return Pulse(
        seconds=seconds,
        cpu_percent=1,
        memory=100 * MEBIBYTE,
        memory_slope=None if slope is None else slope * MEBIBYTE,
        threads=1,
        disk_free=free * MEBIBYTE,
        loop_lag=0,
    )


class Stepping(HastyClock):
    """A clock that is moved on by hand."""

    at = 0

    def monotonic(self) -> int:
        """Where it was moved."""
        return self.at


class Limited(PaperExchange):
    """A venue with request budgets and a clock of its own."""

    room = 10
    ahead = 0

    def budgets(self) -> dict[str, tuple[int, int]]:
        """One endpoint."""
        return {"place": (self.room, 10), "cancel": (10, 10)}

    def skew(self) -> int:
        """How far it is ahead."""
        return self.ahead


async def told(at: House) -> list[Alert]:
    """What people were told of health, oldest first."""
    await at.service.writer.flush()
    kinds = (ServiceDegraded, ServiceRestored, AccountDegraded, AccountRestored)
    return [each for each in reversed(await at.store.alerts(100)) if isinstance(each.body, kinds)]


async def test_a_full_disk_is_told_at_once_and_its_end_after_five_minutes(tmp_path: Path) -> None:
    """D1: under 512 MiB; well is twice as much, for a while, so that a log rotation makes no noise."""
    async with house() as at:
        watch = Wellness(at.service, Vitals(tmp_path))
        for minute, free in enumerate((600, 500, 500, 600, 1_100, 900, *[1_100] * 7)):
            await watch.process(pulse(free=free), minute * 60_000)
        found = await told(at)

    assert [(each.kind, each.body.what) for each in found] == [  # type: ignore[union-attr]  # of health only
        ("service_degraded", "disk"),
        ("service_restored", "disk"),
    ]
    assert "500 MiB are free" in str(found[0].body)


@pytest.mark.parametrize(
    ("slope", "seconds", "level"),
    [
        (25, HOURS, Level.BAD),
        (20, HOURS, Level.BETWEEN),
        (12, HOURS, Level.WELL),
        (900, 3_600, None),
        (None, HOURS, None),
    ],
)
def test_memory_is_judged_after_hours_only(slope: int | None, seconds: int, level: Level | None) -> None:
    """D1, rel:I16: 24 MiB a day; what a start takes is no leak."""
    levels = {what: found for what, found, _ in process_levels(pulse(slope=slope, seconds=seconds))}

    assert levels.get("memory") is level


async def test_a_spent_budget_and_a_wrong_clock_are_told_once_they_last(tmp_path: Path) -> None:
    """D1: rate after 30 s, clock after 60 s, each taken back once; a short want is not told."""
    async with house(build=Limited, balances={"main": 1_000_000}) as at:  # type: ignore[dict-item]  # any number will do
        clock = at.service.clock = Stepping()
        watch = Wellness(at.service, Vitals(tmp_path))
        exchange = at.service.exchanges["main"]
        assert isinstance(exchange, Limited)
        plan = [(0, 0)] * 2 + [(10, 0)] + [(0, 2_000)] * 8 + [(10, 100)] * 8
        for exchange.room, exchange.ahead in plan:
            watch.accounts()
            clock.at += LOOK
        found = await told(at)

    assert [(each.kind, each.body.what) for each in found] == [  # type: ignore[union-attr]  # of health only
        ("account_degraded", "rate"),
        ("account_degraded", "clock"),
        ("account_restored", "rate"),
        ("account_restored", "clock"),
    ]
    assert "2000 ms behind" in str(found[1].body)
