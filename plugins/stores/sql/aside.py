"""Work beside the store's own thread whose end nobody may have to wait for: a backup folder can hang for ever (J2)."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any, TypeVar

_Result = TypeVar("_Result")

GRACE = 10.0
"""Seconds that what is under way gets when the store is closed: a backup to a healthy disk takes less."""


class Aside:
    """Runs each call in a thread of its own, which dies with the process instead of keeping it alive."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._pending: set[asyncio.Future[Any]] = set()

    async def call(self, work: Callable[[], _Result]) -> _Result:
        """What *work* returns or raises. Cancelled, it goes on unheard."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Result] = loop.create_future()
        self._pending.add(future)
        future.add_done_callback(self._ended)

        def run() -> None:
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
                _tell(loop, future.set_exception, error)
            else:
                _tell(loop, future.set_result, result)

        Thread(target=run, name="tandem-aside", daemon=True).start()
        return await asyncio.shield(future)

    async def finish(self, within: float = GRACE) -> bool:
        """Wait for what is under way; False when it hangs, and is left to itself."""
        if self._pending:
            await asyncio.wait(self._pending, timeout=within)
        return not self._pending

    def _ended(self, future: "asyncio.Future[Any]") -> None:
        self._pending.discard(future)
        future.exception()  # whoever asked may be gone


def _tell(loop: asyncio.AbstractEventLoop, told: Callable[[Any], None], what: object) -> None:
    with suppress(RuntimeError):  # the loop ended meanwhile: nobody waits any more
        loop.call_soon_threadsafe(told, what)
