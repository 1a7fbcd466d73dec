"""Copies of a SQLite database: made while it is written to, checked line by line, put back in its place."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import select

from plugins.stores.sql import schema
from plugins.stores.sql.connection import BUSY_SECONDS, reading_address, reading_engine, whole
from plugins.stores.sql.faults import Damaged, damaged, translated
from plugins.stores.sql.files import PRIVATE, size, sync_directory
from plugins.stores.sql.lines import verify
from plugins.stores.sql.opening import filled_form, salt_of
from plugins.stores.sql.place import Copy, PutBack
from plugins.stores.sql.reading import lines
from plugins.stores.sql.salvage import salvage
from ports.errors import Stopped, TandemError

COMPANIONS = ("-wal", "-shm")
"""What SQLite keeps beside a database that is open, or whose process died."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


def copy(source: Path, target: Path) -> None:
    """Everything committed so far into a new private file, by SQLite's own online backup. Writers go on meanwhile."""
    if not size(source):
        raise Stopped(
            f"store {source}: there is no such database to copy; start the service once, or name another file"
        )
    os.close(os.open(target, _NEW, PRIVATE))
    with (
        closing(sqlite3.connect(reading_address(source), uri=True, timeout=BUSY_SECONDS)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        reading.backup(writing)
        # A copy is one file: without this it would want a log beside it as soon as somebody looks into it.
        writing.execute("PRAGMA journal_mode = DELETE")
        found = [row[0] for row in writing.execute("PRAGMA quick_check(3)")]
    if found != ["ok"]:
        raise damaged(str(source), "; ".join(found))
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def check(path: Path) -> Copy:
    """What the copy is. Raises Stopped unless it is whole, ours, known, each line as it was written."""
    if not size(path):
        raise damaged(str(path), "empty or gone")
    engine = reading_engine(path)
    try:
        with engine.begin() as connection:
            whole(connection, str(path))
            form, salt = filled_form(connection, str(path)), salt_of(connection)
            verify(str(path), connection.execute(lines().order_by(schema.journal.c.seq)))
            known = connection.execute(select(schema.trade.c.account, schema.trade.c.trade))
            trades = frozenset((row.account, row.trade) for row in known)
    finally:
        engine.dispose()
    return Copy(form, salt, trades)


def put_back(backup: Path, path: Path, aside: Path) -> PutBack:
    """Replace the database at *path*, which nobody has open, by *backup*, and keep it *aside*.

    At every moment there is a whole database at *path*, unless the old one was damaged already. Of a damaged one the
    newer lines that it still proves are kept too.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # As SQLite reads it: what somebody took of a machine that died has half of its lines in the log beside it.
        copy(backup, fresh)
        salvaged = _salvaged(path, fresh)
        kept = _keep(path, aside)
        fresh.rename(path)
        sync_directory(path.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return PutBack(str(aside) if kept else "", salvaged)


def _salvaged(path: Path, fresh: Path) -> int:
    """Nobody puts a backup over a whole store to keep what is newer; who does over a damaged one wants all there is."""
    if not size(path) or _undamaged(path):
        return 0
    added = salvage(path, fresh)
    check(fresh)
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    return added


def _undamaged(path: Path) -> bool:
    try:
        with translated(str(path)):
            check(path)
    except Damaged:
        return False
    except TandemError:
        return True  # another program's, or a newer Tandem's: none of its lines are ours to take
    return True


def _keep(path: Path, aside: Path) -> bool:
    """The present file under a second name. A log left beside the new one would be played into it."""
    kept = size(path) > 0
    if kept:
        _fold_log(path)
        os.link(path, aside)
    for companion in COMPANIONS:
        beside = Path(f"{path}{companion}")
        if beside.exists():
            beside.rename(f"{aside}{companion}")
            kept = True
    return kept


def _fold_log(path: Path) -> None:
    """Carry the log into its file, if both are sound; a damaged one is kept as it lies."""
    if _sound(path):
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as folding:
            folding.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(reading_address(path), uri=True)) as reading:
            return [row[0] for row in reading.execute("PRAGMA quick_check(1)")] == ["ok"]
    except sqlite3.Error:
        return False
