"""The fake's time: the machine's, plus what a test lets pass at once. No test waits for it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Literal

PATIENCE = 20
"""Seconds after which what a test waits for will not come."""


class Clock:
    """Monotonic seconds for limits and waits, the date for messages; both jump with `let_pass`."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic() + self._ahead

    def date(self) -> int:
        """Unix seconds."""
        return int(time.time() + self._ahead)

    def let_pass(self, seconds: float) -> None:
        """From now on it is so much later."""
        self._ahead += seconds


class Bell:
    """Rung whenever something changed; who waits looks again."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait."""
        self._next.set()
        self._next = asyncio.Event()

    def heard(self) -> Coroutine[Any, Any, Literal[True]]:
        """What returns at the next ring, counted from this call and not from when it is awaited."""
        return self._next.wait()

    async def until(self, holds: Callable[[], object], what: Callable[[], object]) -> None:
        """Return once something holds; fails after a while, saying *what* there was instead."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    await self.heard()
        except TimeoutError:
            raise AssertionError(f"it never came; there was {what()}") from None
