"""Tells through the other notifiers that one does not deliver (D1: outbox age), once, and when all do again."""

from collections.abc import Callable, Iterable

from core.engine.outbox import Waiting
from core.engine.service import Tell
from core.money_text import duration_text
from ports.clock import Clock

OUTBOX = "outbox"
LOOK = 15_000
TOO_OLD = 60_000
"""From when on people are told that an alert waits. Both in milliseconds."""


class Overdue:
    """Looks at what waits. The alert about it waits too where nothing goes: it is told once, so it feeds nothing."""

    def __init__(self, waiting: Callable[[], Iterable[Waiting]], tell: Tell) -> None:
        """Nothing is looked at here."""
        self._waiting = waiting
        self._tell = tell
        self._told: set[str] = set()

    async def run(self, clock: Clock) -> None:
        """Look until cancelled."""
        while True:
            await clock.sleep(LOOK)
            await self.look()

    async def look(self) -> None:
        """Tell what is new since the last look."""
        late = {each.notifier: each for each in self._waiting() if each.age > TOO_OLD}
        news = [_said(late[name]) for name in late.keys() - self._told]
        if news:
            await self._tell(OUTBOX, "; ".join(sorted(news)))
        if self._told and not late:
            await self._tell(OUTBOX, "")
        # Told of again only after all of them were well: who is half back would else tell every minute.
        self._told = self._told | late.keys() if late else set()


def _said(each: Waiting) -> str:
    reason = f": {each.reason}" if each.reason else ""
    return f"{each.notifier} has not delivered for {duration_text(each.age)}{reason}"
