"""The Store port on SQL. What each call does to the tables stands in the modules beside this one."""

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import structlog
from sqlalchemy import Connection, Engine

from core.alerts import Alert
from core.facts import Filled, Funding
from core.report import TradeReport
from plugins.stores.sql import lease, outbox, schema, stranding, writing
from plugins.stores.sql.aside import GRACE, Aside
from plugins.stores.sql.backups import Backups
from plugins.stores.sql.doubt import Doubt
from plugins.stores.sql.falling_back import fall_back
from plugins.stores.sql.faults import Damaged
from plugins.stores.sql.opening import filled_form, open_for_reading, open_for_writing
from plugins.stores.sql.place import Place
from plugins.stores.sql.reading import Reading
from plugins.stores.sql.shelf import Shelf
from plugins.stores.sql.worker import InDoubt, Worker
from ports.persistence import Audited, Batch, Mended, OutboxRow, Record

log = structlog.get_logger("tandem.store")

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

BEGIN_ANEW = (
    "to begin anew, close what is open at the venue, then name another store in the configuration or move this one away"
)


def wall_clock() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class SqlStore:
    """A Store at a place: a SQLite file, memory (then gone when it is closed), or PostgreSQL.

    *notifiers* are whom each alert is kept for. *now* stamps outbox rows, leases and backups with wall-clock
    milliseconds. Without a *shelf* there are no backups. *falls_back*: a start that finds it damaged takes one.
    """

    def __init__(
        self,
        place: Place,
        *,
        notifiers: tuple[str, ...] = (),
        now: Callable[[], int] = wall_clock,
        shelf: Shelf | None = None,
        falls_back: bool = False,
    ) -> None:
        """Nothing is opened before `start`."""
        self.place = place
        self.notifiers = notifiers
        self._now = now
        self._reading = Reading(place.name)
        self._worker = Worker(place, lambda: open_for_writing(place, self._upgrade))
        self._lease = lease.Lease()
        self._backups = Backups(place, shelf) if shelf is not None else None
        self._aside = Aside()
        self._doubt = Doubt(place)
        self._falls_back = falls_back
        self.ends_within: float = GRACE

    @classmethod
    def reader(cls, place: Place) -> Self:
        """The store as it lies, for commands beside the service or without it: it locks, migrates and makes nothing.

        On SQLite and without a running service it shows the moment it was started: open it anew to look again. Writing
        raises Stopped; so does `start` where there is no store.
        """
        store = cls(place)
        store._worker = Worker(place, lambda: open_for_reading(place))
        return store

    async def start(self) -> Mended | None:
        """See Store.start: a file is checked as a whole before anything is written (F47)."""
        try:
            await self._worker.open()
        except Damaged as error:
            mended = await self._mended(error)
            if mended is None:
                raise await self._with_backup(error) from error
            log.critical("the store is damaged: going on with a backup", found=error.found, backup=mended.backup)
            await self._worker.open()
            return mended
        return None

    async def _mended(self, error: Damaged) -> Mended | None:
        if self._backups is None or not self._falls_back:
            return None
        return await self._aside.call(partial(fall_back, self._backups, error, self._now()))

    async def close(self) -> None:
        """See Store.close; gives the leases back too. What hangs is left to itself, and dies with the process."""
        if not await self._aside.finish():
            log.warning("a backup hangs and is left to itself", store=self.place.name)
        if await self._done():
            await self._worker.close()
            await self.release()

    async def salt(self) -> str:
        """See Store.salt."""
        return await self._read(self._reading.salt)

    async def acquire(self, accounts: Sequence[str], holder: str) -> None:
        """See Store.acquire: the place's lock is held until `release`, `close` or death."""
        since = self._now()
        inscribed = lease.inscription(accounts, holder, since)
        self._lease = await self._worker.write(self._take, accounts, inscribed, since)

    def _take(self, connection: Connection, accounts: Sequence[str], inscribed: str, since: int) -> lease.Lease:
        self.place.lock(connection, inscribed)
        return lease.begin_epochs(connection, accounts, inscribed, since)

    async def release(self) -> None:
        """See Store.release. While a write hangs, which may still land, they are kept: they end with the process."""
        if await self._done():
            self._lease = lease.Lease()
            await self._worker.call(self.place.unlock)

    async def _done(self) -> bool:
        """Whether nothing is under way any more."""
        done = await self._worker.done(self.ends_within)
        if not done:
            log.error("the store hangs and is left to itself", store=self.place.name)
        return done

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
        writing.append(connection, self._doubt.without_stored(batch), self.notifiers, now, self._lease.epochs)

    async def live(self, account: str) -> tuple[Record, ...]:
        """See Store.live; raises Stopped where the chain of lines is broken."""
        return await self._read(self._reading.live, account)

    async def trade(self, account: str, trade: str) -> tuple[Record, ...]:
        """See Store.trade; raises Stopped where the chain of lines is broken."""
        return await self._read(self._reading.trade, account, trade)

    async def live_elsewhere(self, accounts: Collection[str]) -> tuple[tuple[str, str], ...]:
        """See Store.live_elsewhere."""
        return await self._read(self._reading.live_elsewhere, accounts)

    async def requests(self, account: str) -> frozenset[str]:
        """See Store.requests."""
        return await self._read(self._reading.requests, account)

    async def executions(self, account: str, trade: str | None = None) -> tuple[Filled | Funding, ...]:
        """See Store.executions."""
        return await self._read(self._reading.executions, account, trade)

    async def closed(self, account: str | None = None, limit: int = 100) -> tuple[TradeReport, ...]:
        """See Store.closed."""
        return await self._read(self._reading.closed, account, limit)

    async def ended(
        self, since: int, until: int | None = None, *, after: TradeReport | None = None, limit: int = 200
    ) -> tuple[TradeReport, ...]:
        """See Store.ended."""
        return await self._read(self._reading.ended, since, until, after, limit)

    async def alerts(self, limit: int = 100) -> tuple[Alert, ...]:
        """See Store.alerts."""
        return await self._read(self._reading.alerts, limit)

    async def due(
        self, notifier: str, now: int, limit: int = 100, *, without: Collection[str] = ()
    ) -> tuple[OutboxRow, ...]:
        """See Store.due; raises Stopped as `append` does: an idle process asks this, and finds out here."""
        return await self._read(self._due, notifier, now, limit, without)

    def _due(
        self, connection: Connection, notifier: str, now: int, limit: int, without: Collection[str]
    ) -> tuple[OutboxRow, ...]:
        lease.check(connection, self.place.name, self._lease)
        return outbox.due(connection, self.place.name, notifier, now, limit, without)

    async def stranded(self, notifiers: Collection[str]) -> tuple[tuple[str, int], ...]:
        """See Store.stranded."""
        return await self._read(stranding.stranded, notifiers)

    async def hand_on(self, notifiers: Sequence[str]) -> None:
        """See Store.hand_on."""
        await self._write(stranding.hand_on, notifiers, self._now())

    async def attempting(self, rows: Sequence[int]) -> None:
        """See Store.attempting."""
        await self._write(outbox.attempting, rows)

    async def delivered(self, rows: Sequence[int], reference: str, at: int) -> None:
        """See Store.delivered."""
        await self._write(outbox.delivered, rows, reference, at)

    async def postpone(self, rows: Sequence[int], due_at: int, *, refused: bool, maybe_shown: bool = True) -> None:
        """See Store.postpone."""
        await self._write(partial(outbox.postpone, maybe_shown=maybe_shown), rows, due_at, int(refused))

    async def recall(self, name: str) -> str | None:
        """See Store.recall."""
        return await self._read(self._reading.recall, name)

    async def remember(self, name: str, value: str) -> None:
        """See Store.remember."""
        await self._write(writing.remember, name, value)

    async def audit(self, entry: Audited) -> None:
        """See Store.audit."""
        await self._write(writing.audit, entry)

    async def audited(self, limit: int = 100) -> tuple[Audited, ...]:
        """See Store.audited."""
        return await self._read(self._reading.audited, limit)

    async def backup(self, to: str = "", *, older_than: int = 0) -> str:
        """See Store.backup: in a thread of its own, beside whoever writes."""
        if self._backups is None:
            return ""
        now = self._now()
        if to:
            await self._aside.call(partial(self._backups.make_at, Path(to)))
            return to
        if older_than and await self._aside.call(partial(self._backups.has_one, now - older_than, now)):
            return ""
        return str(await self._aside.call(partial(self._backups.make, now)))

    async def _read(
        self,
        act: Callable[Concatenate[Connection, _Arguments], _Result],
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> _Result:
        try:
            return await self._worker.read(act, *arguments, **named)
        except Damaged as error:
            raise await self._with_backup(error) from error

    async def _with_backup(self, error: Damaged) -> Damaged:
        """The same, with the backup that would mend it (F47)."""
        if self._backups is None:
            return error
        found = await self._aside.call(self._backups.newest_good)
        folder = self._backups.shelf.folder
        newest = f"Newest good backup: {found}" if found else f"No good backup is in {folder}: {BEGIN_ANEW}"
        return Damaged(f"{error} {newest}", error.found)

    async def _write(self, act: Callable[..., None], *arguments: Any) -> None:
        await self._worker.write(self._fenced, act, arguments)

    def _fenced(self, connection: Connection, act: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        """What this process writes, it writes as the holder of its leases or not at all (rel:F44)."""
        lease.check(connection, self.place.name, self._lease, until_the_end=True)
        if self._lease.epochs:
            self.place.hold(connection)
        act(connection, *arguments)

    def _upgrade(self, engine: Engine, found: int) -> None:
        """Bring an older form to ours; nobody else may run on it meanwhile."""
        from plugins.stores.sql.migrations import migrate

        with engine.begin() as connection:
            self.place.lock(connection, lease.inscription((), f"migrating from schema {found}", self._now()))
        if self._backups is not None and self._backups.shelf.unasked:
            self._backups.make(self._now(), f"before-schema-{schema.SCHEMA}")
        with engine.begin() as connection:
            self.place.serialize(connection)
            # Another instance may have migrated, and ended, before the lock was ours.
            migrate(connection, filled_form(connection, self.place.name))
