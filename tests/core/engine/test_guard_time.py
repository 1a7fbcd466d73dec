"""Time that jumps and a loop that stands still (rel:F48, rel:F49)."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from core.alerts import ServiceDegraded, ServiceRestored
from core.engine.loop_watch import CALM, EVERY, LATE, watch_loop
from plugins.clocks.system import SystemClock

MINUTE = 60_000


class Stars:
    """Two sources of time, in nanoseconds, that a test moves."""

    def __init__(self) -> None:
        """Some day."""
        self.wall = 1_700_000_000_000_000_000
        self.steady = 5_000_000_000

    def pass_by(self, milliseconds: int) -> None:
        """Both go on."""
        self.wall += milliseconds * 1_000_000
        self.steady += milliseconds * 1_000_000


@pytest.mark.parametrize("hours", [1, -1])
def test_a_wall_clock_that_jumps_moves_no_timer(hours: int) -> None:
    """rel:F48: NTP steps by an hour: a minute stays a minute within a tenth, and the right time is found again."""
    stars = Stars()
    clock = SystemClock(lambda: stars.wall, lambda: stars.steady)
    before = clock.now()
    stars.wall += hours * 3_600_000_000_000
    stars.pass_by(MINUTE)
    minute = clock.now() - before

    assert abs(minute - MINUTE) <= MINUTE // 10
    for _ in range(700):
        stars.pass_by(MINUTE)
        clock.now()
    assert clock.now() == stars.wall // 1_000_000


def test_a_steady_wall_clock_is_shown_as_it_is() -> None:
    """rel:F48: without a jump, now is the wall clock, to the millisecond, however often or seldom it is asked."""
    stars = Stars()
    clock = SystemClock(lambda: stars.wall, lambda: stars.steady)
    for milliseconds in (0, 1, 3, 1_000, 86_400_000):
        stars.pass_by(milliseconds)
        assert clock.now() == stars.wall // 1_000_000


class Sluggish(SystemClock):
    """A clock whose waits end late, as in a loop that something blocked; it ends with what there is to play."""

    def __init__(self, lates: Iterator[int]) -> None:
        """*lates* are milliseconds, one a turn."""
        super().__init__()
        self._lates = lates
        self._at = 0

    def monotonic(self) -> int:
        """Where the turns have brought us."""
        return self._at

    async def sleep(self, milliseconds: int) -> None:
        """Be as late as planned."""
        late = next(self._lates, None)
        if late is None:
            raise asyncio.CancelledError
        self._at += milliseconds + late


async def test_a_loop_that_stands_still_is_told_once_and_let_off() -> None:
    """rel:F49: two late turns are one alert; a minute of calm later it is well; a turn just in time is no alert."""
    told: list[ServiceDegraded | ServiceRestored] = []
    calm = [0] * (CALM // EVERY + 1)
    with suppress(asyncio.CancelledError):
        await watch_loop(Sluggish(iter([LATE, 4_000, 2_000, *calm, LATE])), told.append)

    assert [(type(each), each.what) for each in told] == [(ServiceDegraded, "loop"), (ServiceRestored, "loop")]
    assert isinstance(told[0], ServiceDegraded)
    assert "4000 ms" in told[0].detail
