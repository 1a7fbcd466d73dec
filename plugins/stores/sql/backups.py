"""Backups of one place while it runs: each is private, read back whole, and has its name only when it is complete."""

import os
from contextlib import suppress
from pathlib import Path

from plugins.stores.sql.files import PRIVATE_DIRECTORY, file_errors, sync_directory
from plugins.stores.sql.place import Place
from plugins.stores.sql.shelf import Shelf
from ports.errors import ConfigError, TandemError, Unavailable

ABANDONED = 3_600_000
"""No backup takes an hour, in milliseconds: one that is still unfinished then was begun by a process that is dead."""


class Backups:
    """Makes and finds the backups of *place* on a *shelf*. Every call does I/O and belongs in a thread of its own."""

    def __init__(self, place: Place, shelf: Shelf) -> None:
        """Nothing is read or made here."""
        self.place = place
        self.shelf = shelf

    def make(self, at: int, why: str = "") -> Path:
        """Make one now, then remove those that need not be kept. Raises Unavailable when it can't be."""
        target = self.shelf.place(at, why)
        with file_errors(target):
            target.parent.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        self.make_at(target)
        with file_errors(target):
            for path in (*self.shelf.superfluous(at), *self.shelf.abandoned(at - ABANDONED)):
                path.unlink(missing_ok=True)
        return target

    def make_at(self, target: Path) -> None:
        """Make one now in a file that doesn't exist yet; of two at once the one that is complete first has the name."""
        unfinished = self.shelf.unfinished(target)
        with file_errors(target):
            if target.exists():
                raise _taken(target)
            try:
                self._copy(unfinished, target)
                _name(unfinished, target)
                sync_directory(target.parent)
            finally:
                unfinished.unlink(missing_ok=True)

    def _copy(self, unfinished: Path, target: Path) -> None:
        """Write the copy; what there was no room for may be that, on a disk of its own, and not the store."""
        try:
            with self.place.translated():
                self.place.copy(unfinished)
        except Unavailable as error:
            raise Unavailable(f"backup {target}: {error}") from error

    def has_one(self, since: int, until: int) -> bool:
        """See Shelf.has_one. Raises Unavailable where the folder can't be looked into."""
        with file_errors(self.shelf.folder):
            return self.shelf.has_one(since, until)

    def newest_good(self) -> Path | None:
        """The newest backup that could be restored now; damaged ones, and what can't be read, are passed over."""
        with suppress(OSError):
            return next((path for path in self.shelf.all() if self._good(path)), None)
        return None

    def _good(self, path: Path) -> bool:
        try:
            self.place.check(path)
        except (TandemError, OSError):
            return False
        return True


def _name(unfinished: Path, target: Path) -> None:
    """Give a complete copy its name: a second name for a file can't be taken from another, as renaming would."""
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise _taken(target) from None
    except OSError as error:  # FAT and some network disks have no second names: there a look must do
        if target.exists():
            raise _taken(target) from error
        unfinished.rename(target)


def _taken(target: Path) -> ConfigError:
    return ConfigError((f"{target}: there is a file of this name already; name another",))
