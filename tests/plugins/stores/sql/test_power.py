"""The power goes: what a disk may be left with, torn at many places, opens and holds all that was acknowledged."""

import asyncio
import random
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from plugins.stores.sql.place import Place
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import filled, opened, paused
from ports.persistence import Batch, Record
from tests.plugins.stores.sql.grounds import Ground

ROOT = Path(__file__).resolve().parents[4]
HEADER, FRAME = 32, 24 + 4096

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(390)]


@dataclass(frozen=True, slots=True)
class Disk:
    """A database and its log while a service runs, and how long the log was when each thing was acknowledged.

    *acknowledged* holds (bytes in the log, lines in the journal); the first is the store's own start.
    """

    database: bytes
    log: bytes
    lines: tuple[Record, ...]
    acknowledged: tuple[tuple[int, int], ...]
    salt: str

    def promised(self, kept: int) -> int:
        """How many lines must be there when *kept* bytes of the log are; -1: not even the tables."""
        return max((lines for size, lines in self.acknowledged if size <= kept), default=-1)


async def written(folder: Path) -> Disk:
    """A life of a store up to a moment in which the power goes."""
    path = folder / "tandem.db"
    log = Path(f"{path}-wal")
    store = SqlStore(SqliteFile(str(path)))
    await store.start()
    acknowledged = [(len(read(log)), 0)]
    lines: list[Record] = []
    for number in range(8):
        batch = (opened(), paused()) if not number else (filled(f"a{number}", number), filled(f"b{number}", number))
        await store.append(Batch(records=batch))
        lines += batch
        acknowledged.append((len(read(log)), len(lines)))
    disk = Disk(read(path), read(log), tuple(lines), tuple(acknowledged), await store.salt())
    await store.close()
    return disk


def read(path: Path) -> bytes:
    """Every byte, as another process would see it now."""
    return path.read_bytes()


def left(folder: Path, disk: Disk, log: bytes) -> Path:
    """What the power left: the database, this much of its log, and no memory."""
    folder.mkdir()
    (folder / "tandem.db").write_bytes(disk.database)
    (folder / "tandem.db-wal").write_bytes(log)
    return folder / "tandem.db"


async def found(place: Place) -> tuple[tuple[Record, ...], str]:
    """The journal and the salt, as the next start finds them."""
    store = SqlStore(place)
    await store.start()
    lines, salt = await store.live("main"), await store.salt()
    await store.close()
    return lines, salt


def cuts(disk: Disk) -> list[int]:
    """Every boundary of a frame, both sides of it, and some places in the middle."""
    ends = range(HEADER, len(disk.log) + 1, FRAME)
    near = {place + by for place in ends for by in (-1, 0, 1, 24, 2000)}
    return sorted(cut for cut in {0, 1, *near} if 0 <= cut <= len(disk.log))


@pytest.mark.parametrize("rest", ["nothing", "zeros", "noise"])
async def test_torn_log_keeps_every_acknowledged_commit(rest: str, tmp_path: Path) -> None:
    """Cut anywhere, with nothing, zeros or noise behind the cut: real SQLite opens it (rel:F43, section 5)."""
    disk = await written(tmp_path)
    noise = random.Random(7).randbytes(len(disk.log))
    seen = set()
    for cut in cuts(disk):
        behind = {"nothing": b"", "zeros": bytes(len(disk.log) - cut), "noise": noise[cut:]}[rest]
        lines, salt = await found(SqliteFile(str(left(tmp_path / str(cut), disk, disk.log[:cut] + behind))))

        assert lines == disk.lines[: len(lines)], f"cut at {cut}"
        assert len(lines) >= disk.promised(cut), f"cut at {cut}"
        assert len(lines) % 2 == 0, f"half a batch at {cut}"
        assert disk.promised(cut) < 0 or salt == disk.salt
        seen.add(len(lines))
    assert seen == {0, *(lines for _, lines in disk.acknowledged)}


KILLED = """
import asyncio, os, sys
from ports.contract.samples import filled, opened
from ports.persistence import Batch
from plugins.stores.sql.store import SqlStore
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.postgres import PostgresDatabase
from ports.secret import Secret

async def main(address, end):
    place = PostgresDatabase(Secret(address)) if address.startswith("postgresql:") else SqliteFile(address)
    store = SqlStore(place)
    await store.start()
    await store.acquire(["main"], "doomed")
    await store.append(Batch(records=(opened(),)))
    doomed = asyncio.get_running_loop().call_later(end, os.kill, os.getpid(), 9)
    for number in range(10**6):
        await store.append(Batch(records=(filled(str(number), number),)))
        print(number, flush=True)

asyncio.run(main(sys.argv[1], float(sys.argv[2])))
"""


@pytest.mark.parametrize("seed", range(4))
def test_kill_loses_nothing_that_was_acknowledged(seed: int, ground: Ground) -> None:
    """Killed (-9) in the middle of writing, at any moment: every line is there, the lease is free (rel:F43, rel:I5)."""
    place = ground.place()
    address = str(getattr(place, "path", "")) or place.url.reveal()  # type: ignore[attr-defined]
    end = str(random.Random(seed).uniform(0.02, 0.3))
    run = subprocess.run(
        [sys.executable, "-c", KILLED, address, end], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == -9, run.stderr
    acknowledged = len(run.stdout.splitlines())

    assert asyncio.run(lines_of_the_next(ground)) in (1 + acknowledged, 2 + acknowledged)


async def lines_of_the_next(ground: Ground) -> int:
    """How many journal lines the next process finds under its lease; none of them is torn."""
    store = await ground.held("next")
    lines = await store.live("main")
    await store.close()
    return len(lines)


RESTORING = """
import signal, sys
from itertools import count
from pathlib import Path
from plugins.stores.sql.sqlite_backup import put_back

folder = Path(sys.argv[1])
signal.setitimer(signal.ITIMER_REAL, float(sys.argv[2]))  # SIGALRM ends it, as abruptly as SIGKILL
for number in count():
    put_back(folder / ("a.db", "b.db")[number % 2], folder / "tandem.db", folder / f"aside{number}")
"""


@pytest.mark.parametrize("seed", range(6))
async def test_restore_that_is_killed_leaves_one_or_the_other(seed: int, tmp_path: Path) -> None:
    """Never none and never a mixture: the old one until the new one is complete (rel:F43, rel:P7)."""
    journals = {await made(tmp_path, name, lines) for name, lines in (("a.db", 1), ("b.db", 40), ("tandem.db", 3))}
    end = str(random.Random(seed).uniform(0.001, 0.1))
    run = await asyncio.create_subprocess_exec(sys.executable, "-c", RESTORING, tmp_path, end, cwd=ROOT)
    assert await run.wait() == -signal.SIGALRM
    lines, _ = await found(SqliteFile(str(tmp_path / "tandem.db")))

    assert lines in journals


async def made(folder: Path, name: str, lines: int) -> tuple[Record, ...]:
    """A closed store of so many lines."""
    store = SqlStore(SqliteFile(str(folder / name)))
    await store.start()
    batch = Batch(records=tuple(filled(str(number), number) for number in range(lines)))
    await store.append(batch)
    await store.close()
    return batch.records
