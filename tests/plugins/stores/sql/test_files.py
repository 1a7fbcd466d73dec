"""A database on disk: private, held by one, checked before it is touched, read by others without a trace."""

import asyncio
import fcntl
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from plugins.stores.sql import schema
from plugins.stores.sql.files import LockFile
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import TRADE, filled, opened, paused, report, told
from ports.errors import Stopped, Unavailable
from ports.persistence import Batch

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database will be; its directory is missing."""
    return tmp_path / "var" / "tandem.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqlStore]:
    """A started store."""
    store = SqlStore(SqliteFile(str(path)), now=lambda: 1_577_836_800_000)
    await store.start()
    yield store
    await store.close()


def mode(path: Path) -> int:
    """Permission bits."""
    return path.stat().st_mode & 0o777


def contents(directory: Path) -> dict[str, bytes]:
    """Every file with every byte."""
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def edited(path: Path, *statements: str) -> dict[str, bytes]:
    """Change the database behind the store's back; what the directory holds afterwards."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return contents(path.parent)


def put(path: Path, data: bytes) -> dict[str, bytes]:
    """Write a file of these bytes; what the directory holds afterwards."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return contents(path.parent)


def widen(path: Path) -> None:
    """Let everybody read it."""
    path.chmod(0o644)


def link(path: Path, target: Path) -> None:
    """A symbolic link to an empty file."""
    put(target, b"")
    path.parent.mkdir()
    path.symlink_to(target)


async def refusal(store: SqlStore) -> str:
    """Why the store does not start."""
    with pytest.raises(Stopped) as caught:
        await store.start()
    await store.close()
    return str(caught.value)


async def closed_store(path: Path) -> None:
    """A database with one live trade, closed in order."""
    store = SqlStore(SqliteFile(str(path)))
    await store.start()
    await store.append(Batch(records=(opened(), filled("a", 1), paused()), alerts=(told("x"),)))
    await store.close()


async def test_files_are_private_whatever_the_umask(path: Path) -> None:
    """Directory 0700, database, log, index and lock 0600 (S15)."""
    before = os.umask(0)
    try:
        store = SqlStore(SqliteFile(str(path)))
        await store.start()
        await store.acquire(["main"], "service")
        await store.append(Batch(records=(opened(),)))
        modes = {name: mode(path.parent / name) for name in contents(path.parent)}
        await store.close()
    finally:
        os.umask(before)

    assert mode(path.parent) == 0o700
    assert modes == dict.fromkeys(("tandem.db", "tandem.db-wal", "tandem.db-shm", "tandem.db.lock"), 0o600)


async def test_readable_database_is_made_private(path: Path) -> None:
    """One that was copied in with wide permissions does not keep them."""
    await closed_store(path)
    widen(path)
    store = SqlStore(SqliteFile(str(path)))
    await store.start()
    await store.close()

    assert mode(path) == 0o600


def test_every_commit_waits_for_the_disk(path: Path) -> None:
    """FULL, or the last commits would be lost with the power (rel:P4)."""
    path.parent.mkdir()
    engine = SqliteFile(str(path)).writing()
    with engine.connect() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")]
    engine.dispose()

    assert found == [2, "wal"]


async def test_link_is_refused(path: Path, tmp_path: Path) -> None:
    """A link could lead the journal anywhere (S15)."""
    link(path, tmp_path / "elsewhere")

    assert str(path) in await refusal(SqlStore(SqliteFile(str(path))))
    assert contents(path.parent) == {"tandem.db": b""}


async def test_second_instance_is_refused_by_name(store: SqlStore, path: Path) -> None:
    """It learns who holds the lease: process, host, since when (F44, J2)."""
    await store.acquire(["main", "mirror"], "tandem run paper.yaml")
    second = SqlStore(SqliteFile(str(path)))
    await second.start()

    with pytest.raises(Stopped) as caught:
        await second.acquire(["mirror"], "tandem run")
    await second.close()

    told_by = f"pid {os.getpid()} on {os.uname().nodename} since 2020-01-01T00:00:00.000Z"
    assert told_by in str(caught.value)
    assert "tandem run paper.yaml; accounts main, mirror" in str(caught.value)


@pytest.mark.parametrize("how", ["moved", "replaced", "deleted", "its folder is a file"])
async def test_file_that_is_gone_from_its_name_is_written_no_more(how: str, store: SqlStore, path: Path) -> None:
    """A backup copied by hand under a running service: what that writes would be lost, so it stops (rel:F47)."""
    await store.acquire(["main"], "service")
    swap(path, how)
    with pytest.raises(Stopped, match=r"moved, replaced or deleted under the running service.*tandem restore"):
        await store.append(Batch(records=(opened(),)))


def swap(path: Path, how: str) -> None:
    """Do to the database what people do."""
    aside = path.with_name("aside.db")
    aside.write_bytes(path.read_bytes())
    match how:
        case "moved":
            path.rename(path.with_name("other.db"))
        case "replaced":
            aside.replace(path)
        case "its folder is a file":
            path.parent.rename(path.parent.with_name("apart"))
            path.parent.touch()
        case _:
            path.unlink()


async def test_disk_that_does_not_even_tell_is_waited_for(store: SqlStore, path: Path) -> None:
    """rel:F45: a mount that hangs on a dead link: refused and tried again, no end of the service; then it goes on."""
    await store.acquire(["main"], "service")
    apart = path.parent.rename(path.parent.with_name("apart"))
    path.parent.symlink_to(path.parent)
    with pytest.raises(Unavailable, match="check the disk and the directory"):
        await store.append(Batch(records=(opened(),)))
    path.parent.unlink()
    apart.rename(path.parent)
    await store.append(Batch(records=(opened(),)))

    assert await store.live("main") == (opened(),)


def test_lock_on_a_full_disk_is_held_all_the_same(tmp_path: Path) -> None:
    """rel:F45, rel:F44: who holds it can't be written down; what then fails says that the disk is full."""
    (soft, hard), lock = resource.getrlimit(resource.RLIMIT_FSIZE), LockFile(tmp_path / "t.lock")
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        lock.take("service")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with pytest.raises(Stopped, match="has not said who it is"):
        LockFile(tmp_path / "t.lock").take("second")
    lock.give_back()


def test_lock_that_can_not_be_emptied_is_given_back(tmp_path: Path) -> None:
    """rel:F45: the disk became read-only, or there is no emptying a pipe: the exit raised, and the rest was skipped."""
    os.mkfifo(tmp_path / "t.lock")
    lock = LockFile(tmp_path / "t.lock")
    lock.take("service")
    lock.give_back()
    second = LockFile(tmp_path / "t.lock")
    second.take("second")

    with (tmp_path / "t.lock").open("r+b", buffering=0) as third, pytest.raises(BlockingIOError):
        fcntl.flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)
    second.give_back()


async def test_lease_given_back_can_be_taken(store: SqlStore, path: Path) -> None:
    """After a stop in order nothing needs to be cleaned up, and each holder is a later epoch."""
    await store.acquire(["main"], "first")
    await store.release()
    second = SqlStore(SqliteFile(str(path)))
    await second.start()
    await second.acquire(["main"], "second")
    await second.close()

    connection = sqlite3.connect(path)
    ((account, holder, epoch),) = connection.execute("SELECT account, holder, epoch FROM lease").fetchall()
    connection.close()
    assert (account, epoch) == ("main", 2)
    assert "(second; accounts main)" in holder


KILLED = """
import asyncio, os, sys
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import filled, opened
from ports.persistence import Batch

async def main(path):
    store = SqlStore(SqliteFile(path))
    await store.start()
    await store.acquire(["main"], "doomed")
    await store.append(Batch(records=(opened(),)))
    for number in range(20):
        await store.append(Batch(records=(filled(str(number), number),)))
        print(number, flush=True)
    os.kill(os.getpid(), 9)

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.integration
def test_kill_loses_nothing_that_was_acknowledged(path: Path) -> None:
    """After kill -9 right behind an append, every line is there, the lease is free, nothing needs mending (F43)."""
    command = [sys.executable, "-c", KILLED, str(path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == -9, run.stderr

    assert asyncio.run(lines_under_a_new_lease(path)) == 1 + len(run.stdout.split()) == 21


async def lines_under_a_new_lease(path: Path) -> int:
    """How many journal lines the next process finds."""
    store = SqlStore(SqliteFile(str(path)))
    await store.start()
    await store.acquire(["main"], "next")
    found = await store.live("main")
    await store.close()
    return len(found)


async def test_garbage_is_not_opened(path: Path) -> None:
    """The message names the file, what was found and what would mend it; not a byte changes (F47)."""
    before = put(path, b"these are not the pages you are looking for " * 200)
    message = await refusal(SqlStore(SqliteFile(str(path))))

    assert str(path) in message
    assert "file is not a database" in message
    assert "tandem restore" in message
    assert contents(path.parent) == before


async def test_torn_page_is_found_before_anything_is_written(path: Path) -> None:
    """quick_check reads every page at start (F47)."""
    await closed_store(path)
    before = put(path, contents(path.parent)[path.name][:-4096] + b"\xff" * 4096)

    assert "damaged" in await refusal(SqlStore(SqliteFile(str(path))))
    assert contents(path.parent) == before


async def test_lost_database_beside_its_log_is_noticed(path: Path) -> None:
    """SQLite would throw the log away with what was committed to it."""
    await closed_store(path)
    os.truncate(path, 0)
    before = put(path.with_name("tandem.db-wal"), b"committed lines")

    assert "put the database back" in await refusal(SqlStore(SqliteFile(str(path))))
    assert contents(path.parent) == before


async def test_newer_schema_is_refused(path: Path) -> None:
    """An old program must not write what it does not understand."""
    await closed_store(path)
    newer, known = schema.SCHEMA + 1, schema.SCHEMA
    before = edited(path, f"UPDATE meta SET value = '{newer}' WHERE name = 'schema'")  # noqa: S608 - our own number
    refused = await refusal(SqlStore(SqliteFile(str(path))))

    assert f"made by a newer Tandem (schema {newer}, this one knows {known})" in refused
    assert contents(path.parent) == before


async def test_database_of_another_program_is_left_alone(path: Path) -> None:
    """A wrong path in the configuration must not put our tables into somebody's data."""
    path.parent.mkdir()
    before = edited(path, "CREATE TABLE recipes (name TEXT)")

    assert "a database of another program (recipes)" in await refusal(SqlStore(SqliteFile(str(path))))
    assert contents(path.parent) == before


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE journal SET payload = replace(payload, '0.010', '0.011') WHERE seq = 2",
        "UPDATE journal SET at = at + 1 WHERE seq = 1",
        "DELETE FROM journal WHERE seq = 1",
        "UPDATE journal SET payload = 'nothing' WHERE seq = 2",
    ],
)
async def test_changed_history_is_noticed(path: Path, edit: str) -> None:
    """Each line is chained to the one before: an edited number or a missing line stops the start (S16, rel:P8)."""
    await closed_store(path)
    edited(path, edit)
    store = SqlStore(SqliteFile(str(path)))
    await store.start()
    with pytest.raises(Stopped, match=r"tandem\.db: damaged: journal line \d of main"):
        await store.live("main")
    await store.close()


async def test_history_of_closed_trades_is_not_read_at_start(path: Path) -> None:
    """A broken line of a trade that ended long ago stops nobody: start-up does not grow with history."""
    await closed_store(path)
    store = SqlStore(SqliteFile(str(path)))
    await store.start()
    await store.append(Batch(closed=(report(),)))
    await store.close()
    edited(path, "UPDATE journal SET payload = 'nothing' WHERE seq = 2")
    await store.start()

    assert await store.live("main") == (paused(),)
    with pytest.raises(Stopped, match="journal line 2"):
        await store.trade("main", TRADE)
    await store.close()


async def test_unwritable_place_is_said(path: Path) -> None:
    """A file where the directory should be: the message names the path."""
    put(path.parent, b"in the way")

    assert str(path) in await refusal(SqlStore(SqliteFile(str(path))))


async def test_store_that_is_not_open_says_so(path: Path) -> None:
    """Before start and after close, calls are refused, not lost."""
    with pytest.raises(Unavailable, match="not open"):
        await SqlStore(SqliteFile(str(path))).append(Batch())


async def test_reader_leaves_no_trace_of_itself(path: Path) -> None:
    """After a clean stop: reads all, makes no file, changes no byte, takes no lock."""
    await closed_store(path)
    before = contents(path.parent)
    reader = SqlStore.reader(SqliteFile(str(path)))
    await reader.start()
    lines = await reader.live("main")
    during = contents(path.parent)
    await reader.close()

    assert lines == (opened(), filled("a", 1), paused())
    assert contents(path.parent) == during == before


async def test_reader_sees_what_the_running_service_writes(store: SqlStore, path: Path) -> None:
    """Beside the service, which goes on writing and keeps its lease."""
    await store.acquire(["main"], "service")
    await store.append(Batch(records=(opened(),)))
    reader = SqlStore.reader(SqliteFile(str(path)))
    await reader.start()
    first = await reader.live("main")
    await store.append(Batch(records=(filled("a", 1),)))
    second = await reader.live("main")
    await reader.close()

    assert (first, second) == ((opened(),), (opened(), filled("a", 1)))


async def test_reader_writes_nothing(path: Path) -> None:
    """Acting is the service's business."""
    await closed_store(path)
    reader = SqlStore.reader(SqliteFile(str(path)))
    await reader.start()
    with pytest.raises(Stopped, match="opened for reading only"):
        await reader.append(Batch(records=(opened(),)))
    with pytest.raises(Stopped, match="opened for reading only"):
        await reader.acquire(["main"], "me")
    await reader.close()

    assert list(contents(path.parent)) == [path.name]


async def test_reader_does_not_make_a_missing_store(path: Path) -> None:
    """A typo in a path is no new database."""
    assert "there is no such database" in await refusal(SqlStore.reader(SqliteFile(str(path))))
    assert list(contents(path.parent.parent)) == []


def test_lock_text_of_the_dead_does_not_lock(tmp_path: Path) -> None:
    """What counts is the lock, not the text that a killed process left."""
    (tmp_path / "a.lock").write_text("pid 1 on elsewhere")
    lock = LockFile(tmp_path / "a.lock")
    lock.take("me")

    assert (tmp_path / "a.lock").read_text() == "me\n"
    lock.give_back()
    assert (tmp_path / "a.lock").read_text() == ""
