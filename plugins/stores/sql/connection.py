"""How SQLite is opened: durable at every commit, one writer at a time, nothing half-begun."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from plugins.stores.sql.files import size, write_ahead_log

IN_MEMORY = ":memory:"
BUSY_SECONDS = 5
READING = "tandem_reading"
"""The execution option of an engine whose transactions only read."""


def writing_engine(path: str) -> Engine:
    """An engine with one connection for good. Every transaction takes the write lock when it begins.

    A lock that is taken later, in the middle, can't wait its turn: SQLite refuses it at once.
    """
    return _engine(path, uri=False)


def reading_engine(path: Path) -> Engine:
    """An engine that neither locks out a writer, nor migrates, nor makes a file.

    Without a write-ahead log nobody has the database open, so it is read as it lies; with one, SQLite must see it.
    """
    mode = "mode=ro" if size(write_ahead_log(path)) else "mode=ro&immutable=1"
    return _engine(f"{path.absolute().as_uri()}?{mode}", uri=True).execution_options(**{READING: True})


def keep_log(connection: Connection) -> None:
    """Switch to the write-ahead log, kept in the file from then on. Call it only on a database known to be ours."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA journal_mode = WAL").fetchall()


def _engine(target: str, *, uri: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        # Used by one thread of ours only; sqlite3's own check would forbid closing it from another when we end.
        driver = sqlite3.connect(target, timeout=BUSY_SECONDS, uri=uri, isolation_level=None, check_same_thread=False)
        driver.execute("PRAGMA synchronous = FULL")
        driver.execute("PRAGMA foreign_keys = ON")
        return driver

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """sqlite3 begins nothing by itself (isolation_level None), so that a transaction is what SQLAlchemy says it is."""
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
