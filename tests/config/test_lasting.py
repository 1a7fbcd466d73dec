"""Who reads along, and who serves people, may break: trading goes on (J2)."""

import asyncio
import os

import pytest
from structlog.testing import capture_logs

from config.commands.printing import say
from config.lasting import lasting, served, started
from core.engine.application import FrontDoor
from core.engine.memory_store import MemoryStore
from core.errors import Stopped
from plugins.clocks.system import SystemClock
from ports.frontend import Application


class Broken:
    """A front end that ends by an error."""

    name = "own"

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def start(self, application: Application) -> None:
        """Nothing to open."""

    async def run(self) -> None:
        """As told."""
        raise self.error

    async def finish(self) -> None:
        """Nothing is under way."""

    async def close(self) -> None:
        """Nothing to close."""


def test_a_pipe_or_a_terminal_that_closed_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """J2: `tandem run | head`, or a session that is lost; it is logged once."""
    reading, writing = os.pipe()
    os.close(reading)
    out = os.fdopen(writing, "w", buffering=1)
    monkeypatch.setattr("sys.stdout", out)
    told = lasting(say)
    with capture_logs() as logs:
        told("the status")
        told("the status")
    monkeypatch.undo()
    out.close()

    assert [each["log_level"] for each in logs] == ["warning"]


@pytest.mark.parametrize(
    ("error", "reason"), [(ZeroDivisionError(), "ZeroDivisionError"), (Stopped("no token"), "no token")]
)
async def test_a_front_end_that_breaks_is_told_and_ends_nothing(error: Exception, reason: str) -> None:
    """rel:F58, J2: it is somebody's plugin."""
    told: list[tuple[str, str]] = []

    async def tell(what: str, detail: str) -> None:
        told.append((what, detail))

    with capture_logs():
        await served(Broken(error), tell)

    assert [what for what, _ in told] == ["frontend"]
    assert f"own has broken off ({reason})" in told[0][1]


async def test_a_front_end_that_never_gets_ready_holds_nobody_up() -> None:
    """rel:F58, J2: the trades wait for it to start."""

    class Slow(Broken):
        async def start(self, application: Application) -> None:
            await asyncio.Event().wait()

    told: list[tuple[str, str]] = []

    async def tell(what: str, detail: str) -> None:
        told.append((what, detail))

    door = FrontDoor({}, MemoryStore(), SystemClock(), tell)
    with capture_logs():
        ready = await started(Slow(ZeroDivisionError()), door, within=0)

    assert not ready
    assert "own did not start (TimeoutError)" in told[0][1]
