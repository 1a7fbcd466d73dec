"""The machine's own clock."""

import asyncio
import time

from pydantic import BaseModel, ConfigDict

from ports.hooks import Adapter, hookimpl

_NANOSECONDS = 1_000_000


class SystemClockSettings(BaseModel):
    """There is nothing to set."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SystemClock:
    """Wall time for display and signing, monotonic time for timers (rel:F48)."""

    def now(self) -> int:
        """See Clock.now."""
        return time.time_ns() // _NANOSECONDS

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
