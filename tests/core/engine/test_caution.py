"""A backup before a dangerous act: made first, and an act that must not wait goes on without it (I, J1)."""

import asyncio
from typing import Any

import pytest

from core.engine.caution import backed_up
from core.engine.emergency import Emergency
from core.engine.handover import Handover
from core.engine.memory_store import MemoryStore
from core.engine.repairing import Repairs
from core.errors import Unavailable
from tests.core.engine.test_handover import read
from tests.serving import house
from tests.staging import SYMBOL, request


class Copied(MemoryStore):
    """A store that tells what had ended when it was copied; *full*: what it raises instead."""

    full: Exception | None = None

    async def backup(self, to: str = "", *, older_than: int = 0) -> str:
        """Copy, or fail."""
        if self.full is not None:
            raise self.full
        return f"copy with {len(await self.closed())} ended"


@pytest.mark.parametrize("act", ["release", "emergency", "repair"])
async def test_a_dangerous_act_makes_a_backup_before_it_begins(act: str) -> None:
    """I: the copy holds the trade as it was; a dry run makes none."""
    async with house(store=Copied()) as at:
        await at.open(request())
        repairs = Repairs(at.service)
        handover = Handover(at.service, repairs, read)
        acts = {
            "release": handover.release,
            "emergency": Emergency(at.service, repairs, handover).emergency,
            "repair": repairs.repair,
        }
        asked: dict[str, object] = {"trade": SYMBOL} if act == "release" else {}
        would: Any = await acts[act]({**asked, "dry_run": True}) if act != "repair" else {"data": {}}
        did: Any = await acts[act]({**asked, "dry_run": False})

    assert "backup" not in would["data"]
    assert did["data"]["backup"] == "copy with 0 ended"


@pytest.mark.parametrize("error", [Unavailable("the disk is full"), OSError("a plugin's bug")])
async def test_an_emergency_goes_on_when_the_disk_is_full(error: Exception) -> None:
    """rel:F45, rel:F58: reducing risk never waits for a disk, nor for a store that is somebody's plugin."""
    store = Copied()
    async with house(store=store) as at:
        await at.open(request())
        store.full = error
        repairs = Repairs(at.service)
        emergency = Emergency(at.service, repairs, Handover(at.service, repairs, read))
        answer: Any = await emergency.emergency({"dry_run": False})

        assert await backed_up(store) == ""
        assert (answer["exit"], answer["data"]["backup"]) == (0, "")
        assert not at.size()


async def test_a_backup_that_hangs_is_not_waited_for() -> None:
    """rel:F45, E6: a disk that neither takes nor refuses anything holds no emergency up."""

    class Hanging(MemoryStore):
        async def backup(self, to: str = "", *, older_than: int = 0) -> str:
            await asyncio.Event().wait()
            return "never"

    async with asyncio.timeout(5):
        assert await backed_up(Hanging(), within=0.01) == ""
