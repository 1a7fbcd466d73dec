"""The Store port on SQLite. What each call does to the tables stands in the modules beside this one."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from core.alerts import Alert
from core.facts import Filled, Funding
from core.report import TradeReport
from plugins.stores.sql import outbox, writing
from plugins.stores.sql.connection import IN_MEMORY
from plugins.stores.sql.files import LockFile
from plugins.stores.sql.lease import begin_epochs, inscription
from plugins.stores.sql.opening import open_for_reading, open_for_writing
from plugins.stores.sql.reading import Reading
from plugins.stores.sql.worker import Worker
from ports.persistence import Batch, OutboxRow, Record


def wall_clock() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class SqlStore:
    """A Store in one SQLite file, or in memory for ':memory:' (then gone when it is closed).

    *notifiers* are whom each alert is kept for. *now* stamps outbox rows and leases with wall-clock milliseconds.
    """

    def __init__(self, path: str, *, notifiers: tuple[str, ...] = (), now: Callable[[], int] = wall_clock) -> None:
        """Nothing is opened before `start`."""
        self.path = path
        self.notifiers = notifiers
        self._now = now
        self._reading = Reading(path)
        self._lock = None if path == IN_MEMORY else LockFile(Path(f"{path}.lock"))
        self._worker = Worker(path, lambda: open_for_writing(path))

    @classmethod
    def reader(cls, path: str) -> Self:
        """The store as it lies, for commands beside the service or without it: it locks, migrates and makes nothing.

        Without a running service it shows the moment it was started: open it anew to look again. Writing raises
        Stopped; so does `start` where there is no store.
        """
        store = cls(path)
        store._lock = None
        store._worker = Worker(path, lambda: open_for_reading(path))
        return store

    async def start(self) -> None:
        """See Store.start: the whole file is checked before anything is written (F47)."""
        await self._worker.open()

    async def close(self) -> None:
        """See Store.close; gives the leases back too."""
        await self._worker.close()
        await self.release()

    async def salt(self) -> str:
        """See Store.salt."""
        return await self._worker.read(self._reading.salt)

    async def acquire(self, accounts: Sequence[str], holder: str) -> None:
        """See Store.acquire: the lock file beside the database is held until `release`, `close` or death."""
        since = self._now()
        if self._lock is not None:
            self._lock.take(inscription(accounts, holder, since))
        await self._worker.write(begin_epochs, accounts, holder, since)

    async def release(self) -> None:
        """See Store.release."""
        if self._lock is not None:
            self._lock.give_back()

    async def append(self, batch: Batch) -> None:
        """See Store.append."""
        await self._worker.write(writing.append, batch, self.notifiers, self._now())

    async def live(self, account: str) -> tuple[Record, ...]:
        """See Store.live; raises Stopped where the chain of lines is broken."""
        return await self._worker.read(self._reading.live, account)

    async def trade(self, account: str, trade: str) -> tuple[Record, ...]:
        """See Store.trade; raises Stopped where the chain of lines is broken."""
        return await self._worker.read(self._reading.trade, account, trade)

    async def requests(self, account: str) -> frozenset[str]:
        """See Store.requests."""
        return await self._worker.read(self._reading.requests, account)

    async def executions(self, account: str, trade: str | None = None) -> tuple[Filled | Funding, ...]:
        """See Store.executions."""
        return await self._worker.read(self._reading.executions, account, trade)

    async def closed(self, account: str | None = None, limit: int = 100) -> tuple[TradeReport, ...]:
        """See Store.closed."""
        return await self._worker.read(self._reading.closed, account, limit)

    async def alerts(self, limit: int = 100) -> tuple[Alert, ...]:
        """See Store.alerts."""
        return await self._worker.read(self._reading.alerts, limit)

    async def due(self, notifier: str, now: int, limit: int = 100) -> tuple[OutboxRow, ...]:
        """See Store.due."""
        return await self._worker.read(outbox.due, self.path, notifier, now, limit)

    async def attempting(self, row: int) -> None:
        """See Store.attempting."""
        await self._worker.write(outbox.attempting, row)

    async def delivered(self, row: int, reference: str, at: int) -> None:
        """See Store.delivered."""
        await self._worker.write(outbox.delivered, row, reference, at)

    async def postpone(self, row: int, due_at: int, *, refused: bool, maybe_shown: bool = True) -> None:
        """See Store.postpone."""
        await self._worker.write(outbox.postpone, row, due_at, int(refused), maybe_shown=maybe_shown)

    async def recall(self, name: str) -> str | None:
        """See Store.recall."""
        return await self._worker.read(self._reading.recall, name)

    async def remember(self, name: str, value: str) -> None:
        """See Store.remember."""
        await self._worker.write(writing.remember, name, value)
