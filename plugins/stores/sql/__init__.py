"""The SQL store: SQLite by default, PostgreSQL. SQLAlchemy and drivers are imported only when a store is built."""

from typing import TYPE_CHECKING, assert_never

from plugins.stores.sql.settings import PostgresSettings, SqliteSettings
from ports.hooks import Adapter, hookimpl

if TYPE_CHECKING:
    from plugins.stores.sql.place import Place
    from plugins.stores.sql.store import SqlStore

__all__ = ["PostgresSettings", "SqliteSettings", "build", "place_of", "reader", "tandem_stores"]

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


def build(settings: SqlSettings, *, notifiers: tuple[str, ...] = ()) -> "SqlStore":
    """A store at the settings' place; nothing is opened before `start`."""
    from plugins.stores.sql.store import SqlStore

    return SqlStore(place_of(settings), notifiers=notifiers)


def reader(settings: SqlSettings) -> "SqlStore":
    """A store that only reads, for commands beside the service or without it."""
    from plugins.stores.sql.store import SqlStore

    return SqlStore.reader(place_of(settings))


@hookimpl
def tandem_stores() -> tuple[Adapter, ...]:
    """``use: sqlite`` and ``use: postgres``."""
    return (Adapter("sqlite", SqliteSettings, build), Adapter("postgres", PostgresSettings, build))
