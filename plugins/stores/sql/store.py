"""The Store port on SQL. What each call does to the tables stands in the modules beside this one."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

from sqlalchemy import Connection, Engine

from core.alerts import Alert
from core.facts import Filled, Funding
from core.report import TradeReport
from plugins.stores.sql import lease, outbox, writing
from plugins.stores.sql.doubt import Doubt
from plugins.stores.sql.opening import open_for_reading, open_for_writing
from plugins.stores.sql.place import Place
from plugins.stores.sql.reading import Reading
from plugins.stores.sql.worker import InDoubt, Worker
from ports.persistence import Batch, OutboxRow, Record


def wall_clock() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class SqlStore:
    """A Store at a place: a SQLite file, memory (then gone when it is closed), or PostgreSQL.

    *notifiers* are whom each alert is kept for. *now* stamps outbox rows and leases with wall-clock milliseconds.
    """

    def __init__(self, place: Place, *, notifiers: tuple[str, ...] = (), now: Callable[[], int] = wall_clock) -> None:
        """Nothing is opened before `start`."""
        self.place = place
        self.notifiers = notifiers
        self._now = now
        self._reading = Reading(place.name)
        self._worker = Worker(place, lambda: open_for_writing(place, self._upgrade))
        self._epochs: lease.Epochs = {}
        self._doubt = Doubt(place)

    @classmethod
    def reader(cls, place: Place) -> Self:
        """The store as it lies, for commands beside the service or without it: it locks, migrates and makes nothing.

        On SQLite and without a running service it shows the moment it was started: open it anew to look again. Writing
        raises Stopped; so does `start` where there is no store.
        """
        store = cls(place)
        store._worker = Worker(place, lambda: open_for_reading(place))
        return store

    async def start(self) -> None:
        """See Store.start: a file is checked as a whole before anything is written (F47)."""
        await self._worker.open()

    async def close(self) -> None:
        """See Store.close; gives the leases back too."""
        await self._worker.close()
        await self.release()

    async def salt(self) -> str:
        """See Store.salt."""
        return await self._worker.read(self._reading.salt)

    async def acquire(self, accounts: Sequence[str], holder: str) -> None:
        """See Store.acquire: the place's lock is held until `release`, `close` or death."""
        since = self._now()
        inscribed = lease.inscription(accounts, holder, since)
        self._epochs = await self._worker.write(self._take, accounts, inscribed, since)

    def _take(self, connection: Connection, accounts: Sequence[str], inscribed: str, since: int) -> lease.Epochs:
        self.place.lock(connection, inscribed)
        return lease.begin_epochs(connection, accounts, inscribed, since)

    async def release(self) -> None:
        """See Store.release."""
        self._epochs = {}
        await self._worker.call(self.place.unlock)

    async def append(self, batch: Batch) -> None:
        """See Store.append; raises Stopped once another process has taken over one of our accounts (rel:I15)."""
        try:
            await self._write(self._append, batch, self._now())
        except InDoubt as error:
            self._doubt.arose(error.stamp, batch)
            raise
        self._doubt.gone()

    def _append(self, connection: Connection, batch: Batch, now: int) -> None:
        self._doubt.settle(connection)
        writing.append(connection, self._doubt.without_stored(batch), self.notifiers, now, self._epochs)

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
        """See Store.due; raises Stopped as `append` does: an idle process asks this, and finds out here."""
        return await self._worker.read(self._due, notifier, now, limit)

    def _due(self, connection: Connection, notifier: str, now: int, limit: int) -> tuple[OutboxRow, ...]:
        lease.check(connection, self.place.name, self._epochs)
        return outbox.due(connection, self.place.name, notifier, now, limit)

    async def attempting(self, row: int) -> None:
        """See Store.attempting."""
        await self._write(outbox.attempting, row)

    async def delivered(self, row: int, reference: str, at: int) -> None:
        """See Store.delivered."""
        await self._write(outbox.delivered, row, reference, at)

    async def postpone(self, row: int, due_at: int, *, refused: bool, maybe_shown: bool = True) -> None:
        """See Store.postpone."""
        await self._write(partial(outbox.postpone, maybe_shown=maybe_shown), row, due_at, int(refused))

    async def recall(self, name: str) -> str | None:
        """See Store.recall."""
        return await self._worker.read(self._reading.recall, name)

    async def remember(self, name: str, value: str) -> None:
        """See Store.remember."""
        await self._write(writing.remember, name, value)

    async def _write(self, act: Callable[..., None], *arguments: Any) -> None:
        await self._worker.write(self._fenced, act, arguments)

    def _fenced(self, connection: Connection, act: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        """What this process writes, it writes as the holder of its leases or not at all (rel:F44)."""
        lease.check(connection, self.place.name, self._epochs, until_the_end=True)
        if self._epochs:
            self.place.hold(connection)
        act(connection, *arguments)

    def _upgrade(self, engine: Engine, found: int) -> None:
        """Bring an older form to ours; nobody else may run on it meanwhile."""
        from plugins.stores.sql.migrations import migrate

        with engine.begin() as connection:
            self.place.lock(connection, lease.inscription((), f"migrating from schema {found}", self._now()))
            self.place.serialize(connection)
            migrate(connection, found)
