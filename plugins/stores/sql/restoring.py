"""Putting a backup back: checked first, never under a running service, and what it replaces is kept."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from plugins.stores.sql import schema
from plugins.stores.sql.faults import Damaged
from plugins.stores.sql.files import file_errors
from plugins.stores.sql.opening import open_for_reading
from plugins.stores.sql.place import Place
from plugins.stores.sql.shelf import Shelf
from ports.errors import ConfigError, Stopped, TandemError


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: the number of its form, where the present was kept ("" when there was none), what it lost.

    *salvaged* lines of a damaged present were added. *forgotten* are (account, trade) that were live in the present and
    are unknown now.
    """

    form: int
    kept: str = ""
    salvaged: int = 0
    forgotten: tuple[tuple[str, str], ...] = ()


def restore(place: Place, shelf: Shelf, backup: Path, inscription: str, at: int) -> Restored:
    """Replace what is at *place*. Raises Stopped while a service runs on it and for a backup that isn't good."""
    form = inspected(place, shelf, backup)
    with place.translated(), file_errors(backup), place.alone(inscription):
        live = _trades(place, live=True)
        done = place.put_back(backup, shelf, at)
        forgotten = live - _trades(place, live=False)
    return Restored(form, done.kept, done.salvaged, tuple(sorted(forgotten)))


def _trades(place: Place, *, live: bool) -> set[tuple[str, str]]:
    """The trades that are known, or only those that are live; none where nothing can be read."""
    table = schema.trade.c
    chosen = select(table.account, table.trade)
    try:
        engine = open_for_reading(place)
    except (TandemError, DBAPIError):
        return set()
    try:
        with engine.begin() as connection:
            found = connection.execute(chosen.where(table.live) if live else chosen)
            return {(row.account, row.trade) for row in found}
    except DBAPIError:
        return set()
    finally:
        engine.dispose()


def inspected(place: Place, shelf: Shelf, backup: Path) -> int:
    """The number of the backup's form; raises ConfigError where there is no such file, Stopped when it isn't good."""
    if not backup.is_file():
        newest = next(iter(shelf.all()), None)
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
