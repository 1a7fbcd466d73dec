"""One writer for the store: batches go in the order in which they were handed over, as many at once as are waiting.

Nothing is lost while the store refuses: it is kept and tried again. Who needs durability waits for it, with a limit;
who only reduces risk goes on without (DESIGN section 4, rel:F45, rel:F46).
"""

import asyncio
from collections import deque
from collections.abc import Callable

from core.errors import Unavailable
from ports.clock import Clock
from ports.persistence import Batch, Store

RETRY = 250
LINGER = 40
"""Milliseconds for which what nobody waits for may gather before it is written."""
PATIENCE = 2_000
"""How long a decision waits for durability before it counts as not stored, milliseconds."""
ENDS_WITHIN = 10
"""Seconds that the store may take at the end: a disk can hang for ever, and keeps nobody from stopping (J2)."""


class Writer:
    """Appends batches to the store from one task."""

    def __init__(
        self, store: Store, clock: Clock, troubled: Callable[[str], None], stored: Callable[[], None] = lambda: None
    ) -> None:
        """*troubled* is called with a reason when the store begins to refuse, and with "" when it accepts again.

        *stored* is called after each write.
        """
        self._stored = stored
        self._store = store
        self._clock = clock
        self._troubled = troubled
        self._waiting: deque[tuple[Batch, asyncio.Future[None]]] = deque()
        self._ready = asyncio.Event()
        self._pressed = asyncio.Event()
        self._refusing = False
        self._alone = asyncio.Lock()
        self.ends_within: float = ENDS_WITHIN
        self.closed = 0
        """How many reports of ended trades were written so far: who reckons from them knows when to do it anew."""

    def hand(self, batch: Batch) -> "asyncio.Future[None]":
        """Queue a batch; the future is done once it is durable."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, future))
        self._ready.set()
        return future

    async def durable(self, batch: Batch) -> bool:
        """Queue a batch and wait for it, for as long as patience lasts; it stays queued either way."""
        return await self.kept(self.hand(batch))

    async def kept(self, handed: "asyncio.Future[None]") -> bool:
        """Wait until a batch that was handed over is durable, for as long as patience lasts."""
        self._pressed.set()
        try:
            async with asyncio.timeout(PATIENCE / 1_000):
                await asyncio.shield(handed)
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Write until cancelled. What the store calls Stopped (damage, a lost lease) ends the service."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            await self._linger()
            while self._waiting:
                await self._write()

    async def _linger(self) -> None:
        """Let what nobody waits for gather: the store's work would else compete with the answer to a fill."""
        try:
            async with asyncio.timeout(LINGER / 1_000):
                await self._pressed.wait()
        except TimeoutError:
            return
        finally:
            self._pressed.clear()

    async def flush(self) -> bool:
        """Write what is left, once (at the end), after what is being written; False when the store hangs over it."""
        writing = asyncio.create_task(self._written())
        await asyncio.wait({writing}, timeout=self.ends_within)
        if writing.done():
            await writing
        return writing.done()

    @property
    def unwritten(self) -> tuple[Batch, ...]:
        """What the store has not taken yet, in order."""
        return tuple(batch for batch, _ in self._waiting)

    async def _write(self) -> None:
        """Write what waits, all at once, and nothing beside it.

        Cancelled, it waits for the store all the same: what that has begun to take it may keep, and plans and acts that
        are handed over once more would stand there twice. While it hangs nothing else is handed over either.
        """
        writing = asyncio.create_task(self._written())
        try:
            accepted = await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait({writing}, timeout=self.ends_within)
            raise
        if not accepted:
            await self._clock.sleep(RETRY)

    async def _written(self) -> bool:
        """Whether the store accepted what waits; then that waits no more."""
        async with self._alone:
            return await self._taken(list(self._waiting))

    async def _taken(self, waiting: list[tuple[Batch, "asyncio.Future[None]"]]) -> bool:
        if not waiting:
            return True
        batches = [batch for batch, _ in waiting]
        try:
            await self._store.append(_merged(batches))
        except Unavailable as error:
            if not self._refusing:
                self._refusing = True
                self._troubled(str(error))
            return False
        if self._refusing:
            self._refusing = False
            self._troubled("")
        self.closed += sum(len(batch.closed) for batch in batches)
        for _, future in waiting:
            self._waiting.popleft()
            if not future.done():  # nobody waits any more; it was written all the same
                future.set_result(None)
        self._stored()
        return True


def _merged(batches: list[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    return Batch(
        records=tuple(record for batch in batches for record in batch.records),
        alerts=tuple(alert for batch in batches for alert in batch.alerts),
        closed=tuple(report for batch in batches for report in batch.closed),
    )
