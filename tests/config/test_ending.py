"""A service that stops waits for its front ends, a while, whatever they do (J2)."""

import asyncio

import pytest
from structlog.testing import capture_logs

from config.ending import finished
from ports.frontend import Application


class Stuck:
    """A front end in the middle of an act that does not end, or that breaks."""

    name = "stuck"

    def __init__(self, trouble: Exception | None) -> None:
        self.trouble = trouble

    async def start(self, application: Application) -> None:
        """Nothing to open."""

    async def run(self) -> None:
        """Nobody is served."""

    async def close(self) -> None:
        """Nothing to close."""

    async def finish(self) -> None:
        """As told."""
        if self.trouble is not None:
            raise self.trouble
        await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("trouble", "said"), [(None, "an act is cut off"), (ZeroDivisionError(), "a front end did not finish")]
)
async def test_no_front_end_keeps_the_service_from_stopping(trouble: Exception | None, said: str) -> None:
    """J2: what is stored is flushed and the rest is closed, though one of them hangs or raises."""
    with capture_logs() as logs:
        await finished(Stuck(trouble), within=0.01)

    assert [each["event"] for each in logs] == [said]
