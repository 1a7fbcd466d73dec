"""What others know, for whoever looks: asked for side by side, waited for briefly, remembered for a moment.

For display only. Who is slow to answer makes no screen slow: what is not known by then is not shown.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

import structlog

from core.engine.failing import failure
from ports.clock import Clock

log = structlog.get_logger("tandem.desk")

WITHIN = 1.0
"""Seconds that a look waits."""
REMEMBERED = 5_000
AT_ONCE = 4
"""Few at once: commands to the venue go the same way."""

T = TypeVar("T")


class Briefly(Generic[T]):
    """Answers by name. *what* is asked for is named in the log."""

    def __init__(self, clock: Clock, what: str, *, within: float = WITHIN, remembered: int = REMEMBERED) -> None:
        """Nothing is known yet. *within*: seconds that a look waits. *remembered*: milliseconds."""
        self._clock = clock
        self._what = what
        self._within = within
        self._remembered = remembered
        self._known: dict[str, tuple[T, int]] = {}

    async def of(self, asks: Mapping[str, Callable[[], Awaitable[T]]]) -> dict[str, T]:
        """The answer to each, without those that don't come in time; who isn't asked for any more is forgotten."""
        since = self._clock.monotonic() - self._remembered
        self._known = {name: known for name, known in self._known.items() if name in asks and known[1] > since}
        gate = asyncio.Semaphore(AT_ONCE)
        asked = [
            asyncio.create_task(self._ask(name, ask, gate)) for name, ask in asks.items() if name not in self._known
        ]
        if asked:
            await self._wait(asked)
        return {name: self._known[name][0] for name in asks if name in self._known}

    async def _wait(self, asked: list["asyncio.Task[None]"]) -> None:
        try:
            done, _ = await asyncio.wait(asked, timeout=self._within)
        finally:
            for task in asked:
                task.cancel()
        for task in done:
            task.result()

    async def _ask(self, name: str, ask: Callable[[], Awaitable[T]], gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                found = await ask()
            except Exception as error:  # noqa: BLE001 - an adapter is somebody's plugin
                log.warning("not known now", what=self._what, of=name, reason=failure(error, name))
            else:
                self._known[name] = (found, self._clock.monotonic())
