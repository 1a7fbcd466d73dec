"""One process per store, on both back ends: a second one is refused, a first one that was taken over stops."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy.exc import OperationalError

from plugins.stores.sql import schema
from plugins.stores.sql.lease import begin_epochs, check
from plugins.stores.sql.place import Place
from plugins.stores.sql.postgres import PostgresDatabase
from ports.contract.samples import filled, opened, told
from ports.errors import Stopped, Unavailable
from ports.persistence import Batch
from tests.plugins.stores.sql.grounds import Ground, on_postgres, on_sqlite
from tests.plugins.stores.sql.server import Server, name_of, place

ROOT = Path(__file__).resolve().parents[4]
ONE = Batch(records=(opened(),))
TWO = Batch(records=(filled("a", 1),), alerts=(told("x"),))
WAITS = "SELECT 1 FROM pg_stat_activity WHERE datname = '{}' AND wait_event = 'PgSleep'"

pytestmark = pytest.mark.integration


async def test_second_instance_is_refused_by_name(ground: Ground) -> None:
    """It learns which process holds the lease, and changes nothing (rel:F44, J2)."""
    first = await ground.held("tandem run paper.yaml")
    second = await ground.store()
    with pytest.raises(Stopped, match=rf"pid {os.getpid()} on .* \(tandem run paper\.yaml; accounts main\)"):
        await second.acquire(["mirror"], "tandem run")
    await first.append(ONE)

    assert await first.live("main") == ONE.records


def test_nobody_takes_over_in_the_middle_of_a_commit(server: Server) -> None:
    """rel:F44, rel:I15: the look and the write are one: who comes in between waits until the write has ended."""
    where = place(server.fresh())
    first, second = where.writing(), where.writing()
    with first.connect() as ours, second.connect() as theirs:
        schema.tables("postgresql").create_all(ours)
        held = begin_epochs(ours, ["main"], "first", 1)
        ours.commit()
        check(ours, "t", held, until_the_end=True)
        theirs.exec_driver_sql("SET lock_timeout = '50ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            begin_epochs(theirs, ["main"], "second", 2)
        theirs.rollback()
        ours.commit()
        assert begin_epochs(theirs, ["main"], "second", 2).epochs == {"main": 2}
    for engine in (first, second):
        engine.dispose()


async def test_the_lock_of_one_that_was_killed_just_now_is_waited_for(server: Server, tmp_path: Path) -> None:
    """rel:F43, rel:F44: a service manager starts it anew before the server has noticed: no "another instance"."""
    ground = on_postgres(server, tmp_path)
    store = await ground.store()
    url = cast("PostgresDatabase", store.place).url.reveal()
    with place(url).alone("killed just now"):
        taking = asyncio.create_task(store.acquire(["main"], "next"))
        async with asyncio.timeout(60):
            while not server.say(WAITS.format(name_of(url))):  # noqa: ASYNC110 - the server says it, no event does
                await asyncio.sleep(0)
    await taking

    await store.append(ONE)
    assert await store.live("main") == ONE.records
    await store.close()


async def test_what_was_given_back_can_be_taken(ground: Ground) -> None:
    """By release and by close alike."""
    first = await ground.held("first")
    await first.release()
    second = await ground.held("second")
    await second.close()

    third = await ground.held("third")
    await third.append(ONE)
    assert await third.live("main") == ONE.records


async def test_what_was_given_back_is_no_longer_held(ground: Ground) -> None:
    """rel:F44, J2: whoever gave it back and asks again, in the same session, is refused while another has it."""
    first = await ground.held("first")
    await first.release()
    await ground.held("second")

    with pytest.raises(Stopped, match="second"):
        await first.acquire(["main"], "first")


async def test_a_lock_given_back_leaves_nothing_begun(server: Server, tmp_path: Path) -> None:
    """rel:F46: else the server ends the session ten seconds later, which is not closed yet."""
    ground = on_postgres(server, tmp_path)
    store = await ground.held("first")
    url = cast("PostgresDatabase", store.place).url.reveal()
    await store.release()
    state = server.say(f"SELECT state FROM pg_stat_activity WHERE datname = '{name_of(url)}'")  # noqa: S608
    await store.close()

    assert state == [("idle",)]


async def test_paused_instance_that_was_taken_over_stops(ground: Ground) -> None:
    """It writes nothing more and says who took over: by what it stores, and by its idle look (rel:F44, rel:I15)."""
    first = await ground.held("first")
    await first.append(ONE)
    ground.lose()
    second = await ground.held("second")

    for attempt in (lambda: first.append(TWO), lambda: first.remember("cursor", "7"), lambda: first.due("chat", 0)):
        with pytest.raises(Stopped, match=r"account main was taken over by pid .*second.*epoch 2, ours was 1"):
            await insisting(attempt)
    assert await second.live("main") == ONE.records
    assert await second.recall("cursor") is None


async def test_same_epoch_of_another_process_is_another_lease(ground: Ground) -> None:
    """After an old backup was put back epochs repeat: who holds it counts too (rel:F44)."""
    first = await ground.held("first")
    ground.lose()
    second = await ground.held("second")
    await second.close()
    rewrite(ground.place(), "UPDATE lease SET epoch = 1")

    with pytest.raises(Stopped, match=r"taken over by pid .*second"):
        await insisting(lambda: first.append(ONE))


def rewrite(place: Place, statement: str) -> None:
    """Change what is stored behind the store's back."""
    engine = place.writing()
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


async def test_connection_that_broke_while_idle_is_no_trouble_for_a_read(server: Server, tmp_path: Path) -> None:
    """A read is asked again by itself: screens and status go on (rel:F46)."""
    ground = on_postgres(server, tmp_path)
    store = await ground.held("first")
    await store.append(ONE)
    ground.lose()

    assert await store.live("main") == ONE.records
    await store.close()


async def test_lease_is_given_back_to_a_server_that_is_gone(server: Server, tmp_path: Path) -> None:
    """A service that stops while its database is away ends in order: the lock went with the connection."""
    ground = on_postgres(server, tmp_path)
    store = await ground.held("first")
    ground.lose()
    await store.release()
    await store.close()

    second = await ground.held("second")
    await second.append(ONE)
    assert await second.live("main") == ONE.records
    await second.close()


async def insisting(attempt: Callable[[], object]) -> None:
    """Try as the service does: Unavailable is tried again."""
    for _ in range(3):
        try:
            await attempt()  # type: ignore[misc]
        except Unavailable:
            continue
        return


async def test_lease_that_nobody_took_is_kept(ground: Ground) -> None:
    """A broken connection is no lost lease: the next write goes through (rel:F46)."""
    first = await ground.held("first")
    ground.lose()
    await insisting(lambda: first.append(ONE))

    assert await first.live("main") == ONE.records


async def test_every_line_says_under_which_lease_it_was_written(ground: Ground) -> None:
    """rel:F44: the epoch in every line; 0 without a lease."""
    first = await ground.store()
    await first.append(ONE)
    await first.acquire(["main"], "first")
    await first.acquire(["main"], "first")
    await first.append(TWO)
    await first.close()

    assert epochs(ground.place()) == [0, 2]


def epochs(place: Place) -> list[int]:
    """The epoch of every line."""
    engine = place.reading()
    with engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT epoch FROM journal ORDER BY seq").scalars().all()
    engine.dispose()
    return list(found)


async def test_session_that_the_server_still_keeps_is_waited_for(server: Server, tmp_path: Path) -> None:
    """Connected anew while the server holds the lock for our dead session: try again, nothing is written meanwhile."""
    ground = on_postgres(server, tmp_path)
    store = await ground.held("first")
    ghost = place(cast("PostgresDatabase", store.place).url.reveal())
    ground.lose()
    with ghost.alone("a dead session"):
        with pytest.raises(Unavailable, match=r"connection lost|going down"):
            await store.append(ONE)
        with pytest.raises(Unavailable, match="connected anew, and the lock is still held by pid"):
            await store.append(ONE)
    await store.append(ONE)

    assert await store.live("main") == ONE.records
    await store.close()


SERVICE = """
accounts: {main: {use: paper, balance: 10000}}
notifiers: [{use: file, path: var/alerts.jsonl}]
venue: {state: ':memory:', every_ms: 50}
"""


async def test_service_that_was_taken_over_ends_and_says_by_whom(tmp_path: Path) -> None:
    """Exit 1 and the reason in words, within its idle look of 5 s; no traceback (rel:F44)."""
    (tmp_path / "t.yaml").write_text(SERVICE)
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, ROOT / "app.py", "run", "t.yaml"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert run.stdout is not None
    assert b"runs" in await run.stdout.readline()
    ground = on_sqlite(tmp_path / "var")
    ground.lose()
    other = await ground.held("the other one")
    _, said = await run.communicate()
    await other.close()

    assert run.returncode == 1
    assert "account main was taken over by pid" in said.decode()
    assert "the other one" in said.decode()
    assert "Traceback" not in said.decode()
