"""Golden words for the stop (D1): the critical ones say what is done now and what to check."""

from decimal import Decimal
from typing import get_args

import pytest

from core.alert_text.stops import StopBody, said
from core.alerts import BreakevenFailed, ProtectionMissing, ProtectionRestored, StopHit, StopMoved
from core.desired import StopKind
from core.words import Side

GOLDEN: tuple[tuple[StopBody, str], ...] = (
    (
        StopMoved(Decimal(56000), Decimal("60078.1"), StopKind.BREAKEVEN, Decimal("0.008"), "plan"),
        """stop to breakeven
56000 -> 60078.1, covers 0.008
By the plan""",
    ),
    (
        StopMoved(Decimal(56000), Decimal(57000), StopKind.MOVED, Decimal("0.052"), "leader"),
        """stop to 57000
56000 -> 57000, covers 0.052
Copied from the leader""",
    ),
    (
        StopMoved(Decimal(56000), Decimal(57000), StopKind.MOVED, Decimal(0), "ann"),
        """stop to 57000
56000 -> 57000, brought by the entries
By ann""",
    ),
    (
        StopMoved(None, Decimal(57000), StopKind.MOVED, Decimal("0.052"), "app"),
        """stop to 57000
Stop 57000, covers 0.052
Moved in the exchange's app""",
    ),
    (
        StopHit(Decimal(56000), Decimal("0.052"), StopKind.INITIAL, Decimal("-157.0244")),
        """STOP HIT
Sold 0.052 at 56000
-157.02 USDT before fees
Now: the rest of the trade is being cancelled
Check: "position closed" must follow""",
    ),
    (
        StopHit(Decimal(56000), Decimal("0.012"), StopKind.INITIAL, Decimal("-36.24"), Decimal("0.04")),
        """STOP HIT
Sold 0.012 at 56000, the first of 0.052; the rest follows
-36.24 USDT before fees so far
Now: the rest of the trade is being cancelled
Check: "position closed" must follow""",
    ),
    (
        StopHit(Decimal("60078.1"), Decimal("0.008"), StopKind.BREAKEVEN, Decimal("0.6248")),
        """BREAKEVEN STOP HIT
Sold 0.008 at 60078.1
+0.6248 USDT before fees
Now: the rest of the trade is being cancelled
Check: "position closed" must follow""",
    ),
    (
        ProtectionMissing(Decimal("0.052"), Decimal(56000), None, "setting the stop again"),
        """STOP NOT PROVEN
Position 0.052 is open
Wanted stop 56000, the venue shows none
Now: setting the stop again
Check: is a stop at 56000 in the app?""",
    ),
    (
        ProtectionMissing(Decimal("0.052"), Decimal(56000), Decimal(56000), "closing at market", passed=True),
        """STOP PASSED, NOT FIRED
Position 0.052 is open
The market is past the stop 56000
The stop has not fired
Now: closing at market
Check: is the position closed?""",
    ),
    (
        ProtectionRestored(Decimal(56000), Decimal("0.052")),
        """stop proven again
Stop 56000 covers 0.052""",
    ),
    (
        BreakevenFailed(
            Decimal("60078.1"), Decimal(56000), "the market already passed it (110093)", "closing at market"
        ),
        """BREAKEVEN STOP FAILED
Wanted 60078.1, in force 56000
the market already passed it (110093)
Now: closing at market
Check: position and stop in the app""",
    ),
)


@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        (StopKind.INITIAL, "STOP FAILED"),
        (StopKind.MOVED, "STOP MOVED BY HAND FAILED"),
        (StopKind.TRAILING, "TRAILING STOP FAILED"),
    ],
)
def test_a_stop_that_fails_is_called_what_it_is(kind: StopKind, headline: str) -> None:
    """B9, B14, D1: one that somebody had moved by hand was told as a failed breakeven."""
    body = BreakevenFailed(Decimal(95), Decimal(90), "passed", "the old stop stays", kind)

    assert said(body, Side.LONG).headline == headline


@pytest.mark.parametrize(("body", "golden"), GOLDEN, ids=[type(body).__name__ for body, _ in GOLDEN])
def test_stop_is_told(body: StopBody, golden: str) -> None:
    """Old and new stop, what it covers, and for what is critical the next step (D1)."""
    words = said(body, Side.LONG)

    assert "\n".join((words.headline, *words.lines)) == golden


def test_every_body_has_golden_words() -> None:
    """A body without golden words could say anything."""
    assert {type(body) for body, _ in GOLDEN} == set(get_args(StopBody))
