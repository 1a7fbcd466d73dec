"""Backups on both back ends: complete while somebody writes, private, put back whole, never under a running service."""

import asyncio
import errno
import os
import resource
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from plugins.stores.sql import schema
from plugins.stores.sql.backups import Backups
from plugins.stores.sql.place import Place
from plugins.stores.sql.postgres_backup import Tools
from plugins.stores.sql.restoring import foreseen, restore
from plugins.stores.sql.shelf import Shelf
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import filled, opened, paused, told
from ports.errors import ConfigError, Stopped, Unavailable
from ports.persistence import Batch, Record
from tests.plugins.stores.sql.grounds import Ground, on_postgres, on_sqlite
from tests.plugins.stores.sql.server import Server, place

pytestmark = pytest.mark.integration

ONE = Batch(records=(opened(), paused()), alerts=(told("x"),))
TWO = Batch(records=(filled("a", 1),), alerts=(told("y"),))
QUARTER = 900_000
FORM_IS = "UPDATE meta SET value = '{}' WHERE name = 'schema'"


async def lines(ground: Ground) -> tuple[Record, ...]:
    """What the next service would find, as it would: by taking the lease."""
    store = await ground.held("next")
    found = await store.live("main")
    await store.close()
    return found


def put_back(ground: Ground, backup: str) -> str:
    """Restore as the command does; where the present was kept."""
    return restore(ground.place(), ground.shelf, Path(backup), "tandem restore", ground.clock).kept


async def test_backup_is_put_back_and_the_present_is_kept(ground: Ground) -> None:
    """rel:P7: back to the backup, and from there to what it replaced, with every line, alert and the salt."""
    store = await ground.held("service")
    await store.append(ONE)
    salt = await store.salt()
    backup = await store.backup()
    await store.append(TWO)
    await store.close()
    kept = put_back(ground, backup)
    assert await lines(ground) == ONE.records

    ground.clock += 1
    put_back(ground, kept)
    assert await lines(ground) == ONE.records + TWO.records
    again = await ground.store()
    assert (await again.salt(), [alert.cause for alert in await again.alerts()]) == (salt, ["y", "x"])
    await again.append(Batch(records=(filled("b", 2),)))


async def test_backup_is_private_and_has_its_name_when_it_is_complete(ground: Ground) -> None:
    """0600 in a folder of 0700 whatever the umask, and nothing unfinished beside it (S15)."""
    store = await ground.store()
    before = os.umask(0)
    try:
        made = Path(await store.backup())
    finally:
        os.umask(before)

    assert [path.name for path in made.parent.iterdir()] == [made.name]
    assert made.name.startswith("tandem-20200101T000000.000Z.")
    assert modes(made, made.parent) == [0o600, 0o700]


async def test_backup_holds_all_that_was_acknowledged_before_it(ground: Ground) -> None:
    """Made in the middle of writing: a beginning of the journal, and no half of a batch."""
    store = await ground.held("service")
    await store.append(ONE)
    writing = asyncio.create_task(write(store, 60))
    await asyncio.sleep(0)
    backup = await store.backup()
    await writing
    whole = await store.live("main")
    await store.close()
    put_back(ground, backup)
    found = await lines(ground)

    assert ONE.records == found[:2]
    assert found == whole[: len(found)]
    assert len(found) % 2 == 0


async def write(store: SqlStore, batches: int) -> None:
    """Batches of two lines."""
    for number in range(batches):
        await store.append(Batch(records=(filled(f"a{number}", number), filled(f"b{number}", number))))


async def test_one_is_made_when_the_last_is_old_enough(ground: Ground) -> None:
    """Every quarter of an hour of the clock, restarts or not: a service that starts again and again pushes none out."""
    for clock in (0, 1, QUARTER - 1, QUARTER, QUARTER + 5):
        ground.clock = 1_577_836_800_000 + clock
        store = await ground.store()
        await store.backup(older_than=QUARTER)
        await store.close()

    assert [path.name[7:26] for path in ground.shelf.regular()] == ["20200101T001500.000", "20200101T000000.000"]


async def test_running_service_is_not_put_back_under(ground: Ground) -> None:
    """It is named, and goes on undisturbed."""
    store = await ground.held("tandem run paper.yaml")
    await store.append(ONE)
    backup = await store.backup()
    with pytest.raises(Stopped, match=r"another instance holds .*tandem run paper\.yaml"):
        put_back(ground, backup)
    await store.append(TWO)

    assert await store.live("main") == ONE.records + TWO.records


async def test_service_does_not_start_while_one_is_put_back(ground: Ground) -> None:
    """The lock is held for all of it."""
    store = await ground.store()
    with ground.place().alone("tandem restore"), pytest.raises(Stopped, match="another instance"):
        await store.acquire(["main"], "service")


async def test_bad_backup_is_refused_and_nothing_is_touched(ground: Ground, tmp_path: Path) -> None:
    """Garbage, a torn copy, nothing at all: the message names the file; the store is as it was."""
    store = await ground.held("service")
    await store.append(ONE)
    good = Path(await store.backup())
    await store.close()
    torn = tmp_path / "torn"
    (whole,) = contents(good)
    torn.write_bytes(whole[: len(whole) // 2])
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"no pages, no dump" * 500)
    for bad in (torn, garbage):
        with pytest.raises((Stopped, Unavailable), match=str(bad)):
            put_back(ground, str(bad))
    with pytest.raises(ConfigError, match=f"no such file; the newest backup is {good}"):
        put_back(ground, str(tmp_path / "missing"))

    assert await lines(ground) == ONE.records


async def test_a_backup_whose_end_is_missing_is_refused(ground: Ground, tmp_path: Path) -> None:
    """rel:P7: the disk was full, or the copy broke off: its beginning reads well, and nothing is replaced by it."""
    store = await ground.held("service")
    await store.append(ONE)
    good = Path(await store.backup())
    await store.close()
    (whole,) = contents(good)
    (tmp_path / "cut").write_bytes(whole[:-64])
    with pytest.raises(Stopped, match="no good backup"):
        put_back(ground, str(tmp_path / "cut"))

    assert await lines(ground) == ONE.records


async def test_a_restore_that_breaks_in_the_middle_changes_nothing(server: Server, tmp_path: Path) -> None:
    """rel:P7: somebody's view on our tables forbids that the last ones are dropped: all or nothing, and it is said."""
    ground = on_postgres(server, tmp_path)
    store = await ground.held("service")
    await store.append(ONE)
    backup = await store.backup()
    await store.append(TWO)
    await store.close()
    rewrite(ground.place(), "CREATE VIEW mine AS SELECT * FROM alert")
    ground.clock += 1
    with pytest.raises(Unavailable, match=r"pg_restore failed \(.*view public.mine depends"):
        put_back(ground, backup)

    assert await lines(ground) == ONE.records + TWO.records


async def test_a_session_that_stands_on_a_table_holds_no_restore_up_for_ever(server: Server, tmp_path: Path) -> None:
    """rel:P7, rel:F45: somebody's psql was left open in a transaction: told as that, and nothing is replaced."""
    ground = on_postgres(server, tmp_path)
    store = await ground.held("service")
    await store.append(ONE)
    backup = await store.backup()
    await store.close()
    ground.clock += 1
    engine = ground.place().reading()
    with engine.connect() as standing:
        standing.exec_driver_sql("SELECT count(*) FROM alert")
        with pytest.raises(Unavailable, match="another connection holds it locked; end that process"):
            put_back(ground, backup)
        standing.rollback()
    engine.dispose()

    assert await lines(ground) == ONE.records


async def test_what_is_damaged_is_no_backup_and_pushes_none_out(tmp_path: Path) -> None:
    """rel:F47, rel:P7: night after night a copy of torn pages would take the last good one's place."""
    ground = on_sqlite(tmp_path)
    ground.shelf = replace(ground.shelf, latest=1, daily=0)
    store = await ground.held("service")
    await store.append(ONE)
    good = await store.backup()
    await store.close()
    path = tmp_path / "tandem.db"
    path.write_bytes(path.read_bytes()[:-4096] + b"\xff" * 4096)
    with pytest.raises(Stopped, match="damaged"):
        Backups(ground.place(), ground.shelf).make(ground.clock + 1)

    assert [str(each) for each in ground.shelf.folder.iterdir()] == [good]


async def test_what_a_dead_process_left_is_cleared_away_by_the_next_backup(ground: Ground) -> None:
    """rel:F43, rel:F45: unfinished copies would fill the disk; one that may still be under way stays."""
    store = await ground.store()
    left = [ground.shelf.unfinished(ground.shelf.place(ground.clock - age)) for age in (3 * QUARTER, 5 * QUARTER)]
    ground.shelf.folder.mkdir()
    for each in left:
        each.touch()
    made = Path(await store.backup())

    assert sorted(ground.shelf.folder.iterdir()) == sorted([made, left[0]])


async def test_a_full_disk_under_the_backups_is_not_taken_for_the_store_s(tmp_path: Path) -> None:
    """rel:F45: which file had no room is said, and nothing of it is left; the store itself goes on."""
    ground = on_sqlite(tmp_path)
    store = await ground.held("service")
    await store.append(ONE)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, hard))
    try:
        with pytest.raises(Unavailable, match=r"^backup .*/backups/tandem-20200101T000000\.000Z\.db: "):
            await store.backup()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(ground.shelf.folder.iterdir()) == []
    await store.append(TWO)

    assert await store.live("main") == ONE.records + TWO.records


async def test_newer_backup_is_refused(ground: Ground) -> None:
    """An old program must not put back what it does not understand."""
    store = await ground.held("service")
    await store.append(ONE)
    await store.close()
    rewrite(ground.place(), FORM_IS.format(99))
    newer = str(Backups(ground.place(), ground.shelf).make(ground.clock))
    rewrite(ground.place(), FORM_IS.format(schema.SCHEMA))
    with pytest.raises(Stopped, match=r"made by a newer Tandem \(schema 99"):
        put_back(ground, newer)

    assert await lines(ground) == ONE.records


def rewrite(place: Place, statement: str) -> None:
    """Change what is stored behind the store's back."""
    engine = place.writing()
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


async def test_file_that_is_there_is_not_overwritten(ground: Ground, tmp_path: Path) -> None:
    """`--to` names a new file."""
    store = await ground.store()
    target = tmp_path / "mine"
    target.write_text("precious")
    with pytest.raises(ConfigError, match="there is a file of this name already"):
        await store.backup(str(target))

    assert target.read_text() == "precious"


class Meanwhile:
    """A place where, while a copy is being written, somebody else makes one to the same name."""

    def __init__(self, place: Place, shelf: Shelf, target: Path) -> None:
        self.place, self.other, self.target = place, Backups(place, shelf), target
        self.name = place.name

    def translated(self) -> AbstractContextManager[None]:
        """See Place."""
        return self.place.translated()

    def copy(self, unfinished: Path) -> None:
        """See Place."""
        self.place.copy(unfinished)
        self.other.make_at(self.target)


async def test_of_two_backups_to_one_name_at_once_one_is_made(ground: Ground, tmp_path: Path) -> None:
    """rel:P7: each writes a file of its own, the first has the name, and the other is told why it has not."""
    await (await ground.store()).append(ONE)
    target = tmp_path / "mine"
    late = Backups(cast("Place", Meanwhile(ground.place(), ground.shelf, target)), ground.shelf)
    with pytest.raises(ConfigError, match="mine: there is a file of this name already"):
        late.make_at(target)

    assert ground.place().check(target).form == schema.SCHEMA
    assert called(tmp_path, "mine") == ["mine"]


def called(folder: Path, name: str) -> list[str]:
    """Whatever has that in its name."""
    return [path.name for path in folder.iterdir() if name in path.name]


async def test_a_disk_without_second_names_takes_backups_too(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """rel:P7: a USB stick or a network share; what lies there already is not replaced there either."""

    def refuses(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    store, first = await ground.store(), tmp_path / "first"
    monkeypatch.setattr(os, "link", refuses)
    await store.backup(str(first))
    late = Backups(cast("Place", Meanwhile(ground.place(), ground.shelf, tmp_path / "mine")), ground.shelf)
    with pytest.raises(ConfigError, match="mine: there is a file of this name already"):
        late.make_at(tmp_path / "mine")

    assert ground.place().check(first).form == schema.SCHEMA


async def test_backup_that_fails_leaves_nothing_and_says_where(ground: Ground) -> None:
    """The store goes on; it is tried again at the next look (rel:F45)."""
    store = await ground.held("service")
    ground.shelf.folder.write_text("in the way")
    with pytest.raises(Unavailable, match=r"backup .*backups/tandem-20200101T000000\.000Z"):
        await store.backup()
    await store.append(ONE)

    assert await store.live("main") == ONE.records


async def test_present_that_can_not_be_kept_is_not_replaced(server: Server, tmp_path: Path) -> None:
    """What can't be dumped may be all there is: an empty database takes the backup instead."""
    ground = on_postgres(server, tmp_path)
    store = await ground.held("service")
    await store.append(ONE)
    backup = await store.backup()
    await store.append(TWO)
    await store.close()
    elsewhere = replace(ground.shelf, folder=tmp_path / "file")
    elsewhere.folder.write_text("in the way")
    with pytest.raises(Unavailable, match=r"nothing was replaced: make an empty database, name it in !env TANDEM_DB"):
        restore(ground.place(), elsewhere, Path(backup), "tandem restore", 1)

    assert await lines(ground) == ONE.records + TWO.records


async def test_empty_place_takes_a_backup(ground: Ground, server: Server, tmp_path: Path) -> None:
    """A new machine, an old backup: nothing is there to keep."""
    store = await ground.held("service")
    await store.append(ONE)
    backup = await store.backup()
    await store.close()
    fresh = on_sqlite(tmp_path / "new")
    if not backup.endswith(".db"):
        url = server.fresh()
        fresh.place = lambda: place(url)

    assert put_back(fresh, backup) == ""
    assert await lines(fresh) == ONE.records


async def test_another_program_s_tables_are_not_replaced(ground: Ground, server: Server, tmp_path: Path) -> None:
    """A wrong address: `trade` is a name that others use too; the dry run says the same, and nothing is dropped."""
    store = await ground.held("service")
    backup = await store.backup()
    await store.close()
    theirs = on_postgres(server, tmp_path / "theirs") if backup.endswith(".dump") else on_sqlite(tmp_path)
    wrong = theirs.place() if backup.endswith(".dump") else SqliteFile(str(tmp_path / "theirs.db"))
    for statement in ("CREATE TABLE trade (name TEXT)", "INSERT INTO trade VALUES ('baker')"):
        rewrite(wrong, statement)
    with pytest.raises(Stopped, match=r"a database of another program \(trade\); name another one"):
        foreseen(wrong, theirs.shelf, Path(backup))
    with pytest.raises(Stopped, match="a database of another program"):
        restore(wrong, theirs.shelf, Path(backup), "tandem restore", 1)

    engine = wrong.writing()
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT name FROM trade").scalar() == "baker"
    engine.dispose()


async def test_a_copy_with_its_log_is_put_back_with_its_log(tmp_path: Path) -> None:
    """rel:P7: the disk of a machine that died, restored on a new one: its last hours are in the log beside the file."""
    old, new = on_sqlite(tmp_path / "old"), on_sqlite(tmp_path / "new")
    store = await old.held("service")
    await store.append(ONE)
    image = tmp_path / "image.db"
    for end in ("", "-wal"):
        image.with_name(f"image.db{end}").write_bytes((tmp_path / "old" / f"tandem.db{end}").read_bytes())
    await store.close()
    put_back(new, str(image))

    assert await lines(new) == ONE.records


async def test_damaged_store_names_the_newest_good_backup(tmp_path: Path) -> None:
    """rel:F47: a torn page at boot; the newest backup is torn as well, so the one before it is named, and mends it."""
    ground = on_sqlite(tmp_path)
    store = await ground.held("service")
    await store.append(ONE)
    good = await store.backup()
    ground.clock += QUARTER
    worse = Path(await store.backup())
    await store.close()
    for path in (worse, tmp_path / "tandem.db"):
        path.write_bytes(path.read_bytes()[:-4096] + b"\xff" * 4096)
    with pytest.raises(Stopped, match=f"damaged: .*tandem restore .*Newest good backup: {good}$"):
        await ground.store()
    put_back(ground, good)

    assert await lines(ground) == ONE.records


async def test_edited_history_names_a_backup_too(tmp_path: Path) -> None:
    """A chain that is broken in the store is whole in the backup (rel:P8, S16)."""
    ground = on_sqlite(tmp_path)
    store = await ground.held("service")
    await store.append(ONE)
    good = await store.backup()
    await store.close()
    rewrite(ground.place(), "UPDATE journal SET at = at + 1 WHERE seq = 1")
    store = await ground.store()
    with pytest.raises(Stopped, match=f"journal line 1 of main.*Newest good backup: {good}"):
        await store.live("main")
    rewrite(SqliteFile(good), "UPDATE journal SET at = at + 1 WHERE seq = 1")
    with pytest.raises(Stopped, match="No good backup is in"):
        await store.live("main")


async def test_damaged_present_is_kept_as_it_lies(tmp_path: Path) -> None:
    """With its log, byte by byte: somebody may want to look into it."""
    ground = on_sqlite(tmp_path)
    store = await ground.held("service")
    backup = await store.backup()
    await store.close()
    for name in (".db", ".db-wal"):
        (tmp_path / f"tandem{name}").write_bytes(b"not the first page" * 300)
    kept = put_back(ground, backup)

    assert contents(Path(kept), Path(f"{kept}-wal")) == [b"not the first page" * 300] * 2
    assert await lines(ground) == ()


def contents(*paths: Path) -> list[bytes]:
    """Every byte of each."""
    return [path.read_bytes() for path in paths]


def modes(*paths: Path) -> list[int]:
    """Permission bits of each."""
    return [path.stat().st_mode & 0o777 for path in paths]


def test_without_the_servers_programs_it_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install, or what to set."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=r"pg_dump is not here.*postgresql-client.*store\.backups\.every: 0"):
        Tools("db", {}, debian=tmp_path).dump(tmp_path / "d")


async def test_backup_of_another_store_is_said_to_be_one(ground: Ground) -> None:
    """C7, rel:P7: another installation's trades are none of these accounts'; before and after it is put back."""
    store = await ground.held("service")
    await store.append(ONE)
    own = Path(await store.backup())
    await store.close()
    rewrite(ground.place(), "UPDATE meta SET value = 'another' WHERE name = 'salt'")
    would = foreseen(ground.place(), ground.shelf, own)
    did = restore(ground.place(), ground.shelf, own, "tandem restore", ground.clock)
    again = restore(ground.place(), ground.shelf, own, "tandem restore", ground.clock + 1)

    assert [each.other for each in (would, did, again)] == [True, True, False]


async def test_a_folder_that_cannot_be_looked_into_is_no_bug(tmp_path: Path) -> None:
    """rel:F45: a share that is gone, a right that was taken: said as what is unavailable, whoever asks."""
    ground = on_sqlite(tmp_path)
    ground.shelf = replace(ground.shelf, folder=tmp_path / ("x" * 300))
    store = await ground.store()
    with pytest.raises(Unavailable, match="name too long"):
        await store.backup(older_than=QUARTER)
    with pytest.raises(Unavailable, match="name too long"):
        put_back(ground, str(tmp_path / ("y" * 300)))
    assert Backups(ground.place(), ground.shelf).newest_good() is None
