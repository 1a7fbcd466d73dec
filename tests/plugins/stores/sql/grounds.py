"""Both back ends alike: a place where stores are opened, and where a lock is lost as it is in life."""

from collections.abc import Callable
from pathlib import Path

from plugins.stores.sql.place import Place
from plugins.stores.sql.shelf import Shelf
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from tests.plugins.stores.sql.server import Server, place


class Ground:
    """One back end. *clock* is what its stores take for the time, in milliseconds."""

    def __init__(self, place: Callable[[], Place], lose: Callable[[], None], shelf: Shelf) -> None:
        """*lose* takes the lock from its holder without telling it."""
        self.place = place
        self.lose = lose
        self.shelf = shelf
        self.clock = 1_577_836_800_000
        self.stores: list[SqlStore] = []

    async def store(self) -> SqlStore:
        """One more started store."""
        store = SqlStore(self.place(), notifiers=("chat",), now=lambda: self.clock, shelf=self.shelf)
        self.stores.append(store)
        await store.start()
        return store

    async def held(self, holder: str) -> SqlStore:
        """One that holds the lease of main."""
        store = await self.store()
        await store.acquire(["main"], holder)
        return store

    async def close(self) -> None:
        """Close every store."""
        for store in self.stores:
            await store.close()


def on_sqlite(folder: Path) -> Ground:
    """The lock is a file; somebody deletes it."""
    path = folder / "tandem.db"
    shelf = Shelf(folder=folder / "backups", stem="tandem", suffix=".db")
    return Ground(lambda: SqliteFile(str(path)), Path(f"{path}.lock").unlink, shelf)


def on_postgres(server: Server, folder: Path) -> Ground:
    """The lock ends with its session; the server ends that."""
    url = server.fresh()
    shelf = Shelf(folder=folder / "backups", stem="tandem", suffix=".dump")
    return Ground(lambda: place(url), lambda: server.end_sessions(url), shelf)
