"""A place in one SQLite file, or in memory."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine

from plugins.stores.sql import sqlite_backup
from plugins.stores.sql.connection import IN_MEMORY, Factory, keep_log, reading_engine, whole, writing_engine
from plugins.stores.sql.faults import translated
from plugins.stores.sql.files import PRIVATE_DIRECTORY, Identity, LockFile, identity, prepare, size
from plugins.stores.sql.opening import form
from plugins.stores.sql.place import READING, Copy, PutBack
from plugins.stores.sql.shelf import Shelf, compact
from ports.errors import Stopped


class SqliteFile:
    """See Place. ':memory:' is gone when it is closed, and nobody else's."""

    reads: Mapping[str, object] = {READING: True}

    def __init__(self, path: str, factory: Factory = SqliteConnection) -> None:
        """Nothing is opened here. *factory* makes sqlite3's connections."""
        self.path = Path(path)
        self.name = path
        self.in_memory = path == IN_MEMORY
        self._factory = factory
        self._opened: Identity = None
        self._lock = LockFile(Path(f"{path}.lock"))

    def prepare(self) -> None:
        """See Place.prepare: the whole file is read, by a connection that can't write.

        Else closing it would carry the log into a damaged file.
        """
        if self.in_memory:
            return
        prepare(self.path)
        if size(self.path):
            engine = reading_engine(self.path, self._factory)
            try:
                with engine.begin() as connection:
                    whole(connection, self.name)
                    form(connection, self.name)
            finally:
                engine.dispose()

    def writing(self) -> Engine:
        """See Place.writing."""
        engine = writing_engine(self.name, self._factory)
        try:
            with engine.connect() as connection:
                keep_log(connection)
            self._opened = identity(self.path)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def reading(self) -> Engine:
        """See Place.reading."""
        if not size(self.path):
            raise Stopped(f"store {self.name}: there is no such database; start the service once, or name another file")
        return reading_engine(self.path, self._factory)

    def serialize(self, connection: Connection) -> None:
        """See Place.serialize: every transaction that may write is alone already."""

    def lock(self, connection: Connection, inscription: str) -> None:
        """See Place.lock: a file beside the database."""
        if not self.in_memory:
            self._lock.take(inscription)

    def hold(self, connection: Connection) -> None:
        """See Place.hold: a file's lock doesn't end with a connection, but the file may have gone from its name.

        Somebody moved it away, or copied another one over it: what went on being written would be lost.
        """
        if not self.in_memory and identity(self.path) != self._opened:
            raise Stopped(
                f"store {self.name}: the file was moved, replaced or deleted under the running service, so what it "
                "writes would be lost. It has stopped; the venue keeps the stops. Put the right file there and start "
                "it again; `tandem restore` is the way to put a backup back"
            )

    def unlock(self) -> None:
        """See Place.unlock."""
        self._lock.give_back()

    def stamp(self, connection: Connection) -> str:
        """See Place.stamp: a commit that failed here is undone."""
        return ""

    def outcome(self, connection: Connection, stamp: str) -> str:
        """See Place.outcome; never asked."""
        return "aborted"

    def translated(self) -> AbstractContextManager[None]:
        """See Place.translated."""
        return translated(self.name)

    def copy(self, target: Path) -> None:
        """See Place.copy."""
        sqlite_backup.copy(self.path, target)

    def check(self, copy: Path) -> Copy:
        """See Place.check."""
        with translated(str(copy)):
            return sqlite_backup.check(copy)

    def lived_in(self) -> bool:
        """See Place.lived_in: the lock's file, which is never deleted."""
        return self._lock.path.exists()

    @contextmanager
    def alone(self, inscription: str) -> Iterator[None]:
        """See Place.alone."""
        self.path.parent.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        self._lock.take(inscription)
        try:
            yield
        finally:
            self._lock.give_back()

    def put_back(self, copy: Path, shelf: Shelf, at: int) -> PutBack:
        """See Place.put_back: the present file gets another name, beside the new one."""
        return sqlite_backup.put_back(copy, self.path, self.path.with_name(f"{self.path.name}.replaced-{compact(at)}"))
