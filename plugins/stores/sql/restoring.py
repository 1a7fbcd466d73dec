"""Putting a backup back: checked first, never under a running service, and what it replaces is kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from plugins.stores.sql import schema
from plugins.stores.sql.faults import Damaged
from plugins.stores.sql.files import file_errors
from plugins.stores.sql.opening import Foreign, open_for_reading, salt_of
from plugins.stores.sql.place import Copy, Place
from plugins.stores.sql.shelf import Shelf
from ports.errors import ConfigError, Stopped, TandemError

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: the number of its form, where the present was kept ("" when there was none), what it lost.

    *salvaged* lines of a damaged present were added. *forgotten* are (account, trade) that were live in the present and
    are unknown now, None where that isn't told before. *other*: the present was another store than the one that the
    backup was made of.
    """

    form: int
    other: bool = False
    kept: str = ""
    salvaged: int = 0
    forgotten: tuple[tuple[str, str], ...] | None = None


def foreseen(place: Place, shelf: Shelf, backup: Path) -> Restored:
    """What `restore` would put back, as far as that can be told before; raises what that would for these places."""
    copy = inspected(place, shelf, backup)
    with place.translated():
        other = _salt(place) not in ("", copy.salt)
        forgotten = None if copy.trades is None else tuple(sorted(_trades(place, live=True) - copy.trades))
    return Restored(copy.form, other=other, forgotten=forgotten)


def restore(place: Place, shelf: Shelf, backup: Path, inscription: str, at: int) -> Restored:
    """Replace what is at *place*. Raises Stopped while a service runs on it and for a backup that isn't good."""
    found = foreseen(place, shelf, backup)
    with place.translated(), file_errors(backup), place.alone(inscription):
        live = _trades(place, live=True)
        done = place.put_back(backup, shelf, at)
        forgotten = live - _trades(place, live=False)
    return replace(found, kept=done.kept, salvaged=done.salvaged, forgotten=tuple(sorted(forgotten)))


def _salt(place: Place) -> str:
    """The present's; "" where nothing can be read."""
    return _read(place, salt_of) or ""


def _trades(place: Place, *, live: bool) -> set[tuple[str, str]]:
    """The trades that are known, or only those that are live; none where nothing can be read."""
    table = schema.trade.c
    chosen = select(table.account, table.trade)
    asked = chosen.where(table.live) if live else chosen
    return _read(place, lambda connection: {(row.account, row.trade) for row in connection.execute(asked)}) or set()


def _read(place: Place, what: Callable[[Connection], _Found]) -> _Found | None:
    """*what* is in the present, None where nothing can be read. Raises Foreign: PostgreSQL would drop what is there."""
    try:
        engine = open_for_reading(place)
    except Foreign:
        raise
    except (TandemError, DBAPIError):
        return None
    try:
        with engine.begin() as connection:
            return what(connection)
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def inspected(place: Place, shelf: Shelf, backup: Path) -> Copy:
    """What the backup is; raises ConfigError where there is no such file, Stopped when it isn't good."""
    with file_errors(backup):
        found = backup.is_file()
        newest = next(iter(shelf.all()), None) if not found else None
    if not found:
        there = (
            f"the newest backup is {newest}" if newest is not None else f"there is no backup in {shelf.folder} either"
        )
        raise ConfigError((f"{backup}: there is no such file; {there}",))
    try:
        return place.check(backup)
    except Damaged as error:
        raise Stopped(
            f"{backup}: no good backup: {error.found}. {place.name} is as it was; try an older one"
        ) from error
