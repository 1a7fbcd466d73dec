"""Golden words for take-profits (D1, C3, C5)."""

from decimal import Decimal
from typing import get_args

import pytest

from core.alert_text.targets import TargetBody, said
from core.alerts import (
    LevelLine,
    PartClosed,
    RebalanceResult,
    Resize,
    TargetHit,
    TargetMoved,
    TargetsRebalanced,
    TargetsReplaced,
)
from core.desired import StopKind
from core.words import Side

NEXT = (
    LevelLine("TP2", Decimal("1.27"), Decimal(125)),
    LevelLine("TP3", Decimal("1.29"), Decimal(125)),
    LevelLine("TP4", Decimal("1.31"), Decimal(125)),
)
GROWN = (
    Resize("TP1", Decimal("1416.7"), Decimal(2125)),
    Resize("TP2", Decimal("83.3"), Decimal(125)),
    Resize("TP3", Decimal("83.3"), Decimal(125)),
    Resize("TP4", Decimal("83.4"), Decimal(125)),
)
BUSY = "too many requests (10006)"

GOLDEN: tuple[tuple[TargetBody, str], ...] = (
    (
        TargetHit(
            1,
            4,
            Decimal("1.25"),
            Decimal(2125),
            Decimal("116.875"),
            Decimal("4.603"),
            Decimal(375),
            NEXT,
            Decimal("1.1966"),
            StopKind.BREAKEVEN,
        ),
        """TP1 hit
Sold 2125 at 1.25
+116.88 USDT (+4.60%) before fees
Remaining 375, next:
TP2 125 at 1.27
TP3 125 at 1.29
TP4 125 at 1.31
Stop 1.1966 (breakeven) covers it""",
    ),
    (
        TargetHit(
            4,
            4,
            Decimal("1.31"),
            Decimal(125),
            Decimal("14.375"),
            Decimal("9.6234"),
            Decimal(0),
            (),
            None,
            StopKind.INITIAL,
        ),
        """TP4 hit
Sold 125 at 1.31
+14.38 USDT (+9.62%) before fees
Nothing remains: the position is flat""",
    ),
    (
        TargetHit(
            2,
            2,
            Decimal("1.27"),
            Decimal(125),
            Decimal("-0.5"),
            Decimal("-0.04"),
            Decimal(3),
            (),
            None,
            StopKind.INITIAL,
        ),
        """TP2 hit
Sold 125 at 1.27
-0.50 USDT (-0.04%) before fees
Remaining 3, no TP is left
No stop in this plan""",
    ),
    (
        TargetsRebalanced(RebalanceResult.SUCCESS, GROWN, 4, Decimal(2500)),
        """TPs rebalanced: SUCCESS
4 of 4 resized, position 2500
TP1 1416.7 -> 2125
TP2 83.3 -> 125
TP3 83.3 -> 125
TP4 83.4 -> 125""",
    ),
    (
        TargetsRebalanced(
            RebalanceResult.PARTIAL,
            (Resize("TP1", Decimal(2125), Decimal(2550)), Resize("TP2", Decimal(125), Decimal(150), BUSY)),
            4,
            Decimal(3000),
        ),
        """TPs rebalanced: PARTIAL
1 of 2 resized, position 3000
TP1 2125 -> 2550
TP2 125 -> 150 not done: too many requests (10006)
Now: Tandem tries again after its next look""",
    ),
    (
        TargetsRebalanced(
            RebalanceResult.FAILED,
            (Resize("TP1", Decimal(2125), Decimal(2550), BUSY),),
            4,
            Decimal(3000),
            "amend, 3 times in 4 s",
        ),
        """TPs rebalanced: FAILED
0 of 1 resized, position 3000
TP1 2125 -> 2550 not done: too many requests
(10006)
Tried: amend, 3 times in 4 s
Now: Tandem tries again after its next look
Check: the TPs in the app""",
    ),
    (
        TargetsRebalanced(
            RebalanceResult.SKIPPED,
            (Resize("TP1", Decimal(2125), Decimal(2550), "stream down"),),
            4,
            Decimal(3000),
            "stream down",
        ),
        """TPs rebalanced: SKIPPED
0 of 1 resized, position 3000
TP1 2125 -> 2550
Not tried: stream down
Now: Tandem tries again after its next look""",
    ),
    (
        TargetsReplaced(NEXT[:2], "cancelled by the venue"),
        """2 missing TPs placed again
TP2 125 at 1.27
TP3 125 at 1.29
cancelled by the venue""",
    ),
    (
        TargetMoved("TP2", Decimal("1.27"), Decimal("1.28"), "alice"),
        """TP2 moved
1.27 -> 1.28
By alice""",
    ),
    (
        PartClosed(Decimal("1.27"), Decimal(1250), Decimal("-12.5"), Decimal(1250), "alice"),
        """part closed
Sold 1250 at 1.27
-12.50 USDT before fees
Remaining 1250
By alice""",
    ),
)


@pytest.mark.parametrize(("body", "golden"), GOLDEN, ids=[type(body).__name__ for body, _ in GOLDEN])
def test_target_is_told(body: TargetBody, golden: str) -> None:
    """Old and new quantity of each, k of m, and each of C5's four results in its own words."""
    words = said(body, Side.LONG)

    assert "\n".join((words.headline, *words.lines)) == golden


def test_every_body_and_result_has_golden_words() -> None:
    """A body or a result (C5) without golden words could say anything."""
    results = {body.result for body, _ in GOLDEN if isinstance(body, TargetsRebalanced)}

    assert {type(body) for body, _ in GOLDEN} == set(get_args(TargetBody))
    assert results == set(RebalanceResult)


def test_short_buys_back() -> None:
    """A take-profit of a short is a purchase."""
    assert said(GOLDEN[0][0], Side.SHORT).lines[0] == "Bought back 2125 at 1.25"
