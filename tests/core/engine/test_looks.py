"""What a worker asks its venue: each look is counted with how it went (J3)."""

import pytest

from core.account.effects import CutKind
from core.account.inputs import CutFailed, Input, Known
from core.engine.looks import Looks
from core.engine.meter import CUT, Meter
from core.errors import Unavailable
from core.facts import Cut
from plugins.clocks.system import SystemClock
from tests.driving import new_state


class Shown:
    """An account that shows itself, or can't."""

    account = "main"

    def __init__(self, why: str) -> None:
        self._why = why

    async def snapshot(self, since: int, *, full: bool) -> Cut:
        """Nothing is there."""
        if self._why:
            raise Unavailable(self._why)
        return Cut(since, since, (), (), (), (), None, full)


@pytest.mark.parametrize(("why", "found"), [("", Known), ("main: no answer", CutFailed)])
async def test_a_look_that_failed_is_counted_as_failed(why: str, found: type[Input]) -> None:
    """J3: health shows by it that an account can't be seen."""
    told: list[Input] = []
    meter = Meter()

    await Looks(new_state(), Shown(why), SystemClock(), meter, told.append).take(CutKind.FULL)  # type: ignore[arg-type]

    assert [type(each) for each in told] == [found]
    assert [call.failed for call in meter.calls[CUT]] == [bool(why)]
