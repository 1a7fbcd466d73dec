"""A disk that refuses anywhere: the store asks again and ends as if nothing had happened (rel:F45, rel:F46)."""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest

from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import AT, OTHER, critical, filled, opened, paused, report, told
from ports.errors import Unavailable
from ports.persistence import Batch
from tests.plugins.stores.sql.server import quick_folder
from tests.plugins.stores.sql.trouble import Trouble

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(390)]

BATCHES = (
    Batch(records=(opened(), paused()), alerts=(told("x"), critical("y"))),
    Batch(records=(filled("a", 1), filled("a", 1), opened(trade=OTHER)), alerts=(told("x"),)),
    Batch(records=(filled("b", 2),), closed=(report(),)),
)
MOST_TRIES = 30
Answer = TypeVar("Answer")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a sync costs nothing, if there is such a place: what is refused here is made up, and done very often."""
    with TemporaryDirectory(dir=quick_folder()) as name:
        yield Path(name)


@dataclass(slots=True)
class Played:
    """What came of a run: every table's rows, and what was read on the way."""

    tables: dict[str, list[Any]]
    answers: list[Any]


async def insisted(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask as the service does: Unavailable is tried again."""
    for _ in range(MOST_TRIES):
        try:
            return await ask()
        except Unavailable:
            continue
    raise AssertionError(ask)


async def played(path: Path, trouble: Trouble) -> Played:
    """A life of a store: opened, leased, written, alerts delivered, read, closed."""
    store = SqlStore(SqliteFile(str(path), trouble.connections()), notifiers=("chat",), now=lambda: AT)
    await insisted(store.start)
    await insisted(partial(store.acquire, ["main"], "service"))
    for batch in BATCHES:
        await insisted(partial(store.append, batch))
    rows = await insisted(partial(store.due, "chat", AT))
    await insisted(partial(store.attempting, [rows[0].id]))
    await insisted(partial(store.delivered, [rows[0].id], "message 7", AT))
    await insisted(partial(store.postpone, [rows[1].id], AT + 5, refused=True))
    await insisted(partial(store.remember, "cursor", "7"))
    reads = (partial(store.live, "main"), partial(store.executions, "main"), store.closed, store.alerts)
    answers = [await insisted(read) for read in reads]
    await store.close()
    return Played(stored(path), answers)


def stored(path: Path) -> dict[str, list[Any]]:
    """Every row of every table; the salt is another each time."""
    connection = sqlite3.connect(path)
    names = [
        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    found = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}  # noqa: S608
    connection.close()
    found["meta"] = [row for row in found["meta"] if row[0] != "salt"]
    return found


@pytest.mark.parametrize(
    ("code", "lasting", "step"),
    [
        *((sqlite3.SQLITE_FULL, 1, 1), (sqlite3.SQLITE_IOERR, 1, 3), (sqlite3.SQLITE_BUSY, 1, 3)),
        *((sqlite3.SQLITE_IOERR, 9, 7), (sqlite3.SQLITE_BUSY, 9, 7)),
    ],
)
async def test_refused_anywhere_the_end_is_the_same(code: int, lasting: int, step: int, folder: Path) -> None:
    """At the k-th call, once (a full disk: every k) or for a while: nothing lost, nothing twice, nothing by halves."""
    calm = await played(folder / "calm.db", Trouble(code, 0))
    for k in count(1, step):
        trouble = Trouble(code, k, lasting)
        path = folder / f"{k}.db"

        assert await played(path, trouble) == calm, f"call {k}"
        if trouble.asked < k + lasting:
            break
        path.unlink()
    assert k > 100


async def test_first_look_that_is_refused_is_tried_again(folder: Path) -> None:
    """Opening a database that is there already changes nothing in it, refused or not."""
    await played(folder / "t.db", Trouble(sqlite3.SQLITE_FULL, 0))
    before = stored(folder / "t.db")
    for k in range(1, 25):
        trouble = Trouble(sqlite3.SQLITE_IOERR, k)
        store = SqlStore(SqliteFile(str(folder / "t.db"), trouble.connections()))
        await insisted(store.start)
        await store.close()

        assert stored(folder / "t.db") == before
