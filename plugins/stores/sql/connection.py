"""How SQLite is opened: durable at every commit, one writer at a time, nothing half-begun."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from plugins.stores.sql.faults import damaged
from plugins.stores.sql.files import size, write_ahead_log
from plugins.stores.sql.place import READING

IN_MEMORY = ":memory:"
BUSY_SECONDS = 5

Factory = type[sqlite3.Connection]


def writing_engine(path: str, factory: Factory = sqlite3.Connection) -> Engine:
    """An engine with one connection for good. Every transaction takes the write lock when it begins.

    A lock that is taken later, in the middle, can't wait its turn: SQLite refuses it at once.
    """
    return _engine(path, uri=False, factory=factory)


def reading_engine(path: Path, factory: Factory = sqlite3.Connection) -> Engine:
    """An engine that neither locks out a writer, nor migrates, nor makes a file."""
    return _engine(reading_address(path), uri=True, factory=factory).execution_options(**{READING: True})


def reading_address(path: Path) -> str:
    """Without a write-ahead log nobody has it open, so it is read as it lies; with one, SQLite must see the log."""
    mode = "mode=ro" if size(write_ahead_log(path)) else "mode=ro&immutable=1"
    return f"{path.absolute().as_uri()}?{mode}"


def keep_log(connection: Connection) -> None:
    """Switch to the write-ahead log, kept in the file from then on. Call it only on a database known to be ours."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA journal_mode = WAL").fetchall()


def whole(connection: Connection, name: str) -> None:
    """Raise Stopped unless every page of the file is sound."""
    found = list(connection.exec_driver_sql("PRAGMA quick_check(3)").scalars())
    if found != ["ok"]:
        raise damaged(name, "; ".join(str(one) for one in found))


def _engine(target: str, *, uri: bool, factory: Factory) -> Engine:
    def connect() -> sqlite3.Connection:
        # Used by one thread of ours only; sqlite3's own check would forbid closing it from another when we end.
        driver = sqlite3.connect(
            target, timeout=BUSY_SECONDS, uri=uri, isolation_level=None, check_same_thread=False, factory=factory
        )
        try:
            driver.execute("PRAGMA synchronous = FULL")
            driver.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            driver.close()
            raise
        return driver

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """sqlite3 begins nothing by itself (isolation_level None), so that a transaction is what SQLAlchemy says it is."""
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
