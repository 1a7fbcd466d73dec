"""What the database says when the disk or another process is in the way, and that nothing is left by halves."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from plugins.stores.sql import writing
from plugins.stores.sql.opening import open_for_writing
from plugins.stores.sql.reading import Reading
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.worker import Worker
from ports.contract.samples import filled, opened
from ports.errors import Unavailable
from ports.persistence import Batch

ONE = Batch(records=(opened(),))


async def worker(path: Path, pragma: str) -> Worker:
    """An open worker whose database has this pragma set."""
    place = SqliteFile(str(path))

    def connect() -> Engine:
        engine = open_for_writing(place, _no_upgrade)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        return engine

    made = Worker(place, connect)
    await made.open()
    return made


def _no_upgrade(engine: Engine, found: int) -> None:
    raise AssertionError(engine, found)


async def test_locked_database_is_unavailable(tmp_path: Path) -> None:
    """Another writer holds it: try again (F46)."""
    made = await worker(tmp_path / "t.db", "busy_timeout = 0")
    other = sqlite3.connect(tmp_path / "t.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match=r"t\.db: another process holds it locked"):
        await made.write(writing.append, ONE, (), 0)
    other.execute("ROLLBACK")
    other.close()
    await made.write(writing.append, ONE, (), 0)

    assert await made.read(Reading("t").live, "main") == ONE.records
    await made.close()


async def test_full_disk_is_unavailable_and_mends(tmp_path: Path) -> None:
    """All of a batch or nothing; when there is room again the same batch goes through (F45)."""
    made = await worker(tmp_path / "t.db", "max_page_count = 40")
    big = Batch(records=tuple(filled(f"{number:0900}", number) for number in range(200)))
    with pytest.raises(Unavailable, match="the disk is full"):
        await made.write(writing.append, big, (), 0)
    assert await made.read(Reading("t").executions, "main", None) == ()
    await made.write(_room, 10_000)
    await made.write(writing.append, big, (), 0)

    assert len(await made.read(Reading("t").executions, "main", None)) == 200
    await made.close()


def _room(connection: Connection, pages: int) -> None:
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


async def test_transaction_that_raises_leaves_nothing(tmp_path: Path) -> None:
    """A bug of ours in the middle of a batch is no half batch."""
    made = await worker(tmp_path / "t.db", "busy_timeout = 0")
    with pytest.raises(ZeroDivisionError):
        await made.write(_append_and_fail)

    assert await made.read(Reading("t").live, "main") == ()
    await made.close()


def _append_and_fail(connection: Connection) -> None:
    writing.append(connection, ONE, (), 0)
    raise ZeroDivisionError
