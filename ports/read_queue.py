"""A queue that an async iterator reads until it is closed."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class ReadQueue(Generic[T]):
    """Things for one reader, in order. With *limit* the oldest give way; without, none is dropped."""

    def __init__(self, limit: int | None = None) -> None:
        """Empty and open."""
        self._waiting: deque[T] = deque(maxlen=limit)
        self._news = asyncio.Event()
        self._closed = False
        self._error: BaseException | None = None

    def put(self, things: Iterable[T]) -> None:
        """Add things."""
        self._waiting.extend(things)
        self._news.set()

    def waiting(self) -> tuple[T, ...]:
        """What nobody has read yet."""
        return tuple(self._waiting)

    def close(self, error: BaseException | None = None) -> None:
        """End the iteration once what is queued was read; with *error*, by raising it."""
        self._closed = True
        self._error = error
        self._news.set()

    async def read(self) -> AsyncIterator[T]:
        """The things as they come."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._error is not None:
                raise self._error
            if self._closed:
                return
            self._news.clear()
            await self._news.wait()
