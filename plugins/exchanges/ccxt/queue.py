"""A queue that an async iterator reads until it is closed."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class ReadQueue(Generic[T]):
    """Things for one reader, in order; with *limit* the oldest give way."""

    def __init__(self, limit: int | None = None) -> None:
        """Empty and open."""
        self._waiting: deque[T] = deque(maxlen=limit)
        self._news = asyncio.Event()
        self._closed = False

    def put(self, things: Iterable[T]) -> None:
        """Add things."""
        self._waiting.extend(things)
        self._news.set()

    def close(self) -> None:
        """End the iteration once what is queued was read."""
        self._closed = True
        self._news.set()

    async def read(self) -> AsyncIterator[T]:
        """The things as they come."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._closed:
                return
            self._news.clear()
            await self._news.wait()
