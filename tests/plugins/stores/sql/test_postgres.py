"""The SQL store on a real PostgreSQL server: the shared contract, the lock, the words when something is wrong."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from plugins.stores.sql import PostgresSettings, tandem_stores
from plugins.stores.sql.backups import Backups
from plugins.stores.sql.postgres_backup import Tools
from plugins.stores.sql.postgres_session import Silent, heard
from plugins.stores.sql.restoring import restore
from plugins.stores.sql.shelf import Shelf
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import filled, opened, paused
from ports.contract.store import DurableStoreContract
from ports.errors import Stopped, Unavailable
from ports.persistence import Batch, Store
from ports.secret import Secret
from tests.plugins.stores.sql.server import KEYED, Server, name_of, place

WAITED = ("statement", "lock", "idle_in_transaction_session")
ROOT = Path(__file__).resolve().parents[4]

pytestmark = pytest.mark.integration


async def started(url: str, *notifiers: str) -> SqlStore:
    """A store at this address."""
    store = SqlStore(place(url), notifiers=notifiers)
    await store.start()
    return store


class TestPostgresStore(DurableStoreContract):
    """The shared contract, on a database of its own for each test."""

    @pytest.fixture(autouse=True)
    def _place(self, server: Server) -> None:
        self.url = server.fresh()

    async def opened(self, notifiers: tuple[str, ...]) -> Store:
        """A new database."""
        return await started(self.url, *notifiers)

    async def again(self, store: Store) -> Store:
        """The same database."""
        await store.close()
        return await self.opened(("first", "second"))


def test_building_imports_no_driver_and_connects_nowhere() -> None:
    """`use: postgres` is offered; whoever doesn't use it needs no driver."""
    code = (
        "import sys\n"
        "from plugins.stores.sql import PostgresSettings, build\n"
        "from ports.secret import Secret\n"
        "store = build(PostgresSettings(url=Secret('postgresql://u:hush@nowhere.invalid/db')))\n"
        "print(store.place.name, 'psycopg' in sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout.split() == ["postgresql://nowhere.invalid/db", "False"]
    assert [adapter.name for adapter in tandem_stores()] == ["sqlite", "postgres"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("mysql://u:hush@h/db", "must be an address such as"),
        ("postgresql://u:hu@sh@h/db", "%40"),
        ("postgresql://u:hush@h:port/db", "no readable host and port"),
        ("postgresql://u:hu sh@h/db", "%20"),
    ],
)
def test_bad_address_is_told_without_its_password(url: str, found: str) -> None:
    """Where it was read from is said, and nothing that stands in it."""
    with pytest.raises(ValidationError) as caught:
        PostgresSettings(url=Secret(url, "!env TANDEM_DB"))

    assert found in str(caught.value)
    assert "!env TANDEM_DB" in str(caught.value)
    assert "hush" not in str(caught.value)


async def test_password_opens_the_server_and_is_seen_nowhere(server: Server, tmp_path: Path) -> None:
    """Not in a message, nor in a command line: pg_dump and pg_restore get it another way (S1)."""
    password = "hush @:/?% \\hush"
    url = server.with_password(KEYED, password)
    backups = Backups(place(url), Shelf(folder=tmp_path, stem="t", suffix=".dump"))
    store = await started(url)
    await store.append(Batch(records=(opened(),)))
    made = backups.make(0)
    await store.close()
    restore(place(url), backups.shelf, made, "tandem restore", 1)
    wrong = SqlStore(place(url.replace("hush", "rush")))
    with pytest.raises(Unavailable, match="password authentication failed") as caught:
        await wrong.start()

    assert "hush" not in str(caught.value)
    assert "rush" not in str(caught.value)
    store = await started(url)
    assert await store.live("main") == (opened(),)
    await store.close()


async def test_a_schema_of_its_own_is_enough(server: Server, tmp_path: Path) -> None:
    """Two stores in one database, each in a schema: apart in tables, lock and dumps."""
    url = server.fresh()
    ours, theirs = (f"{url}&options=-csearch_path%3D{name}" for name in ("ours", "theirs"))
    for name in ("ours", "theirs"):
        server.say(f"CREATE SCHEMA {name}", name_of(url))
    first, second = await started(ours), await started(theirs)
    await first.acquire(["main"], "first")
    await second.acquire(["main"], "second")
    await second.append(Batch(records=(opened(),)))
    shelf = Shelf(folder=tmp_path, stem="t", suffix=".dump")
    made = Backups(place(theirs), shelf).make(0)
    await second.append(Batch(records=(paused(),)))
    await second.close()
    restore(place(theirs), shelf, made, "tandem restore", 1)
    second = await started(theirs)

    assert (await first.live("main"), await second.live("main")) == ((), (opened(),))
    await first.close()
    await second.close()


async def test_a_first_cut_may_bring_more_than_a_statement_takes(server: Server) -> None:
    """A week of executions in one batch, told twice: the server takes 65,535 values in a statement."""
    store = await started(server.fresh())
    batch = Batch(records=tuple(filled(str(number), number) for number in range(22_000)))
    await store.append(batch)
    await store.append(batch)
    found = await store.executions("main")
    await store.close()

    assert len(found) == 22_000


async def test_every_statement_is_planned_for_what_it_asks(server: Server) -> None:
    """A plan for any list compares each line with each of it: a week's executions, told again, took 20 s."""
    store = await started(server.fresh())
    for number in range(20):
        await store.append(Batch(records=(filled(str(number), number),)))
    plans = "SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements WHERE parameter_types <> '{}'"
    custom, generic = await store._worker.read(lambda connection: connection.execute(text(plans)).one())  # noqa: SLF001
    await store.close()

    assert (custom > 20, generic) == (True, 0)


def test_password_is_in_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every user of a machine can read those (S1)."""
    program = tmp_path / "pg_dump"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/words; printf %s "$PGPASSWORD" > {tmp_path}/secret\n'
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    Tools("db", {"host": "h", "user": "u", "password": "hush"}).dump(tmp_path / "d")

    assert "host=h" in (tmp_path / "words").read_text()
    assert "hush" not in (tmp_path / "words").read_text()
    assert (tmp_path / "secret").read_text() == "hush"


def test_a_dump_of_a_server_that_stands_still_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """rel:F46, rel:P7: nobody is told of a backup that is never over, and none is made after it."""
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    tools = Tools("db", {"host": "h"})
    tools.ends_within = 0.2

    with pytest.raises(Unavailable, match=r"store db: pg_dump has not done within 0.2 s"):
        tools.dump(tmp_path / "d")


async def test_no_server_is_unavailable(tmp_path: Path) -> None:
    """A server that isn't up yet: said plainly, and worth another try."""
    store = SqlStore(place(f"postgresql://tandem@/db?host={tmp_path}"))
    with pytest.raises(Unavailable, match="not reached; check that it runs"):
        await store.start()
    await store.close()


async def test_every_commit_waits_for_the_disk(server: Server) -> None:
    """Whatever the server's own settings: what is acknowledged is there, and nothing takes for ever."""
    url = server.fresh()
    server.say(f"ALTER DATABASE {name_of(url)} SET synchronous_commit = off")
    engine = place(url).writing()
    with engine.connect() as session:
        shown = [
            session.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("synchronous_commit", *(f"{each}_timeout" for each in WAITED))
        ]
    engine.dispose()

    assert shown == ["on", "5s", "4s", "10s"]


async def test_reader_sees_and_changes_nothing(server: Server) -> None:
    """Beside the service: it reads what is committed, and the server itself would refuse it a write."""
    url = server.fresh()
    store = await started(url)
    await store.acquire(["main"], "service")
    await store.append(Batch(records=(opened(),)))
    reader = SqlStore.reader(place(url))
    await reader.start()

    assert await reader.live("main") == (opened(),)
    with pytest.raises(Stopped, match="opened for reading only"):
        await reader.append(Batch(records=(paused(),)))
    await reader.close()
    await store.close()


async def test_empty_database_is_no_store_to_read(server: Server) -> None:
    """A reader makes no tables."""
    url = server.fresh()
    with pytest.raises(Stopped, match="nothing in it; start the service once"):
        await SqlStore.reader(place(url)).start()

    assert server.say("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name_of(url)) == [(0,)]


async def test_database_of_another_program_is_left_alone(server: Server) -> None:
    """A wrong address must not put our tables among somebody's."""
    url = server.fresh()
    server.say("CREATE TABLE recipes (name text)", name_of(url))
    with pytest.raises(Stopped, match=r"a database of another program \(recipes\)"):
        await started(url)


async def test_two_that_start_at_once_make_the_tables_once(server: Server) -> None:
    """Whoever comes second finds them."""
    url = server.fresh()
    stores = await asyncio.gather(*(started(url) for _ in range(4)))
    salts = {await store.salt() for store in stores}
    for store in stores:
        await store.close()

    assert len(salts) == 1


@contextmanager
def standing_still(server: Server, url: str) -> Iterator[None]:
    """The server's processes for a database stand still; their machine still acknowledges every packet."""
    found = server.say(f"SELECT pid FROM pg_stat_activity WHERE datname = '{name_of(url)}'")  # noqa: S608
    for (pid,) in found:
        os.kill(int(str(pid)), signal.SIGSTOP)
    try:
        yield
    finally:
        for (pid,) in found:
            os.kill(int(str(pid)), signal.SIGCONT)


async def impatient(url: str) -> SqlStore:
    """A store that holds the lease of main, and waits briefly."""
    database = place(url)
    database.silent_for = 0.3
    store = SqlStore(database)
    await store.start()
    await store.acquire(["main"], "service")
    return store


async def test_a_server_that_stands_still_holds_nothing_up(server: Server) -> None:
    """rel:F46: reads, writes and the end say so within a bound; once it goes on all is stored, and once."""
    url = server.fresh()
    store = await impatient(url)
    await store.append(Batch(records=(opened(),)))
    with standing_still(server, url):
        with pytest.raises(Unavailable, match=r"connection lost.*said nothing for"):
            await store.append(Batch(records=(paused(),)))
        with pytest.raises(Unavailable, match="connected anew, and the lock is still held"):
            await store.append(Batch(records=(paused(),)))
        assert await store.live("main") == (opened(),)
    while True:
        try:
            await store.append(Batch(records=(paused(),)))
            break
        except Unavailable:
            continue  # the server finds out that our old session is over
    found = await store.live("main")
    await store.close()

    assert found == (opened(), paused())


def test_an_answer_that_comes_bit_by_bit_is_waited_for() -> None:
    """rel:F46: eight seconds to the first byte of it, eight to the next: only ten in a row of none are too long."""
    clock = iter((0, 8, 16, 24, 34, 35))
    steps = heard((each for each in ("read",) * 9), 10, lambda: next(clock))
    next(steps)
    assert [steps.send(ready) for ready in (1, 0)] == ["read", "read"]  # at 8 s, and none until 16
    steps.send(1)
    steps.send(0)

    with pytest.raises(Silent):
        steps.send(0)


async def test_a_store_whose_server_stands_still_can_be_closed(server: Server) -> None:
    """rel:F46, J2: the service must be able to stop, whatever its database was asked and does not answer."""
    url = server.fresh()
    store = await impatient(url)
    with standing_still(server, url):
        asked = asyncio.create_task(store.append(Batch(records=(opened(),))))
        await asyncio.sleep(0)
        await store.close()
        assert isinstance(asked.exception(), Unavailable)

    again = await started(url)
    await again.close()
