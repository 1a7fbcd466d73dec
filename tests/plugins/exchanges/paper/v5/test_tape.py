"""What the venue's tape shows of the time before it was started."""

from decimal import Decimal

import pytest

from plugins.exchanges.paper.v5.tape import INTERVALS, Tape
from tests.staging import SYMBOL, instrument

MIDNIGHT = 1_767_225_600_000
HOUR = 3_600_000


@pytest.mark.parametrize("at", [0, 12 * HOUR, 16 * HOUR + 2_400_000, 24 * HOUR - 1])
def test_yesterdays_bar_is_there_at_any_hour(at: int) -> None:
    """A suite that ran in the evening once found only today's."""
    tape = Tape({SYMBOL: instrument()})
    tape.begin(SYMBOL, Decimal(100), MIDNIGHT + at, walk=False)
    bars = tape.bars(SYMBOL, INTERVALS["D"], MIDNIGHT + at)
    assert [bar.at for bar in bars[-2:]] == [MIDNIGHT - 24 * HOUR, MIDNIGHT]
