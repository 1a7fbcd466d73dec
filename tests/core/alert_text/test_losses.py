"""Golden words for trades that the store has lost (C7, D1)."""

from decimal import Decimal
from typing import get_args

import pytest

from core.alert_text.losses import LossBody, said
from core.alerts import LevelLine, TradeRebuilt, TradeUnknown

GOLDEN: tuple[tuple[LossBody, str], ...] = (
    (
        TradeRebuilt(
            Decimal("0.018"),
            Decimal("60001.2"),
            Decimal(56000),
            (LevelLine("E2", Decimal(59000), Decimal("0.017")),),
            (LevelLine("TP1", Decimal(62000), Decimal("0.015")), LevelLine("TP4", Decimal(65000), Decimal("0.003"))),
        ),
        """trade made again from the venue
The store had lost it; it goes on
Holds 0.018 at 60001.2, stop 56000
TP1 0.015 at 62000
TP4 0.003 at 65000
E2 0.017 at 59000
Rules are the strategy's of today; check them""",
    ),
    (
        TradeUnknown(("main BTCUSDT: the position shows no stop, and no entry carries one",), ("k",), Decimal(3), None),
        """TRADE LOST BY THE STORE
main BTCUSDT: the position shows no stop, and no
entry carries one
Held 3, no stop
1 order of it left untouched
Do: end it in the app, or `tandem adopt` what no trade has""",
    ),
    (
        TradeUnknown(("main BTCUSDT: why",), ("k", "l"), Decimal(-3), Decimal(61000)),
        """TRADE LOST BY THE STORE
main BTCUSDT: why
Held -3, stop 61000
2 orders of it left untouched
Do: end it in the app, or `tandem adopt` what no trade has""",
    ),
)


@pytest.mark.parametrize(("body", "golden"), GOLDEN)
def test_loss_is_told(body: LossBody, golden: str) -> None:
    """C7: what is held, what covers it, what became of its orders, what to do."""
    words = said(body)
    assert "\n".join((words.headline, *words.lines)) == golden


def test_every_body_has_golden_words() -> None:
    """A body without golden words could say anything."""
    assert {type(body) for body, _ in GOLDEN} == set(get_args(LossBody))
