"""The files of a SQLite store: private from the first byte, and held by one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from plugins.stores.sql.faults import MEND
from ports.errors import Stopped, Unavailable

PRIVATE = 0o600
PRIVATE_DIRECTORY = 0o700
Identity = tuple[int, int] | None
"""Device and number of a file; None for no file."""
_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


def prepare(path: Path) -> None:
    """Make the directory (0700) and an empty file (0600), or make a file that is there private.

    SQLite gives its -wal and -shm the file's own mode. Raises Stopped for a link (S15) or a lost main file.
    """
    try:
        path.parent.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        _same_age(path)
        os.close(_open_private(path))
    except OSError as error:
        raise Stopped(f"store {path}: {error.strerror}; give the service's user a directory it may write") from error


def _same_age(path: Path) -> None:
    """A log without its database would be thrown away by SQLite, with all that was committed to it."""
    log = write_ahead_log(path)
    if size(path) == 0 and size(log) > 0:
        raise Stopped(f"store {path}: empty or gone, but its log {log.name} is not: put the database back. {MEND}")


def write_ahead_log(path: Path) -> Path:
    """SQLite's log beside *path*: what was committed and not yet written to the main file."""
    return path.with_name(f"{path.name}-wal")


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn what the system says about a backup at *path* into Unavailable."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"backup {path}: {error.strerror or error}; nothing else was touched") from error


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def size(path: Path) -> int:
    """Bytes in the file; 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _open_private(path: Path) -> int:
    """A descriptor of a file with mode 0600, whatever the umask was; a symbolic link is refused."""
    descriptor = os.open(path, _OPEN, PRIVATE)
    try:
        os.fchmod(descriptor, PRIVATE)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def identity(path: Path) -> Identity:
    """Which file stands under this name now. Raises Unavailable where that can't be told (F45)."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unavailable(f"store {path}: {error.strerror}; check the disk and the directory") from error
    return found.st_dev, found.st_ino


class LockFile:
    """``<database>.lock``: held until its process ends, however it ends. Its text says who holds it (F44)."""

    def __init__(self, path: Path) -> None:
        """The file is made when first taken; it is never deleted, since deleting it would let two in."""
        self.path = path
        self._descriptor: int | None = None

    def take(self, holder: str) -> None:
        """Lock and write *holder* into it. Raises Stopped with what the present holder wrote."""
        if self._descriptor is None:
            self._descriptor = self._lock()
        with suppress(OSError):  # a full disk: it is held all the same, only not said by whom
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{holder}\n".encode(), 0)

    def give_back(self) -> None:
        """Unlock; safe to call twice."""
        if self._descriptor is not None:
            with suppress(OSError):  # a disk that became read-only: the text stays, which locks nobody out
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def _lock(self) -> int:
        try:
            descriptor = _open_private(self.path)
        except OSError as error:
            raise Unavailable(f"lock {self.path}: {error.strerror}; check the directory and its permissions") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found = os.pread(descriptor, 1000, 0).decode("utf-8", "replace").strip()
            os.close(descriptor)
            raise Stopped(
                f"another instance holds {self.path}: {found or 'it has not said who it is'}. "
                "Stop that one first (SIGTERM); one instance per account"
            ) from None
        return descriptor
