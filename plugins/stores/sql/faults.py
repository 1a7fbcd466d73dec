"""The one place where SQLite's errors become ours: try again, or stop and tell."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from ports.errors import Stopped, TandemError, Unavailable

MEND = (
    "Nothing was overwritten. `tandem restore BACKUP CONFIG` puts a backup in its place, keeps this one aside, and "
    "carries over what this one still proves"
)

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PASSING = {
    sqlite3.SQLITE_BUSY: "another process holds it locked; end that process, or wait",
    sqlite3.SQLITE_LOCKED: "another connection holds it locked; end that process, or wait",
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_IOERR: "the disk does not read or write; check it and its free space",
    sqlite3.SQLITE_READONLY: "it can't be written; check the file system and the file's permissions",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened; check the directory and its permissions",
    sqlite3.SQLITE_NOMEM: "there is no memory left",
}


class Damaged(Stopped):
    """What is stored is not what was stored: *found* says in what. Whoever knows of a good backup adds it (F47)."""

    def __init__(self, message: str, found: str) -> None:
        """Keep what was found, for whoever words it otherwise."""
        self.found = found
        super().__init__(message)


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Turn what the database raises about *path* into Unavailable or Stopped; anything else is a bug and stays."""
    try:
        yield
    except DBAPIError as error:
        fault = _fault(path, error.orig) or _disconnected(path, error)
        if fault is None:
            raise
        raise fault from error
    except sqlite3.Error as error:
        fault = _fault(path, error)
        if fault is None:
            raise
        raise fault from error


def damaged(path: str, found: str) -> Damaged:
    """What to raise when the store is not what it must be (F47)."""
    said = " ".join(found.split())
    return Damaged(f"store {path}: damaged: {said}. {MEND}.", said)


def _fault(path: str, error: BaseException | None) -> TandemError | None:
    # Extended codes keep the plain one in their low byte.
    code = getattr(error, "sqlite_errorcode", -1)
    plain = code & 0xFF if code >= 0 else code
    if plain in _DAMAGED:
        return damaged(path, str(error))
    if plain in _PASSING:
        return Unavailable(f"store {path}: {_PASSING[plain]} ({error})")
    return None


def _disconnected(path: str, error: DBAPIError) -> TandemError | None:
    return Unavailable(f"store {path}: connection lost ({error.orig})") if error.connection_invalidated else None
