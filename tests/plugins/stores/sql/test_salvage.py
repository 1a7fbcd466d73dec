"""A damaged store gives what it still proves: a backup is put back, and newer lines that follow from it (rel:F47)."""

import sqlite3
from itertools import count
from pathlib import Path

import pytest

from plugins.stores.sql.restoring import Restored, restore
from ports.contract.samples import OTHER, TRADE, filled, opened, paused, report
from ports.persistence import Batch, Record
from tests.plugins.stores.sql.grounds import Ground, on_sqlite

PAGE = 4096
OLD = (opened(), paused(), filled("a", 1))
NEW = (filled("b", 2), opened(trade=OTHER), paused(at=9), opened("mirror"))
ENDED = "0000000007"

pytestmark = pytest.mark.integration


async def lived(ground: Ground) -> str:
    """A store that was backed up after OLD, went on with NEW and a trade that ended; its backup."""
    store = await ground.held("service")
    await store.append(Batch(records=OLD))
    backup = await store.backup()
    await store.append(Batch(records=NEW))
    await store.append(Batch(records=(opened(trade=ENDED),), closed=(report(trade=ENDED),)))
    await store.close()
    return backup


def tear(ground: Ground, page: int) -> None:
    """Overwrite one page, counted from 1 as SQLite does."""
    path = ground.shelf.folder.parent / "tandem.db"
    pages = path.read_bytes()
    path.write_bytes(pages[: (page - 1) * PAGE] + b"\xff" * PAGE + pages[page * PAGE :])


def root(ground: Ground, name: str) -> int:
    """The page of a small table or index."""
    connection = sqlite3.connect(ground.shelf.folder.parent / "tandem.db")
    found = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    connection.close()
    return int(found[0])


def size(ground: Ground) -> int:
    """How many pages the database has."""
    return (ground.shelf.folder.parent / "tandem.db").stat().st_size // PAGE


def put_back(ground: Ground, backup: str) -> Restored:
    """Restore as the command does."""
    return restore(ground.place(), ground.shelf, Path(backup), "tandem restore", ground.clock)


async def journals(ground: Ground) -> dict[str, tuple[Record, ...]]:
    """What the next service finds."""
    store = await ground.held("next")
    return {account: await store.live(account) for account in ("main", "mirror")}


async def test_all_that_is_newer_is_kept_when_something_else_is_torn(tmp_path: Path) -> None:
    """An index's page is gone: no line is lost, and a trade that ended stays ended."""
    ground = on_sqlite(tmp_path)
    backup = await lived(ground)
    tear(ground, root(ground, "journal_by_trade"))
    done = put_back(ground, backup)
    found = await journals(ground)

    assert (done.salvaged, done.forgotten) == (len(NEW) + 1, ())
    assert found == {"main": (*OLD, *NEW[:3]), "mirror": NEW[3:]}
    assert await ground.stores[-1].closed() == (report(trade=ENDED),)
    assert await ground.stores[-1].requests("main") == {TRADE, OTHER, ENDED}


async def test_whichever_page_is_torn_nothing_is_guessed(tmp_path: Path) -> None:
    """Each trade's lines are a beginning of what they were, and never fewer than in the backup."""
    salvaged = set()
    for page in count(1):
        ground = on_sqlite(tmp_path / str(page))
        backup = await lived(ground)
        if page > size(ground):
            break
        tear(ground, page)
        salvaged.add(put_back(ground, backup).salvaged)
        for account, lines in (await journals(ground)).items():
            for trade, whole in chains(account).items():
                kept = tuple(line for line in lines if line.trade == trade)
                assert kept == whole[: len(kept)], f"page {page}"
                assert set(kept) >= {line for line in OLD if (line.account, line.trade) == (account, trade)}
        await ground.close()
    assert {0, len(NEW) + 1} < salvaged


def chains(account: str) -> dict[str | None, tuple[Record, ...]]:
    """What was written about each trade that is live."""
    lines = [line for line in (*OLD, *NEW) if line.account == account]
    return {trade: tuple(line for line in lines if line.trade == trade) for trade in (None, TRADE, OTHER)}


async def test_both_sides_of_a_torn_page_are_kept(tmp_path: Path) -> None:
    """Many trades since the backup, and a page in their middle is gone: those before and behind it are there."""
    ground = on_sqlite(tmp_path)
    store = await ground.held("service")
    backup = await store.backup()
    plans = tuple(opened(trade=f"{number:010}") for number in range(40))
    await store.append(Batch(records=plans))
    await store.close()
    tear(ground, page_with(ground, b'"trade":"0000000020"'))
    done = put_back(ground, backup)
    found = (await journals(ground))["main"]

    assert 30 < done.salvaged == len(found) < 40
    assert (found[0], found[-1]) == (plans[0], plans[-1])
    assert plans[20] not in found


def page_with(ground: Ground, words: bytes) -> int:
    """The page that holds these words."""
    return (ground.shelf.folder.parent / "tandem.db").read_bytes().index(words) // PAGE + 1


async def test_changed_lines_and_what_follows_them_are_left_out(tmp_path: Path) -> None:
    """A line that somebody edited proves nothing, nor does any after it in its trade (S16)."""
    ground = on_sqlite(tmp_path)
    backup = await lived(ground)
    connection = sqlite3.connect(tmp_path / "tandem.db")
    connection.execute("UPDATE journal SET at = at + 1 WHERE trade = ?", (OTHER,))
    connection.commit()
    connection.close()
    tear(ground, root(ground, "journal_by_trade"))
    put_back(ground, backup)

    assert (await journals(ground))["main"] == (*OLD, NEW[0], NEW[2])


async def test_broken_history_in_sound_pages_is_damage_too(tmp_path: Path) -> None:
    """An old line was edited: the backup has it as it was, and the newer ones follow from that (rel:P8)."""
    ground = on_sqlite(tmp_path)
    backup = await lived(ground)
    connection = sqlite3.connect(tmp_path / "tandem.db")
    connection.execute("UPDATE journal SET at = at + 1 WHERE seq = 1")
    connection.commit()
    connection.close()

    assert put_back(ground, backup).salvaged == len(NEW) + 1
    assert (await journals(ground))["main"] == (*OLD, *NEW[:3])


async def test_another_installation_s_lines_are_not_taken(tmp_path: Path) -> None:
    """Its trades are none of ours: another salt."""
    ground, other = on_sqlite(tmp_path / "ours"), on_sqlite(tmp_path / "theirs")
    backup = await lived(other)
    await lived(ground)
    tear(ground, root(ground, "journal_by_trade"))

    assert put_back(ground, backup).salvaged == 0
    assert (await journals(ground))["main"] == OLD


async def test_going_back_over_a_whole_store_names_what_it_forgets(ground: Ground) -> None:
    """Exactly the backup, as asked; the live trades that it doesn't know are told, an ended one is not."""
    backup = await lived(ground)
    done = put_back(ground, backup)

    assert (done.salvaged, done.forgotten) == (0, (("main", OTHER), ("mirror", TRADE)))
    assert await journals(ground) == {"main": OLD, "mirror": ()}


async def test_going_forward_again_forgets_nothing(ground: Ground) -> None:
    """What was live in the older present and has ended in the newer copy is known: nobody is sent looking for it."""
    backup = await lived(ground)
    store = await ground.held("next")
    await store.append(Batch(closed=(report(),)))
    ground.clock += 1
    newer = await store.backup()
    await store.close()
    put_back(ground, backup)
    ground.clock += 1

    assert put_back(ground, newer).forgotten == ()
