"""A disk that hangs keeps no process, and its leases stay with the process for as long as a write may land (J2)."""

import subprocess
import sys
from pathlib import Path

import pytest

from plugins.stores.sql.thread import OneThread

ROOT = Path(__file__).resolve().parents[4]
HANGS = """
import asyncio
from pathlib import Path
from threading import Event
from plugins.stores.sql import SqliteSettings, build
from ports.contract.samples import opened
from ports.persistence import Batch

async def stopped():
    store = build(SqliteSettings(path="t.db"))
    await store.start()
    await store.acquire(["main"], "service")
    store.ends_within, hung = 0.01, asyncio.Event()
    loop = asyncio.get_running_loop()
    store.place.hold = lambda _: loop.call_soon_threadsafe(hung.set) and Event().wait()
    writing = asyncio.create_task(store.append(Batch(records=(opened(),))))
    await hung.wait()
    await store.release()
    await store.close()
    print("held" if Path("t.db.lock").read_text() else "given back")

asyncio.run(stopped())
"""


def test_a_write_that_hangs_for_ever_holds_up_no_exit_and_keeps_its_lease(tmp_path: Path) -> None:
    """J2, rel:F44, rel:F45: SIGTERM did nothing while the disk hung; whoever starts after it has the store."""
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, "-c", HANGS],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

        assert (ended.returncode, ended.stdout.splitlines()[-1]) == (0, "held"), ended.stderr


def test_work_is_done_in_order_and_what_it_raises_comes_back() -> None:
    """As in a pool of one; what was given before the end is done."""
    thread, done = OneThread("t"), list[int]()
    with pytest.raises(OSError, match="full"):
        thread.submit(lambda: (_ for _ in ()).throw(OSError("full"))).result(10)
    for number in range(3):
        thread.submit(done.append, number)
    thread.shutdown()

    assert done == [0, 1, 2]
