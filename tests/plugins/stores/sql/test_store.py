"""The SQL store keeps the shared contract, on disk and in memory."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from plugins.stores.sql import SqliteSettings, build, tandem_stores
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import filled, told
from ports.contract.store import DurableStoreContract, StoreContract
from ports.persistence import Batch, Store


class TestSqlStore(DurableStoreContract):
    """The shared contract, on a file."""

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> None:
        self.path = tmp_path / "var" / "tandem.db"

    async def opened(self, notifiers: tuple[str, ...]) -> Store:
        """A new file."""
        store = SqlStore(SqliteFile(str(self.path)), notifiers=notifiers)
        await store.start()
        return store

    async def again(self, store: Store) -> Store:
        """The same file."""
        await store.close()
        return await self.opened(("first", "second"))


class TestSqlStoreInMemory(StoreContract):
    """The shared contract, without a file."""

    async def opened(self, notifiers: tuple[str, ...]) -> Store:
        """A database that ends with its connection."""
        store = SqlStore(SqliteFile(":memory:"), notifiers=notifiers)
        await store.start()
        return store


def files(directory: Path) -> list[str]:
    """What lies in a directory."""
    return sorted(path.name for path in directory.iterdir())


async def test_memory_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """':memory:' is in memory, never a file of that name, and needs no lock file."""
    monkeypatch.chdir(tmp_path)
    store = SqlStore(SqliteFile(":memory:"))
    await store.start()
    await store.acquire(["main"], "service")
    await store.close()

    assert files(tmp_path) == []


async def test_of_what_is_over_no_index_grows(tmp_path: Path) -> None:
    """DESIGN 7, rel:F50: live trades and alerts that wait are found among years of others by indexes of those alone."""
    store = SqlStore(SqliteFile(str(tmp_path / "t.db")))
    await store.start()
    await store.close()
    with closing(sqlite3.connect(tmp_path / "t.db")) as file:
        found = dict(file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"))

    assert sorted(found) == ["outbox_waiting", "trade_live"]


async def test_what_is_stored_already_is_found_without_reading_all_of_it(tmp_path: Path) -> None:
    """rel:F50: two executions in a batch had every line of the journal read, ever more of them; so had two alerts."""
    asked: list[str] = []

    class Traced(sqlite3.Connection):
        """Notes what it runs, with its values."""

        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.set_trace_callback(asked.append)

    store = SqlStore(SqliteFile(str(tmp_path / "t.db"), Traced), notifiers=("chat",))
    await store.start()
    await store.append(Batch(records=(filled("a", 1), filled("b", 2)), alerts=(told("x"), told("y"))))
    await store.close()
    with closing(sqlite3.connect(tmp_path / "t.db")) as file:
        looks = [each for each in asked if each.startswith("SELECT") and ("journal" in each or "FROM alert" in each)]
        steps = [row[3] for each in looks for row in file.execute(f"EXPLAIN QUERY PLAN {each}")]

    assert len(looks) >= 2
    assert [each for each in steps if each.startswith("SCAN")] == []


def test_building_touches_nothing(tmp_path: Path) -> None:
    """`use: sqlite` is offered, and constructors do no I/O."""
    adapter, _ = tandem_stores()
    store = adapter.build(SqliteSettings(path=str(tmp_path / "new" / "tandem.db")), notifiers=("chat",))

    assert adapter.name == "sqlite"
    assert adapter.build is build
    assert store.notifiers == ("chat",)
    assert files(tmp_path) == []
