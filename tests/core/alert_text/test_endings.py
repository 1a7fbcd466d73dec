"""Golden words for the end of a trade and for what others did to it (D1, B10, B11, G2)."""

from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest

from core.alert_text.endings import REASONS, EndingBody, said
from core.alerts import CloseFailed, ExternalChange, ForeignEdit, GhostFill, LateClose, OrphanFound, PositionClosed

CLOSED = PositionClosed(
    reason="all_tps",
    entered=Decimal(2500),
    average_entry=Decimal("1.195"),
    average_exit=Decimal("1.2545"),
    gross=Decimal("148.75"),
    fees=Decimal("1.98"),
    funding=Decimal("0.12"),
    net=Decimal("146.65"),
    percent=Decimal("49.05"),
    duration=3_900_000,
    targets_hit=4,
    targets=4,
    entries_filled=3,
    entries=3,
)
NUMBERS = """Net +146.65 USDT (+49.05% of margin)
Gross +148.75, fees -1.98, funding -0.12
2500 in at 1.195, out at 1.2545
TPs hit 4/4, entries filled 3/3
Open for 1h 05m"""

GOLDEN: tuple[tuple[EndingBody, str], ...] = (
    (CLOSED, f"position closed: all take-profits hit\n{NUMBERS}"),
    (
        replace(CLOSED, reason="liquidation", fees=Decimal("-0.5"), funding=Decimal("-0.07"), percent=None),
        """position closed: LIQUIDATED
Net +146.65 USDT
Gross +148.75, fees +0.50, funding +0.07
2500 in at 1.195, out at 1.2545
TPs hit 4/4, entries filled 3/3
Open for 1h 05m
Now: the rest of the trade is being cancelled
Mirrors stay open unless they follow always
Check: margin and other positions""",
    ),
    (
        replace(CLOSED, reason="rejected", entered=Decimal(0), average_entry=None, average_exit=None),
        "trade over, nothing filled: entries rejected",
    ),
    (
        replace(CLOSED, reason="emergency", average_entry=None),
        """position closed: emergency
2500 out at 1.2545, fees -1.98
It was not Tandem's: what it made is not known""",
    ),
    (
        replace(CLOSED, reason="released"),
        """position GIVEN BACK, STILL OPEN
2500 in at 1.195, TPs hit 4/4
Our orders are cancelled, its stop stays at the venue
Nobody watches over it now""",
    ),
    (
        CloseFailed(Decimal("0.052"), "the venue is overloaded (10016)"),
        """CLOSING FAILED, STILL OPEN
Position 0.052 is open
the venue is overloaded (10016)
Now: Tandem goes on trying
Check: close it in the app if this lasts""",
    ),
    (
        GhostFill("E3", Decimal("0.017"), Decimal(58000)),
        """LATE FILL of entry E3
0.017 at 58000
The trade was already closing
Now: it is being closed at market
Check: is it flat?""",
    ),
    (
        LateClose(7_240),
        """close handled late
7.2 s after the execution""",
    ),
    (
        ExternalChange("manual", Decimal(-500), Decimal("1.201"), Decimal(2000), Decimal(2000)),
        """position reduced outside Tandem
-500 at 1.201
Ours 2000 of 2000 held
The TPs cover what is ours""",
    ),
    (
        ExternalChange("manual", Decimal(500), Decimal("1.201"), Decimal(2500), Decimal(3000)),
        """position grown outside Tandem
+500 at 1.201
Ours 2500 of 3000 held
The excess is yours: our TPs don't cover it
The stop covers both""",
    ),
    (
        ExternalChange("manual", Decimal(500), Decimal("1.201"), Decimal(0), Decimal(0)),
        """position grown outside Tandem
+500 at 1.201
Ours 0 of 0 held
The excess was yours: it is closed by now""",
    ),
    (
        ExternalChange("along", Decimal(-500), Decimal("1.199"), Decimal(0), Decimal(0)),
        """what you bought was CLOSED ALONG
-500 at 1.199
Ours 0 of 0 held
You bought it while our order was on its way
It counts as yours, not as the trade's""",
    ),
    (
        ExternalChange("liquidation", Decimal(-2500), Decimal("1.1"), Decimal(0), Decimal(0)),
        """position LIQUIDATED
-2500 at 1.1
Ours 0 of 0 held
Nothing of ours is left: the trade closes""",
    ),
    (
        ExternalChange("adl", Decimal(-500), Decimal("1.3"), Decimal(2000), Decimal(2000)),
        """position AUTO-DELEVERAGED
-500 at 1.3
Ours 2000 of 2000 held
The TPs cover what is ours""",
    ),
    (
        ForeignEdit("TP2", "its price went from 1.27 to 1.28", kept=True),
        """TP2 changed in the exchange's app
its price went from 1.27 to 1.28
Kept as it is now""",
    ),
    (
        ForeignEdit("stop", "it was cancelled", kept=False),
        """stop changed in the exchange's app
it was cancelled
Put back as planned""",
    ),
    (
        OrphanFound("t1-main-7K3QX9A2MD-TP1-00", "sell 125 at 1.27"),
        """order without a trade found
t1-main-7K3QX9A2MD-TP1-00
sell 125 at 1.27
Now: it is being cancelled""",
    ),
)

# G2, word for word: a reason that is missing here would reach a person as a bare code.
G2 = """all_tps, stop, breakeven_stop, trailing_stop, breakeven_failed, unprotected, time_limit, manual, external,
liquidation, adl, emergency, followed_main, expired, rejected, skipped"""


@pytest.mark.parametrize(("body", "golden"), GOLDEN, ids=[type(body).__name__ for body, _ in GOLDEN])
def test_ending_is_told(body: EndingBody, golden: str) -> None:
    """Costs stand as they enter the net, so that gross, fees and funding add up on the screen (G1)."""
    words = said(body)

    assert "\n".join((words.headline, *words.lines)) == golden


def test_every_body_has_golden_words() -> None:
    """A body without golden words could say anything."""
    assert {type(body) for body, _ in GOLDEN} == set(get_args(EndingBody))


def test_every_closing_reason_is_in_words() -> None:
    """All of G2's reasons."""
    assert {reason.strip() for reason in G2.replace("\n", " ").split(",")} == set(REASONS)
