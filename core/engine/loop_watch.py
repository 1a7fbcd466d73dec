"""Notices when nothing in the process ran for a while: a plugin that blocks, a machine too busy (rel:F49).

It can only tell afterwards; meanwhile the stops stand at the venues.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.alerts import ServiceDegraded, ServiceRestored
from ports.clock import Clock

EVERY = 250
LATE = 1_000
"""Milliseconds by which a turn may be late before people are told."""
CALM = 60_000
"""So long without a late turn, and all is well again."""

LOOP = "loop"


@dataclass(slots=True)
class LoopWatch:
    """What is known of the loop's lateness. *since* is when the last late turn was, None while all is well."""

    worst: int = 0
    since: int | None = None

    def turn(self, late: int, now: int) -> ServiceDegraded | ServiceRestored | None:
        """Take in that a turn came *late* milliseconds too late; what is to be told, told once an episode."""
        self.worst = max(self.worst, late)
        if late > LATE:
            first, self.since = self.since is None, now
            detail = f"nothing ran for {late} ms: a plugin blocked, or this machine has too much to do"
            return ServiceDegraded(LOOP, detail) if first else None
        if self.since is not None and now - self.since >= CALM:
            self.since = None
            return ServiceRestored(LOOP)
        return None


async def watch_loop(clock: Clock, tell: Callable[[ServiceDegraded | ServiceRestored], None]) -> None:
    """Look four times a second, until cancelled."""
    known = LoopWatch()
    while True:
        before = clock.monotonic()
        await clock.sleep(EVERY)
        now = clock.monotonic()
        told = known.turn(now - before - EVERY, now)
        if told is not None:
            tell(told)
