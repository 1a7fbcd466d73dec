"""A start that finds its store damaged goes on with the newest good backup, and says what it did (rel:F47)."""

from pathlib import Path

import pytest

from plugins.stores.sql import SqliteSettings, build
from plugins.stores.sql.settings import WhenDamaged
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import filled, opened
from ports.errors import Stopped
from ports.persistence import Batch, Mended, Record
from tests.plugins.stores.sql.grounds import Ground, on_sqlite
from tests.plugins.stores.sql.test_salvage import NEW, OLD, lived, root, size, tear

pytestmark = pytest.mark.integration
HOUR = 3_600_000


def falling(ground: Ground) -> SqlStore:
    """The next service's store, as a configuration has it that says nothing of damage."""
    store = SqlStore(ground.place(), now=lambda: ground.clock, shelf=ground.shelf, falls_back=True)
    ground.stores.append(store)
    return store


def content(path: Path | str) -> bytes:
    """All of a file."""
    return Path(path).read_bytes()


def write(path: Path, what: bytes) -> None:
    """Make a file."""
    path.write_bytes(what)


def replaced(folder: Path) -> list[Path]:
    """The stores that gave their place."""
    return list(folder.glob("*replaced*"))


def cut_off(backup: str) -> None:
    """Tear a backup's last page."""
    Path(backup).write_bytes(content(backup)[:-4096] + b"\xff" * 4096)


async def begun(ground: Ground) -> tuple[Mended | None, tuple[Record, ...]]:
    """What the next start did about it, and what it has of main."""
    store = falling(ground)
    mended = await store.start()
    await store.acquire(["main"], "next")
    return mended, await store.live("main")


async def test_a_torn_store_goes_on_with_its_backup_and_what_it_still_proves(tmp_path: Path) -> None:
    """rel:F47: an index is torn at boot, an hour after the backup: no line is lost, and the torn file is kept."""
    ground = on_sqlite(tmp_path)
    backup = await lived(ground)
    tear(ground, root(ground, "journal_by_trade"))
    torn, made = content(tmp_path / "tandem.db"), ground.clock
    ground.clock += HOUR
    mended, found = await begun(ground)

    assert mended is not None
    assert (mended.backup, mended.at, mended.forgotten) == (backup, made, ())
    assert mended.salvaged >= len(NEW)
    assert mended.damage
    assert content(mended.kept) == torn
    assert found == tuple(each for each in (*OLD, *NEW) if each.account == "main")


async def test_a_store_that_proves_nothing_more_names_the_trades_that_it_forgets(tmp_path: Path) -> None:
    """rel:F47, C7: of its every page nothing is left but the backup's lines."""
    ground = on_sqlite(tmp_path)
    await lived(ground)
    for page in range(2, size(ground) + 1):
        tear(ground, page)
    mended, found = await begun(ground)

    assert mended is not None
    assert found == OLD
    assert mended.salvaged == 0


async def test_a_whole_store_is_taken_as_it_is(tmp_path: Path) -> None:
    """rel:F47: nothing is said, nothing put back, though there is a backup."""
    ground = on_sqlite(tmp_path)
    await lived(ground)
    mended, _ = await begun(ground)

    assert mended is None
    assert not replaced(tmp_path)


async def test_without_a_good_backup_it_stops_as_ever(tmp_path: Path) -> None:
    """rel:F47: never guessed, not a byte changed."""
    ground = on_sqlite(tmp_path)
    cut_off(await lived(ground))
    tear(ground, 2)
    before = content(tmp_path / "tandem.db")
    with pytest.raises(Stopped, match=r"damaged: .*No good backup is in"):
        await falling(ground).start()

    assert content(tmp_path / "tandem.db") == before


async def test_another_stores_backup_is_never_put_back_by_itself(tmp_path: Path) -> None:
    """rel:F47: a store begun anew beside the old one's backups; they know nothing of its trades."""
    old, new = on_sqlite(tmp_path / "old"), on_sqlite(tmp_path / "new")
    await lived(old)
    store = await new.held("service")
    await store.append(Batch(records=(opened(), filled("a", 1))))
    await store.close()
    (tmp_path / "old" / "backups").rename(tmp_path / "new" / "backups")
    tear(new, root(new, "journal_by_trade"))
    with pytest.raises(Stopped, match="Newest good backup"):
        await falling(new).start()


async def test_who_wants_to_decide_himself_says_so(tmp_path: Path) -> None:
    """rel:F47: `store.damaged: stop` names the backup and leaves everything as it is; else the next start goes on."""
    ground = on_sqlite(tmp_path)
    backup = await lived(ground)
    tear(ground, root(ground, "journal_by_trade"))
    path = str(tmp_path / "tandem.db")
    with pytest.raises(Stopped, match=f"Newest good backup: {backup}"):
        await build(SqliteSettings(path=path, damaged=WhenDamaged.STOP)).start()
    store = build(SqliteSettings(path=path))
    ground.stores.append(store)

    assert (await store.start()) is not None


async def test_a_name_typed_wrong_is_no_damaged_store(tmp_path: Path) -> None:
    """rel:F47: `tandem.yaml` for `tandem.db`: nothing of it is ours, and the backups beside it are another file's."""
    ground = on_sqlite(tmp_path)
    await lived(ground)
    write(tmp_path / "tandem.yaml", b"accounts: {main: {use: paper}}\n" * 50)
    store = build(SqliteSettings(path=str(tmp_path / "tandem.yaml")))
    with pytest.raises(Stopped, match="damaged"):
        await store.start()

    assert content(tmp_path / "tandem.yaml").startswith(b"accounts")
