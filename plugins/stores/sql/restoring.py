"""Putting a backup back: checked first, never under a running service, and what it replaces is kept."""

from dataclasses import dataclass
from pathlib import Path

from plugins.stores.sql.faults import Damaged
from plugins.stores.sql.files import file_errors
from plugins.stores.sql.place import Place
from plugins.stores.sql.shelf import Shelf
from ports.errors import ConfigError, Stopped


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: the number of its form, and where the present was kept ("" when there was none)."""

    form: int
    kept: str


def restore(place: Place, shelf: Shelf, backup: Path, inscription: str, at: int) -> Restored:
    """Replace what is at *place*. Raises Stopped while a service runs on it and for a backup that isn't good."""
    form = inspected(place, shelf, backup)
    with place.translated(), file_errors(backup), place.alone(inscription):
        return Restored(form, place.put_back(backup, shelf, at))


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
