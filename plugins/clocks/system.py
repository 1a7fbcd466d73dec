"""The machine's own clock."""

import asyncio
import time
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from ports.hooks import Adapter, hookimpl

_NANOSECONDS = 1_000_000
_SLOWLY = 10


def _steady() -> int:
    """Nanoseconds that never jump, and go on while the machine sleeps where the system can tell."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SystemClockSettings(BaseModel):
    """There is nothing to set."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class SystemClock:
    """Wall time for display and signing, monotonic time for timers (rel:F48).

    Machines take `now` for venue time and count their waits by it, so it never jumps: it goes on as the steady clock
    does, and where the wall clock was set differently it follows at a tenth of time's own speed.
    """

    def __init__(self, wall: Callable[[], int] = time.time_ns, steady: Callable[[], int] = _steady) -> None:
        """*wall* and *steady* give nanoseconds."""
        self._wall = wall
        self._steady = steady
        self._looked = steady()
        self._shown = wall()

    def now(self) -> int:
        """See Clock.now."""
        steady = self._steady()
        passed, self._looked = steady - self._looked, steady
        self._shown += passed
        most = passed // _SLOWLY
        self._shown += max(-most, min(most, self._wall() - self._shown))
        return self._shown // _NANOSECONDS

    def monotonic(self) -> int:
        """See Clock.monotonic."""
        return time.monotonic_ns() // _NANOSECONDS

    async def sleep(self, milliseconds: int) -> None:
        """See Clock.sleep."""
        await asyncio.sleep(max(0, milliseconds) / 1_000)


def build(_settings: SystemClockSettings) -> SystemClock:
    """The clock."""
    return SystemClock()


@hookimpl
def tandem_clocks() -> tuple[Adapter, ...]:
    """``use: system``."""
    return (Adapter("system", SystemClockSettings, build),)
