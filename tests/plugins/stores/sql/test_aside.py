"""What may hang beside the store's own thread keeps no process alive (J2)."""

import asyncio
import subprocess
import sys
from threading import Event

import pytest

from plugins.stores.sql.aside import Aside

HANGS = """
import asyncio
from threading import Event
from plugins.stores.sql.aside import Aside

async def stopped():
    aside = Aside()
    task = asyncio.create_task(aside.call(Event().wait))
    await asyncio.sleep(0)
    task.cancel()
    print(await aside.finish(0.01))

asyncio.run(stopped())
"""


async def test_what_it_returns_and_raises_comes_back() -> None:
    """As if it had been called here."""
    aside = Aside()

    assert await aside.call(lambda: 7) == 7
    with pytest.raises(OSError, match="full"):
        await aside.call(lambda: (_ for _ in ()).throw(OSError("full")))


async def test_what_is_under_way_is_waited_for_though_nobody_listens() -> None:
    """J2: a backup that was begun is finished when the service stops."""
    aside, ready = Aside(), Event()
    task = asyncio.create_task(aside.call(ready.wait))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert not await aside.finish(0.01)
    ready.set()
    assert await aside.finish(60)


def test_what_hangs_for_ever_holds_up_no_exit() -> None:
    """J2, rel:F45: backups to a share that was gone; the service stopped, said so, and its process stayed for ever."""
    ended = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "False\n", "")
