"""A queue of facts that an async iterator reads until it is closed."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable

from core.facts import VenueFact


class FactQueue:
    """Facts for one account, in order, none dropped."""

    def __init__(self) -> None:
        """Empty and open."""
        self._facts: deque[VenueFact] = deque()
        self._news = asyncio.Event()
        self._closed = False

    def put(self, facts: Iterable[VenueFact]) -> None:
        """Add facts."""
        self._facts.extend(facts)
        self._news.set()

    def close(self) -> None:
        """End the iteration once what is queued was read."""
        self._closed = True
        self._news.set()

    async def read(self) -> AsyncIterator[VenueFact]:
        """The facts as they come."""
        while True:
            while self._facts:
                yield self._facts.popleft()
            if self._closed:
                return
            self._news.clear()
            await self._news.wait()
