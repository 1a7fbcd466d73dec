"""Alerts as JSON lines in a file: the last resort of every route, so it needs nothing but a disk."""

import asyncio
import errno
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field

from core.words import iso
from ports.errors import Stopped, Unavailable
from ports.hooks import Adapter, hookimpl
from ports.notifier import Delivery, Receipt

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
CLOSES_WITHIN = 5
"""Seconds that a disk may take for what is still being written when the file is closed."""
T = TypeVar("T")
_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EINTR, errno.EAGAIN, errno.EROFS, errno.EMFILE})


class FileSettings(BaseModel):
    """Where alerts are written and how long they are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: str = Field(default="var/alerts.jsonl", min_length=1, description="The file; its directory is made.")
    fsync: bool = Field(default=True, description="Wait until the disk has each line.")
    max_bytes: int = Field(default=100_000_000, ge=1_000, description="A file that would outgrow this is set aside.")
    keep: int = Field(default=10, ge=1, le=1_000, description="How many files set aside are kept: .1 is the newest.")


class FileNotifier:
    """Appends one JSON object a line, in a private file (0600). Raises Unavailable when the disk does not take it.

    All of it is done by one thread of its own: a delivery that is cancelled at its deadline can't stop a write that has
    begun, and the next one comes after it. A disk that hangs takes no thread of anybody else's.
    """

    def __init__(self, name: str, settings: FileSettings) -> None:
        """Nothing is opened before `start`."""
        self.name = name
        self._settings = settings
        self._path = Path(settings.path)
        self._descriptor: int | None = None
        self._thread = _thread()

    async def start(self) -> None:
        """See Notifier.start; raises Stopped when the place can't be written, or is a link (S15)."""
        try:
            await self._there(self._open)
        except OSError as error:
            raise Stopped(f"alert file {self._path}: {error.strerror}; name a place the service may write") from error

    async def close(self) -> None:
        """See Notifier.close."""
        thread, self._thread = self._thread, _thread()
        closed = asyncio.wrap_future(thread.submit(self._close))
        thread.shutdown(wait=False)
        await asyncio.wait({closed}, timeout=CLOSES_WITHIN)

    async def deliver(self, delivery: Delivery) -> Receipt:
        """See Notifier.deliver: the receipt is where the line begins. Other notifiers' fallbacks come at any time."""
        try:
            return await self._there(lambda: self._append(line(delivery)))
        except OSError as error:
            if error.errno in _PASSING:
                raise Unavailable(f"alert file {self._path}: {error.strerror}") from error
            raise

    async def _there(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _append(self, data: bytes) -> Receipt:
        descriptor = self._there_still()
        begin = os.fstat(descriptor).st_size
        if begin and begin + len(data) > self._settings.max_bytes:
            descriptor, begin = self._rotate(descriptor), 0
        try:
            _write_all(descriptor, data)
        except OSError:
            # Half a line would spoil the next one.
            os.ftruncate(descriptor, begin)
            raise
        if self._settings.fsync:
            os.fsync(descriptor)
        return Receipt(f"{self._path}:{begin}")

    def _there_still(self) -> int:
        """The file under its name: what is written to one that was deleted or moved away is read by nobody."""
        descriptor = self._open()
        try:
            if os.path.samestat(os.fstat(descriptor), os.lstat(self._path)):
                return descriptor
        except FileNotFoundError:
            pass  # it was deleted or moved: made anew, as for another file in its place
        self._close()
        return self._open()

    def _open(self) -> int:
        if self._descriptor is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, _FLAGS, 0o600)
            os.fchmod(descriptor, 0o600)
            _end_broken_line(descriptor)
            self._descriptor = descriptor
        return self._descriptor

    def _rotate(self, descriptor: int) -> int:
        """Set the file aside as .1, what was .1 as .2, and so on; the oldest goes."""
        os.close(descriptor)
        self._descriptor = None
        for number in range(self._settings.keep - 1, 0, -1):
            older = self._aside(number)
            if older.exists():
                older.replace(self._aside(number + 1))
        self._path.replace(self._aside(1))
        return self._open()

    def _aside(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _thread() -> ThreadPoolExecutor:
    """One at a time, in order; it begins with the first work."""
    return ThreadPoolExecutor(1, thread_name_prefix="alert-file")


def line(delivery: Delivery) -> bytes:
    """The JSON line of an alert; its text is exactly what people elsewhere are shown."""
    alert = delivery.alert
    content = {
        "at": iso(alert.at),
        "account": alert.account,
        "environment": alert.environment.value,
        "symbol": alert.symbol,
        "side": alert.side.value if alert.side is not None else None,
        "trade": alert.trade,
        "kind": alert.kind,
        "critical": alert.critical,
        "text": delivery.text,
        "cause": alert.cause,
        "repeat": delivery.repeat,
        "late": delivery.late,
    }
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _end_broken_line(descriptor: int) -> None:
    """After a crash in the middle of a line the next one must still begin at a line's beginning."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        os.write(descriptor, b"\n")


def build(settings: FileSettings, *, name: str) -> FileNotifier:
    """A file notifier of this name."""
    return FileNotifier(name, settings)


@hookimpl
def tandem_notifiers() -> tuple[Adapter, ...]:
    """``use: file``."""
    return (Adapter("file", FileSettings, build),)
