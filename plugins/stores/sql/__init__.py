"""The SQL store: SQLite by default. SQLAlchemy is imported only when a store is built."""

from typing import TYPE_CHECKING

from plugins.stores.sql.settings import SqliteSettings
from ports.hooks import Adapter, hookimpl

if TYPE_CHECKING:
    from plugins.stores.sql.store import SqlStore

__all__ = ["SqliteSettings", "build", "tandem_stores"]


def build(settings: SqliteSettings, *, notifiers: tuple[str, ...] = ()) -> "SqlStore":
    """A store on the settings' file; nothing is opened before `start`."""
    from plugins.stores.sql.store import SqlStore

    return SqlStore(settings.path, notifiers=notifiers)


@hookimpl
def tandem_stores() -> tuple[Adapter, ...]:
    """``use: sqlite``."""
    return (Adapter("sqlite", SqliteSettings, build),)
