"""Golden words for getting in (D1, C6)."""

from decimal import Decimal
from typing import get_args

import pytest

from core.alert_text.entries import EntryBody, said
from core.alerts import (
    EntriesCancelled,
    EntryFailed,
    EntryFilled,
    LevelLine,
    LimitFilled,
    TradeMerged,
    TradeOpened,
)

E2 = LevelLine("E2", Decimal("59000.0"), Decimal("0.017"))
E3 = LevelLine("E3", Decimal("58000.0"), Decimal("0.017"))
TARGETS = (
    ("TP1", Decimal(62000), Decimal(85)),
    ("TP2", Decimal(63000), Decimal(5)),
    ("TP3", Decimal(64000), Decimal(10)),
    ("TP4", Decimal(65000), Decimal(0)),
)

GOLDEN: tuple[tuple[EntryBody, str], ...] = (
    (
        TradeOpened(
            (LevelLine("E1", None, Decimal("0.018")), E2, E3),
            TARGETS,
            Decimal(56000),
            Decimal(10),
            Decimal("307.00"),
            None,
        ),
        """trade opened
E1 0.018 at market
E2 0.017 at 59000
E3 0.017 at 58000
TP1 62000 (85%)
TP2 63000 (5%)
TP3 64000 (10%)
TP4 65000 (too small: none)
Stop 56000, carried by every entry
Leverage 10x, margin 307.00 USDT""",
    ),
    (
        TradeOpened((E2,), TARGETS[:1], None, Decimal("2.5"), Decimal("0.4012"), "main"),
        """trade opened
E2 0.017 at 59000
TP1 62000 (85%)
No stop in this plan
Leverage 2.5x, margin 0.4012 USDT
Follows main""",
    ),
    (
        TradeMerged(
            "keep",
            (LevelLine("E4", None, Decimal("0.01")), E3),
            3,
            Decimal(56000),
            Decimal(56000),
            TARGETS,
            TARGETS,
            Decimal("507.00"),
            Decimal("200.00"),
            "Alice",
        ),
        """2 entries added, prices kept
E4 0.01 at market
E3 0.017 at 58000
Stop stays at 56000
TP1 62000 (85%)
TP2 63000 (5%)
TP3 64000 (10%)
TP4 65000 (too small: none)
3 limits in all now
Margin 507.00 USDT, 200.00 of it new
By Alice""",
    ),
    (
        TradeMerged(
            "replace",
            (E3,),
            1,
            Decimal(56000),
            Decimal(57000),
            TARGETS[:1],
            TARGETS[1:2],
            Decimal("507.00"),
            Decimal("200.00"),
            "",
        ),
        """1 entry added, prices replaced
E3 0.017 at 58000
Stop 56000 -> 57000, the old one holds till then
TP2 63000 (5%)
Before:
TP1 62000 (85%)
1 limit in all now
Margin 507.00 USDT, 200.00 of it new""",
    ),
    (
        TradeMerged("replace", (E3,), 1, None, None, (), TARGETS[:1], Decimal(5), Decimal(2), ""),
        """1 entry added, prices replaced
E3 0.017 at 58000
No stop in this plan
TP1 62000 (85%)
Before:
1 limit in all now
Margin 5.00 USDT, 2.00 of it new""",
    ),
    (
        LimitFilled(2, Decimal(58000), Decimal("0.017"), 2, 2, Decimal("0.052"), Decimal("59019.7"), (), 2, 3),
        """limit 2 of 2 filled at 58000
2/3 limits filled (group)
this account: 2/2, still working: none
Filled 0.017
In total 0.052, average entry 59019.7""",
    ),
    (
        EntryFilled("E1", Decimal("60001.2"), Decimal("0.018"), Decimal("0.018"), Decimal("0.018"), Decimal("60001.2")),
        """entry E1 filled at 60001.2
Filled 0.018 of 0.018
In total 0.018, average entry 60001.2""",
    ),
    (
        LimitFilled(
            1, Decimal(59000), Decimal("0.017"), 1, 2, Decimal("0.035"), Decimal(2083022) / Decimal(35), (E3,), None
        ),
        """limit 1 of 2 filled at 59000
1/2 limits filled
still working: E3 at 58000
Filled 0.017
In total 0.035, average entry 59514.914""",
    ),
    (
        LimitFilled(2, Decimal(58000), Decimal("0.017"), 2, 2, Decimal("0.052"), Decimal("59019.7"), (), 2),
        """limit 2 of 2 filled at 58000
2/2 limits filled (group)
still working: none
Filled 0.017
In total 0.052, average entry 59019.7""",
    ),
    (
        LimitFilled(1, Decimal(59000), Decimal("0.017"), 1, 2, Decimal("0.035"), Decimal("59514.9"), (E3,), 2),
        """limit 1 of 2 filled at 59000
2/2 limits filled (group)
this account: 1/2, still working: E3 at 58000
Filled 0.017
In total 0.035, average entry 59514.9""",
    ),
    (
        EntriesCancelled((E2, E3), "tp1"),
        """2 entries cancelled
TP1 was hit
E2 0.017 at 59000
E3 0.017 at 58000""",
    ),
    (
        EntriesCancelled((E3,), "alice"),
        """1 entry cancelled
By alice
E3 0.017 at 58000""",
    ),
    (
        EntryFailed("E2", Decimal(59000), Decimal("0.017"), "not enough margin (110007)"),
        """entry E2 failed
0.017 at 59000 is given up
not enough margin (110007)
The trade goes on with what is filled""",
    ),
)


@pytest.mark.parametrize(("body", "golden"), GOLDEN, ids=[type(body).__name__ for body, _ in GOLDEN])
def test_entry_is_told(body: EntryBody, golden: str) -> None:
    """Each number as the plan and the ledger have it, the group's count labelled as the group's (C6, rel:I13)."""
    words = said(body)

    assert "\n".join((words.headline, *words.lines)) == golden


def test_every_body_has_golden_words() -> None:
    """A body without golden words could say anything."""
    assert {type(body) for body, _ in GOLDEN} == set(get_args(EntryBody))


@pytest.mark.parametrize("by", ["tp1", "operator", "venue", "app", "expired", "missed", "leader"])
def test_who_cancelled_is_a_sentence(by: str) -> None:
    """Every cause that the machine names is put in words (D1)."""
    assert said(EntriesCancelled((E2,), by)).lines[0] != f"By {by}"


def test_long_ladder_stays_short() -> None:
    """Ten entries and ten take-profits (B1) share lines, so that the alert fits a phone."""
    ten = tuple(LevelLine(f"E{n}", Decimal(59000 - n), Decimal("0.1")) for n in range(1, 11))
    targets = tuple((f"TP{n}", Decimal(60000 + n), Decimal(10)) for n in range(1, 11))
    words = said(TradeOpened(ten, targets, Decimal(56000), Decimal(10), Decimal(300), None))

    assert words.lines[0] == "E1 0.1 at 58999 · E2 0.1 at 58998"
    assert len(words.lines) == 12
