"""The facts of one account, in the order in which they came, for its one reader."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable

from core.facts import VenueFact


class Events:
    """A queue that is never full: what a venue tells must not be lost, and its reader is always there."""

    def __init__(self) -> None:
        """Empty and open."""
        self._waiting: deque[VenueFact] = deque()
        self._news = asyncio.Event()
        self._closed = False

    def put(self, facts: Iterable[VenueFact]) -> None:
        """Add facts."""
        self._waiting.extend(facts)
        self._news.set()

    def close(self) -> None:
        """End the iteration once what is queued was read."""
        self._closed = True
        self._news.set()

    async def read(self) -> AsyncIterator[VenueFact]:
        """The facts as they come."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._closed:
                return
            self._news.clear()
            await self._news.wait()
