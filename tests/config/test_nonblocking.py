"""What the service shows holds nothing up, whoever reads it (rel:F49, J2)."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from config.nonblocking import ROOM, NonBlockingStream, nonblocking

LINE = "x" * 1_023 + "\n"


class Pipe:
    """A pipe of the system, and a stream that writes to it."""

    def __init__(self) -> None:
        """Open it."""
        self.reader, writer = os.pipe()
        self.end = os.fdopen(writer, "w", encoding="utf-8")
        self.stream = NonBlockingStream(self.end)

    def read(self, length: int) -> str:
        """So many bytes, which must come."""
        found = b""
        while len(found) < length:
            found += os.read(self.reader, length - len(found))
        return found.decode()


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """One that is closed afterwards."""
    made = Pipe()
    yield made
    with suppress(OSError):
        os.close(made.reader)
    made.stream.drained(30)
    made.end.close()


def test_what_nobody_reads_waits_in_order_and_only_so_much(pipe: Pipe) -> None:
    """Far more than a pipe holds is written at once; what finds no room is dropped, and whoever asks knows before."""
    for number in range(2 * ROOM // len(LINE)):
        pipe.stream.write(f"{number:1023}\n")
    full = pipe.stream.writable()
    shown = [int(line) for line in pipe.read(ROOM).splitlines()]

    assert not full
    assert shown == list(range(ROOM // len(LINE)))


def test_once_somebody_reads_again_there_is_room_again(pipe: Pipe) -> None:
    """An alert that was not shown is shown then: its notifier tries it again (D2)."""
    while pipe.stream.writable():
        pipe.stream.write(LINE)
    while not pipe.stream.writable():
        pipe.read(len(LINE))
    pipe.stream.write("again\n")
    shown = b""
    while not shown.endswith(b"again\n"):
        shown = os.read(pipe.reader, ROOM)

    assert pipe.stream.drained(30)


def test_a_reader_that_is_gone_for_good_is_told(pipe: Pipe) -> None:
    """As by any stream: who shows something says so once, and goes on."""
    os.close(pipe.reader)
    pipe.stream.write(LINE)
    assert pipe.stream.drained(30)
    assert not pipe.stream.writable()
    with pytest.raises(BrokenPipeError):
        pipe.stream.write(LINE)


def test_the_process_has_its_own_streams_back(monkeypatch: pytest.MonkeyPatch, pipe: Pipe) -> None:
    """What holds nothing up anyway, such as memory, stays itself."""
    memory = io.StringIO()
    monkeypatch.setattr(sys, "stdout", pipe.end)
    monkeypatch.setattr(sys, "stderr", memory)
    with nonblocking():
        within = sys.stdout, sys.stderr
        sys.stdout.write("é\n")

    assert isinstance(within[0], NonBlockingStream)
    assert (within[1], sys.stdout, sys.stderr) == (memory, pipe.end, memory)
    assert pipe.read(3) == "é\n"
