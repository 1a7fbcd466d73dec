"""Standard output and error of the service: whoever doesn't read them holds up nothing but what is shown (rel:F49).

A write to a terminal that is paused (Ctrl-S), to a pipe whose reader stands still, or to an ssh session whose network
is gone waits until somebody reads, for hours if need be. In the service's one thread every trade would wait with it.
"""

import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import TextIO

ROOM = 1024 * 1024
"""Bytes that wait to be read, some minutes of a busy service; what comes when they are reached is not shown."""
PATIENCE = 2.0
"""Seconds that whoever reads has for what still waits at the end."""


class NonBlockingStream(io.TextIOBase):
    """A text stream whose `write` returns at once: a thread of its own does the writing, and dies with the process.

    `writable` is False while nothing more can wait; what is written then is dropped. Raises OSError from `write` once
    the reader is gone for good. `flush` does nothing: see `drained`.
    """

    def __init__(self, stream: TextIO) -> None:
        """*stream* must have a file descriptor; it is written to there, past its own buffer."""
        self._stream = stream
        self._waiting = bytearray()
        self._changed = Condition()
        self._gone: OSError | None = None
        self._writer: Thread | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override] # typeshed has a variable here
        """As of the stream behind it."""
        return self._stream.encoding

    def fileno(self) -> int:
        """As of the stream behind it."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """As of the stream behind it."""
        return self._stream.isatty()

    def writable(self) -> bool:
        """Whether what is written now will be shown once somebody reads."""
        return self._gone is None and len(self._waiting) < ROOM

    def write(self, text: str) -> int:
        """Have it written; the number of characters."""
        data = text.encode(self.encoding, self._stream.errors or "strict")
        with self._changed:
            if self._gone is not None:
                raise OSError(self._gone.errno, self._gone.strerror)
            if len(self._waiting) < ROOM:
                self._waiting += data
                self._changed.notify_all()
            self._writer = self._writer or self._started()
        return len(text)

    def drained(self, within: float) -> bool:
        """Wait until all is written; False when it isn't after so many seconds, and nobody will read the rest."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting, within)

    def _started(self) -> Thread:
        writer = Thread(target=self._write_all, name=f"tandem-{self.fileno()}", daemon=True)
        writer.start()
        return writer

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                some = bytes(self._waiting[: select.PIPE_BUF])
            try:
                select.select((), (self.fileno(),), ())  # a descriptor that others made non-blocking waits here
                written = os.write(self.fileno(), some)
            except BlockingIOError:
                continue
            except OSError as error:
                self._lost(error)
                return
            with self._changed:
                del self._waiting[:written]
                self._changed.notify_all()

    def _lost(self, error: OSError) -> None:
        with self._changed:
            self._gone = error
            self._waiting.clear()
            self._changed.notify_all()


@contextmanager
def nonblocking() -> Iterator[None]:
    """Nothing that is shown within holds anything up; at the end what waits is given `PATIENCE`, and then up."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = streams = tuple(_stream(each) for each in before)
    try:
        yield
    finally:
        for each in streams:
            if isinstance(each, NonBlockingStream):
                each.drained(PATIENCE)
        sys.stdout, sys.stderr = before


def _stream(stream: TextIO) -> TextIO:
    """In place of *stream*, unless it is no file: memory waits for nobody."""
    try:
        stream.flush()
        stream.fileno()
    except OSError:
        return stream
    return NonBlockingStream(stream)  # type: ignore[return-value] # TextIO is no protocol: all of it that is used is here
