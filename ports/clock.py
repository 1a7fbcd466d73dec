"""The Clock port: the only way the shell learns the time or waits."""

from typing import Protocol


class Clock(Protocol):
    """Time for one process. A virtual one drives simulation and replay."""

    def now(self) -> int:
        """Wall-clock time, milliseconds since the epoch, UTC: for display and signing only."""
        ...

    def monotonic(self) -> int:
        """Milliseconds that never go back: for every timer."""
        ...

    async def sleep(self, milliseconds: int) -> None:
        """Wait; returns at once for zero or less."""
        ...
