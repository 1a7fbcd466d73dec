"""The alert file: whole lines of JSON, private, bounded, and honest when the disk refuses."""

import asyncio
import errno
import json
import os
import shutil
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from plugins.notifiers.file import FileNotifier, FileSettings, line, tandem_notifiers
from ports.contract.notifier import NotifierContract
from ports.contract.samples import critical, delivery, service, told
from ports.errors import Stopped, Unavailable
from ports.notifier import Notifier, Receipt


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file will be; its directory is missing."""
    return tmp_path / "var" / "alerts.jsonl"


@pytest.fixture
async def notifier(path: Path) -> AsyncIterator[FileNotifier]:
    """Started, with small files."""
    notifier = FileNotifier("file", FileSettings(path=str(path), max_bytes=1_000, keep=2))
    await notifier.start()
    yield notifier
    await notifier.close()


def read(path: Path) -> list[dict[str, Any]]:
    """Every line, parsed."""
    return [json.loads(one) for one in path.read_text("utf-8").splitlines()]


def text_of(path: Path) -> str:
    """The file as it is."""
    return path.read_text("utf-8")


def put(path: Path, text: str) -> None:
    """Write a file, with its directory."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def opened() -> list[Path]:
    """Every file that this process has open."""
    return [each.resolve() for each in Path("/proc/self/fd").iterdir()]


class TestFile(NotifierContract):
    """The shared contract."""

    @pytest.fixture(autouse=True)
    def _place(self, path: Path) -> None:
        self.path = path

    async def made(self) -> Notifier:
        """A notifier on a new file."""
        return FileNotifier("file", FileSettings(path=str(self.path)))

    async def shown(self, notifier: Notifier) -> str:
        """The file."""
        return self.path.read_text("utf-8")


def test_line_says_it_all() -> None:
    """The fields that scripts may rely on."""
    assert json.loads(line(delivery(critical("c1"), "Stop hit\nat 56000", repeat=True, late=61_000))) == {
        "at": "2020-01-01T00:00:00.000Z",
        "account": "main",
        "environment": "paper",
        "symbol": "BTCUSDT",
        "side": "long",
        "trade": "7K3QX9A2MD",
        "kind": "stop_hit",
        "critical": True,
        "text": "Stop hit\nat 56000",
        "cause": "c1",
        "repeat": True,
        "late": 61_000,
    }
    assert json.loads(line(delivery(service("c2"))))["side"] is None


async def test_file_and_directory_are_private(notifier: FileNotifier, path: Path) -> None:
    """Directory 0700, file 0600 (S15)."""
    await notifier.deliver(delivery(told("x")))

    assert [one.stat().st_mode & 0o777 for one in (path.parent, path)] == [0o700, 0o600]


async def test_full_file_is_set_aside_and_the_oldest_goes(notifier: FileNotifier, path: Path) -> None:
    """No line is split over two files, none is lost but the oldest files, and no file outgrows its size."""
    for number in range(12):
        await notifier.deliver(delivery(told(str(number)), "x" * 100))
    files = [path.with_name("alerts.jsonl.2"), path.with_name("alerts.jsonl.1"), path]
    causes = [int(one["cause"]) for file in files for one in read(file)]

    assert sorted(one.name for one in path.parent.iterdir()) == sorted(one.name for one in files)
    assert causes == list(range(causes[0], 12))
    assert 0 < causes[0] < 6
    assert all(file.stat().st_size <= 1_000 and file.stat().st_mode & 0o777 == 0o600 for file in files)


class Slow(FileNotifier):
    """On a disk that takes its time for each line; *met* counts lines that were begun while another was written."""

    def __init__(self, path: Path) -> None:
        super().__init__("file", FileSettings(path=str(path), max_bytes=1_000))
        self.begun, self.go = threading.Event(), threading.Event()
        self.inside = self.met = 0

    def _append(self, data: bytes) -> Receipt:
        self.met += self.inside
        self.inside += 1
        self.begun.set()
        self.go.wait()
        try:
            return super()._append(data)
        finally:
            self.inside -= 1


async def test_a_line_comes_after_one_whose_deadline_passed_in_the_middle(path: Path) -> None:
    """D2: setting a full file aside, or cutting off half a line, must not meet a write that is still under way."""
    notifier = Slow(path)
    await notifier.start()
    late = asyncio.create_task(notifier.deliver(delivery(told("late"))))
    await asyncio.to_thread(notifier.begun.wait)
    late.cancel()
    second = asyncio.create_task(notifier.deliver(delivery(told("second"))))
    await asyncio.wait({late})
    await asyncio.to_thread(notifier.go.set)
    await second
    await notifier.close()

    assert notifier.met == 0
    assert [one["cause"] for one in read(path)] == ["late", "second"]


async def test_the_file_is_closed_after_what_is_being_written(path: Path) -> None:
    """D2: its number may be another file's by then."""
    notifier = Slow(path)
    await notifier.start()
    late = asyncio.create_task(notifier.deliver(delivery(told("late"))))
    await asyncio.to_thread(notifier.begun.wait)
    late.cancel()
    closing = asyncio.create_task(notifier.close())
    await asyncio.wait({late})
    await asyncio.to_thread(notifier.go.set)
    await closing

    assert [one["cause"] for one in read(path)] == ["late"]
    assert path not in opened()


async def test_restart_appends(path: Path) -> None:
    """What was told before stays; a line that a crash cut short does not spoil the next."""
    put(path, '{"at": "before"}\n{"at": "cut sho')
    notifier = FileNotifier("file", FileSettings(path=str(path)))
    await notifier.start()
    await notifier.deliver(delivery(told("after")))
    await notifier.close()
    first, broken, last = text_of(path).splitlines()

    assert (first, broken) == ('{"at": "before"}', '{"at": "cut sho')
    assert json.loads(last)["cause"] == "after"


@pytest.mark.parametrize("how", ["deleted", "moved", "its folder deleted"])
async def test_a_file_that_is_gone_from_its_name_is_made_anew(how: str, notifier: FileNotifier, path: Path) -> None:
    """D2: somebody tidies up, a log rotation packs it: what went on into the old file was delivered to nobody."""
    await notifier.deliver(delivery(told("x")))
    tidy_up(path, how)
    receipt = await notifier.deliver(delivery(told("y")))

    assert [one["cause"] for one in read(path)] == ["y"]
    assert receipt.reference == f"{path}:0"


def tidy_up(path: Path, how: str) -> None:
    """Do to the file what people and log rotations do."""
    match how:
        case "deleted":
            path.unlink()
        case "moved":
            path.rename(path.with_name("old"))
        case _:
            shutil.rmtree(path.parent)


async def test_receipt_names_the_line(notifier: FileNotifier, path: Path) -> None:
    """File and byte where it begins."""
    await notifier.deliver(delivery(told("x")))
    receipt = await notifier.deliver(delivery(told("y")))
    place = int(receipt.reference.removeprefix(f"{path}:"))

    assert json.loads(text_of(path)[place:])["cause"] == "y"


async def test_full_disk_is_unavailable_and_leaves_no_half_line(
    notifier: FileNotifier, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row stays due, and the next line begins at a beginning."""
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        write(descriptor, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(Unavailable, match="No space left"):
            await notifier.deliver(delivery(told("x")))
    await notifier.deliver(delivery(told("y")))

    assert [one["cause"] for one in read(path)] == ["y"]


@pytest.mark.parametrize("what", ["link", "file in the way"])
async def test_bad_place_is_said_at_start(tmp_path: Path, what: str) -> None:
    """A link, or a path that can't be: named, with what would mend it."""
    put(tmp_path / "target", "")
    if what == "link":
        os.symlink("target", tmp_path / "alerts.jsonl")  # noqa: PTH211 -- pathlib's is a blocking call in an async test
    path = tmp_path / ("alerts.jsonl" if what == "link" else "target/alerts.jsonl")
    notifier = FileNotifier("file", FileSettings(path=str(path)))

    with pytest.raises(Stopped, match="name a place the service may write"):
        await notifier.start()


async def test_fsync_can_be_left_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By setting only: the default waits for the disk."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    (adapter,) = tandem_notifiers()
    for settings in (FileSettings(path=str(path)), FileSettings(path=str(path), fsync=False)):
        notifier = adapter.build(settings, name="file")
        await notifier.deliver(delivery(told("x")))
        await notifier.close()

    assert (adapter.name, len(synced), len(read(path))) == ("file", 1, 2)
