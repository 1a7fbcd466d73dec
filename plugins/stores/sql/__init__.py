"""The SQL store: SQLite by default, PostgreSQL. SQLAlchemy and drivers are imported only when a store is built."""

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from plugins.stores.sql.address import database
from plugins.stores.sql.settings import PostgresSettings, SqliteSettings, WhenDamaged
from ports.hooks import Adapter, hookimpl

if TYPE_CHECKING:
    from plugins.stores.sql.place import Place
    from plugins.stores.sql.shelf import Shelf
    from plugins.stores.sql.store import SqlStore

__all__ = [
    "PostgresSettings",
    "SqlSettings",
    "SqliteSettings",
    "build",
    "place_of",
    "reader",
    "shelf_of",
    "tandem_stores",
]

SqlSettings = SqliteSettings | PostgresSettings


def place_of(settings: SqlSettings) -> "Place":
    """Where the settings put the tables; nothing is opened."""
    match settings:
        case SqliteSettings():
            from plugins.stores.sql.sqlite_file import SqliteFile

            return SqliteFile(settings.path)
        case PostgresSettings():
            from plugins.stores.sql.postgres import PostgresDatabase

            return PostgresDatabase(settings.url)
        case _:
            assert_never(settings)


def shelf_of(settings: SqlSettings) -> "Shelf | None":
    """Where its backups are kept; None where none can be made (in memory)."""
    from plugins.stores.sql.shelf import Shelf

    kept = settings.backups
    match settings:
        case SqliteSettings(path=":memory:"):
            return None
        case SqliteSettings():
            path = Path(settings.path)
            folder, stem, suffix = path.parent / "backups", path.stem, ".db"
        case PostgresSettings():
            folder, stem, suffix = Path("var/backups"), database(settings.url.reveal()), ".dump"
        case _:
            assert_never(settings)
    folder = folder if kept.folder is None else Path(kept.folder)
    return Shelf(folder=folder, stem=stem, suffix=suffix, latest=kept.latest, daily=kept.daily, unasked=kept.every > 0)


def build(settings: SqlSettings, *, notifiers: tuple[str, ...] = ()) -> "SqlStore":
    """A store at the settings' place; nothing is opened before `start`."""
    from plugins.stores.sql.store import SqlStore

    falls_back = isinstance(settings, SqliteSettings) and settings.damaged is WhenDamaged.BACKUP
    return SqlStore(place_of(settings), notifiers=notifiers, shelf=shelf_of(settings), falls_back=falls_back)


def reader(settings: SqlSettings) -> "SqlStore":
    """A store that only reads, for commands beside the service or without it."""
    from plugins.stores.sql.store import SqlStore

    return SqlStore.reader(place_of(settings))


@hookimpl
def tandem_stores() -> tuple[Adapter, ...]:
    """``use: sqlite`` and ``use: postgres``."""
    return (Adapter("sqlite", SqliteSettings, build), Adapter("postgres", PostgresSettings, build))
