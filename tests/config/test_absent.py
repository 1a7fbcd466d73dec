"""A notifier that does not start holds up nothing (J2)."""

import asyncio

import pytest
from structlog.testing import capture_logs

from config.absent import Absent, absent, opened
from core.errors import Unreached
from ports.contract.samples import told
from ports.notifier import Delivery
from tests.core.engine.outboxes import Recorder


class Slow(Recorder):
    """One that never gets ready."""

    __slots__ = ()

    async def start(self) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


async def test_a_notifier_that_never_gets_ready_is_told_of_and_holds_nobody_up() -> None:
    """rel:F58, J2, D2: what it should deliver waits, used up is nothing; the others are at work as they are."""
    said: list[tuple[str, str]] = []

    async def tell(what: str, detail: str) -> None:
        said.append((what, detail))

    with capture_logs():
        stands, well = await opened(Slow(), tell, within=0), Recorder()

    assert isinstance(stands, Absent)
    assert await opened(well, tell) is well
    assert absent({"chat": stands, "well": well}) == {"chat": "chat did not start (TimeoutError)"}
    assert [what for what, _ in said] == ["notifier"]
    with pytest.raises(Unreached, match="did not start"):
        await stands.deliver(Delivery(alert=told("x"), text="x"))
