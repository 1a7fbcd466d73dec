"""A place in PostgreSQL. Its driver is imported when it is opened, and never before."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, inspect, select, text

from plugins.stores.sql import schema
from plugins.stores.sql.address import shown
from plugins.stores.sql.backups import Backups
from plugins.stores.sql.place import READING, Copy, PutBack
from plugins.stores.sql.postgres_backup import Tools
from plugins.stores.sql.postgres_faults import translated
from plugins.stores.sql.shelf import Shelf
from ports.errors import ConfigError, Stopped, Unavailable
from ports.secret import Secret

APPLICATION = "tandem"
# A server that is gone is noticed, by us and by it, within seconds: else a dead session would keep the lock for hours.
_CONNECTING: Mapping[str, str | int] = {
    "application_name": APPLICATION,
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_SESSION = (
    "SET synchronous_commit = on",
    "SET statement_timeout = '5s'",
    "SET lock_timeout = '4s'",  # less, or the server would be called slow where somebody holds a table
    "SET idle_in_transaction_session_timeout = '10s'",
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SET plan_cache_mode = force_custom_plan",  # made for any list, a plan compares every line with all of it
)
_TRIES = 10
SILENT_FOR = 10
"""Seconds after which a server that says nothing is left: more than it may take for a statement."""
_READ_ONLY = "SET default_transaction_read_only = on"


class PostgresDatabase:
    """See Place. One session does it all: the lock that it holds, and the writes, end together."""

    reads: Mapping[str, object] = {READING: True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def __init__(self, url: Secret) -> None:
        """Nothing is opened here."""
        self.url = url
        self.name = shown(url.reveal())
        self.silent_for: float = SILENT_FOR
        self._locked_in: Any = None

    def prepare(self) -> None:
        """See Place.prepare: the server checks its own pages."""

    def writing(self) -> Engine:
        """See Place.writing."""
        return self._engine(_SESSION)

    def reading(self) -> Engine:
        """See Place.reading."""
        return self._engine((*_SESSION, _READ_ONLY)).execution_options(**self.reads)

    def _engine(self, statements: tuple[str, ...]) -> Engine:
        # Asked first, so that nothing is read of the address by what would quote it in its errors.
        told = parameters(self.url)
        from plugins.stores.sql.postgres_session import Session

        def connect() -> Session:
            session = Session.connect(**{**_CONNECTING, **told}, autocommit=True)
            try:
                session.silent_for = self.silent_for
                session.execute("; ".join(statements).encode())
                session.autocommit = False
            except BaseException:
                session.close()
                raise
            return session

        return create_engine("postgresql+psycopg://", creator=connect, poolclass=StaticPool)

    def serialize(self, connection: Connection) -> None:
        """See Place.serialize."""
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key(connection, "tables")})

    def lock(self, connection: Connection, inscription: str) -> None:
        """See Place.lock: the server's, for this database and schema; the lease says who has it.

        Of a process that was killed just now the server may not know yet: it is asked for a second.
        """
        for _ in range(_TRIES):
            if self._locked(connection):
                return
            connection.execute(text("SELECT pg_sleep(0.1)"))
        raise Stopped(
            f"another instance holds {self.name}: {_holders(connection)}. "
            "Stop that one first (SIGTERM); one instance per account"
        )

    def hold(self, connection: Connection) -> None:
        """See Place.hold: the server may not have noticed yet that our last session is dead."""
        if not self._locked(connection):
            by = _holders(connection)
            raise Unavailable(f"store {self.name}: connected anew, and the lock is still held by {by}")

    def _locked(self, connection: Connection) -> bool:
        session = connection.connection.dbapi_connection
        if self._locked_in is session:
            return True
        taken = text("SELECT pg_try_advisory_lock(:key)")
        if not connection.scalar(taken, {"key": key(connection, "lease")}):
            return False
        self._locked_in = session
        return True

    def unlock(self) -> None:
        """See Place.unlock: a session that is closed, or breaks now, has let go."""
        session, self._locked_in = self._locked_in, None
        if session is not None and not session.closed:
            with suppress(driver().Error):
                session.execute("SELECT pg_advisory_unlock_all()")
                session.commit()

    def stamp(self, connection: Connection) -> str:
        """See Place.stamp."""
        return str(connection.scalar(text("SELECT pg_current_xact_id()::text")))

    def outcome(self, connection: Connection, stamp: str) -> str:
        """See Place.outcome. A number too old to be known is none of a commit just lost."""
        asked = text("SELECT coalesce(pg_xact_status(CAST(:stamp AS xid8)), 'aborted')")
        return str(connection.scalar(asked, {"stamp": stamp}))

    def copy(self, target: Path) -> None:
        """See Place.copy."""
        self._tools().dump(target)

    def check(self, copy: Path) -> Copy:
        """See Place.check."""
        return self._tools().check(copy)

    def lived_in(self) -> bool:
        """See Place.lived_in; whoever reaches it has been told its name and its password."""
        return True

    @contextmanager
    def alone(self, inscription: str) -> Iterator[None]:
        """See Place.alone: one session holds the lock and does nothing else."""
        engine = self.writing()
        try:
            with engine.begin() as connection:
                self.lock(connection, inscription)
            yield
        finally:
            self.unlock()
            engine.dispose()

    def put_back(self, copy: Path, shelf: Shelf, at: int) -> PutBack:
        """See Place.put_back: the present becomes one more dump; then one transaction replaces it."""
        kept = self._kept(shelf, at) if self._filled() else ""
        self._untouched()
        self._tools().restore(copy)
        return PutBack(kept)

    def _untouched(self) -> None:
        """Raise what `translated` knows where somebody's session stands on a table: pg_restore would wait for ever."""
        engine = self.writing()
        try:
            with engine.begin() as connection:
                there = sorted(schema.metadata.tables.keys() & set(inspect(connection).get_table_names()))
                if there:
                    connection.execute(text(f"LOCK TABLE {', '.join(there)}"))
        finally:
            engine.dispose()

    def _kept(self, shelf: Shelf, at: int) -> str:
        try:
            return str(Backups(self, shelf).make(at, "before-restore"))
        except Unavailable as error:
            raise Unavailable(
                f"{error}. The present could not be kept, so nothing was replaced: make an empty database, name it in "
                f"{self.url.source or 'store.url'}, and restore into that"
            ) from error

    def _filled(self) -> bool:
        engine = self.reading()
        try:
            return bool(inspect(engine).get_table_names())
        finally:
            engine.dispose()

    def _tools(self) -> Tools:
        return Tools(self.name, parameters(self.url))

    def translated(self) -> AbstractContextManager[None]:
        """See Place.translated."""
        return translated(self.name)


def driver() -> Any:
    """The driver's module. Raises ConfigError with the words that install it."""
    try:
        import psycopg
    except ImportError as error:
        install = "`pip install 'tandem-trade-manager[postgres]'` or `uv sync --extra postgres`"
        raise ConfigError((f"store: `use: postgres` needs its driver ({error}); install it: {install}",)) from None
    return psycopg


def parameters(url: Secret) -> dict[str, Any]:
    """What the address says, by libpq's names. Raises ConfigError, which quotes nothing of it."""
    module = driver()
    try:
        return dict(module.conninfo.conninfo_to_dict(url.reveal()))
    except module.ProgrammingError:
        pass  # raised outside of this block: what the driver says quotes the address, and its password with it
    raise ConfigError((f"store: the address in {url.source} can't be read; write special signs in it as %40",))


def key(connection: Connection, purpose: str) -> int:
    """The number of a lock of ours in this database and schema; other programs' locks have others."""
    where = inspect(connection).default_schema_name
    return int.from_bytes(hashlib.sha256(f"tandem {purpose} {where}".encode()).digest()[:8], "big", signed=True)


def _holders(connection: Connection) -> str:
    """Who took each lease last: whoever holds the lock now, or is about to say so."""
    if not inspect(connection).has_table(schema.lease.name):
        return "one that has not said who it is"
    found = connection.scalars(select(schema.lease.c.holder).distinct().order_by(schema.lease.c.holder))
    return "; ".join(found) or "one that has not said who it is"
