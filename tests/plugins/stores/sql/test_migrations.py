"""Every form that was ever released becomes the present one: whole, with all that was stored, after a backup."""

import json
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text

from plugins.stores.sql import schema
from plugins.stores.sql.migrations import STEPS, migrate
from plugins.stores.sql.place import Place
from plugins.stores.sql.restoring import inspected, restore
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import AT, OTHER, TRADE, critical, filled, funded, opened, paused, report, told
from ports.errors import Stopped
from ports.persistence import Batch
from tests.plugins.stores.sql.grounds import Ground

RELEASED = sorted(Path(__file__).with_name("released").glob("schema_*.json"))
"""What each released program made and wrote, as it wrote it. A form that was released gets its file, and keeps it."""
TYPES = {
    "sqlite": {" ROW ": " INTEGER ", " REFERENCE ": " INTEGER "},
    "postgresql": {" ROW ": " BIGSERIAL ", " REFERENCE ": " BIGINT "},
}
NUMBERED = {"alert": "id", "journal": "seq", "outbox": "id"}

pytestmark = pytest.mark.integration


@pytest.fixture(params=RELEASED, ids=lambda path: path.stem)
def released(request: pytest.FixtureRequest, ground: Ground) -> Path:
    """A database that a released program left, on either back end."""
    path: Path = request.param
    engine = ground.place().writing()
    with engine.begin() as connection:
        _make(connection, json.loads(path.read_text("utf-8")))
    engine.dispose()
    return path


def _make(connection: Connection, found: dict[str, Any]) -> None:
    for statement in found["statements"]:
        for name, kind in TYPES[connection.dialect.name].items():
            statement = statement.replace(name, kind)  # noqa: PLW2901 - the same statement in this dialect's words
        connection.execute(text(statement))
    for table, rows in found["rows"].items():
        for row in rows:
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)  # noqa: S608
    if connection.dialect.name == "postgresql":
        for table, column in NUMBERED.items():
            last = f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table}"  # noqa: S608
            connection.execute(text(last))


def test_every_form_before_this_one_is_here_and_has_a_step() -> None:
    """Whoever makes a new form adds a step and the released file of the one before."""
    assert [path.stem for path in RELEASED] == [f"schema_{number}" for number in range(1, schema.SCHEMA)]
    assert list(STEPS) == list(range(2, schema.SCHEMA + 1))


@pytest.mark.usefixtures("released")
async def test_all_that_was_stored_is_there(ground: Ground) -> None:
    """Lines, ledger, reports, alerts, outbox, values, salt, leases: read as before, and written on (rel:P6)."""
    store = await ground.held("service")

    assert await store.live("main") == (opened(), filled("a", 1), paused(), funded("f", 5))
    assert await store.live("mirror") == (opened("mirror"),)
    assert await store.closed() == (report(trade=OTHER),)
    assert await store.alerts() == (critical("y"), told("x"))
    assert [row.alert.cause for row in await store.due("chat", AT)] == ["y"]
    assert (await store.recall("cursor"), await store.salt()) == ("7", "5a17" * 8)
    await store.append(Batch(records=(filled("a", 1), filled("b", 2)), alerts=(told("x"), told("z"))))
    assert await store.trade("main", TRADE) == (opened(), filled("a", 1), funded("f", 5), filled("b", 2))
    assert await store.alerts(limit=1) == (told("z"),)


@pytest.mark.usefixtures("released")
async def test_a_reader_sees_what_there_is_before_the_service_was_ever_started_anew(ground: Ground) -> None:
    """rel:P6: after an update who did what is asked first of all; the old form has no such table, and is left alone."""
    store = SqlStore.reader(ground.place())
    await store.start()
    seen = (await store.live("mirror"), await store.closed(), await store.ended(0), await store.audited())
    await store.close()

    assert seen == ((opened("mirror"),), (report(trade=OTHER),), (report(trade=OTHER),), ())


@pytest.mark.usefixtures("released")
async def test_the_form_is_that_of_a_new_database(ground: Ground) -> None:
    """Alembic finds no difference between what was migrated and what is made new; it is migrated once."""
    await ground.store()
    await ground.close()
    await ground.store()

    assert examined(ground.place(), differences) == []
    assert examined(ground.place(), form_and_columns)[0] == str(schema.SCHEMA)
    assert len(ground.shelf.all()) == 1


def examined(place: Place, look: Any) -> Any:
    """What *look* finds in the database."""
    engine = place.reading()
    with engine.begin() as connection:
        found = look(connection)
    engine.dispose()
    return found


def differences(connection: Connection) -> list[Any]:
    """What Alembic would change."""
    return list(compare_metadata(MigrationContext.configure(connection), schema.tables(connection.dialect.name)))


def form_and_columns(connection: Connection) -> tuple[str, set[str]]:
    """The number that stands in the database, and every column of every table."""
    form = connection.execute(text("SELECT value FROM meta WHERE name = 'schema'")).scalar_one()
    found = inspect(connection)
    return form, {f"{table}.{each['name']}" for table in found.get_table_names() for each in found.get_columns(table)}


async def test_a_backup_comes_first(released: Path, ground: Ground) -> None:
    """In the old form, named for its reason, kept until somebody removes it (rel:P7)."""
    await ground.store()
    (backup,) = ground.shelf.all()

    assert backup.name.startswith(f"tandem-20200101T000000.000Z-before-schema-{schema.SCHEMA}.")
    assert inspected(ground.place(), ground.shelf, backup).form == int(released.stem[-1])


@pytest.mark.usefixtures("released")
async def test_who_went_back_may_go_forward_again(ground: Ground) -> None:
    """rel:P6, rel:P7: back to the backup from before the update, and updated later: the new form's tables lie there."""
    await ground.store()
    await ground.close()
    (backup,) = ground.shelf.all()
    restore(ground.place(), ground.shelf, backup, "tandem restore", ground.clock + 1)
    ground.clock += 2
    store = await ground.held("service")

    assert await store.live("mirror") == (opened("mirror"),)
    assert examined(ground.place(), differences) == []


async def test_without_a_backup_nothing_is_migrated(released: Path, ground: Ground) -> None:
    """The folder can't be written: said, and the old form is as it was."""
    before = examined(ground.place(), form_and_columns)
    ground.shelf.folder.write_text("in the way")
    with pytest.raises(Exception, match="backups"):
        await ground.store()

    assert before[0] == released.stem[-1]
    assert examined(ground.place(), form_and_columns) == before


async def test_a_running_instance_is_not_migrated_under(released: Path, ground: Ground) -> None:
    """A new program beside an old one that runs: it is told which, and changes nothing (rel:F44)."""
    with ground.place().alone("pid 7 on here (an older Tandem)"), pytest.raises(Stopped, match="another instance"):
        await ground.store()

    assert examined(ground.place(), form_and_columns)[0] == released.stem[-1]


async def test_who_was_overtaken_migrates_nothing_twice(released: Path, ground: Ground) -> None:
    """rel:P6: another instance migrated and ended after we had read the form: the columns that we add stood there."""
    asked = iter((None, released))

    def now() -> int:
        if next(asked, None) is not None:  # the second time is the backup's, which comes before we migrate
            engine = ground.place().writing()
            with engine.begin() as connection:
                migrate(connection, int(released.stem[-1]))
            engine.dispose()
        return ground.clock

    store = SqlStore(ground.place(), now=now, shelf=ground.shelf)
    await store.start()
    await store.close()
    assert examined(ground.place(), differences) == []


async def test_a_step_that_breaks_leaves_the_old_form(released: Path, ground: Ground) -> None:
    """All the way or not at all, tables included."""
    before = examined(ground.place(), form_and_columns)
    engine = ground.place().writing()
    with pytest.raises(ZeroDivisionError):
        _break_after(engine, int(released.stem[-1]))
    engine.dispose()

    assert examined(ground.place(), form_and_columns) == before


def _break_after(engine: Engine, found: int) -> None:
    with engine.begin() as connection:
        migrate(connection, found)
        raise ZeroDivisionError


async def test_an_old_form_can_be_read_as_it_lies(released: Path, ground: Ground) -> None:
    """`tandem status` before the first start of a new program."""
    reader = SqlStore.reader(ground.place())
    await reader.start()
    found = await reader.live("mirror")
    await reader.close()

    assert found == (opened("mirror"),)
    assert examined(ground.place(), form_and_columns)[0] == released.stem[-1]
