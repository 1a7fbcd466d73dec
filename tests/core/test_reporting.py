"""A trade's report in the two forms it leaves in: the whole object of --json, and the view with what became of each."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.desired import Phase, StopKind
from core.report import EntryReport, StopReport, TargetReport, TradeReport
from core.reporting import report_json, trade_status
from core.view import EntryStatus, Mark, StopStatus, TargetStatus
from core.words import Environment
from ports.contract.samples import report

ONE, TWO, NONE = Decimal(1), Decimal(2), Decimal(0)
FULL = replace(
    report(),
    entered=Decimal("1.50"),
    average_entry=Decimal("60000.10"),
    gross=Decimal("-42.0"),
    fees=Decimal("1.20"),
    funding=Decimal("0.30"),
    net=Decimal("-43.5"),
    entries=(EntryReport(1, None, ONE, ONE), EntryReport(2, Decimal("59000.0"), ONE, Decimal("0.5"))),
    targets=(TargetReport(1, Decimal(62_000), TWO, ONE), TargetReport(2, Decimal(63_000), NONE, NONE)),
    stop=StopReport(Decimal("56000.0"), StopKind.BREAKEVEN),
)


def test_the_whole_object() -> None:
    """J1: every number as exact text, a market leg by its word, rows in plan order."""
    assert report_json(FULL) == {
        "id": FULL.id,
        "symbol": "BTCUSDT",
        "side": "long",
        "phase": "CLOSED",
        "close_reason": "stop",
        "entry_qty": "1.5",
        "average_entry": "60000.1",
        "realised_pnl_gross": "-42",
        "fees": "1.2",
        "funding": "0.3",
        "realised_pnl_net": "-43.5",
        "entries": [
            {"leg": 1, "price": "market", "planned_qty": "1", "filled_qty": "1"},
            {"leg": 2, "price": "59000", "planned_qty": "1", "filled_qty": "0.5"},
        ],
        "tps": [
            {"level": 1, "price": "62000", "target_qty": "2", "filled_qty": "1"},
            {"level": 2, "price": "63000", "target_qty": "0", "filled_qty": "0"},
        ],
        "stop": {"price": "56000", "kind": "breakeven"},
    }


def test_a_trade_that_never_filled_has_zeros_not_nulls() -> None:
    """J1: the average entry is "0"; only a reason and a stop that aren't there are null."""
    shown = report_json(replace(FULL, average_entry=None, stop=None, reason=None))

    assert shown["average_entry"] == "0"
    assert {key for key, value in shown.items() if value is None} == {"stop", "close_reason"}


def test_a_view_of_a_stored_report() -> None:
    """E4: everything that is known without the trade's machine, and nothing that isn't."""
    shown = trade_status(FULL, Environment.DEMO)
    alike = (set(TradeReport.__slots__) & set(type(shown).__slots__)) - {"entries", "targets", "stop"}

    assert {name: getattr(shown, name) for name in alike} == {name: getattr(FULL, name) for name in alike}
    assert (shown.trade, shown.environment) == (FULL.id, Environment.DEMO)
    assert shown.stop == StopStatus(Decimal("56000.0"), StopKind.BREAKEVEN)
    assert shown.entries == (
        EntryStatus(1, None, ONE, ONE, Mark.FILLED),
        EntryStatus(2, Decimal("59000.0"), ONE, Decimal("0.5"), Mark.CANCELLED),
    )
    assert shown.targets == (
        TargetStatus(1, Decimal(62_000), TWO, ONE, Mark.CANCELLED),
        TargetStatus(2, Decimal(63_000), NONE, NONE, Mark.CANCELLED),
    )
    assert trade_status(replace(FULL, stop=None), Environment.DEMO).stop is None


@pytest.mark.parametrize(
    ("phase", "filled", "planned", "hit", "mark"),
    [
        (Phase.CLOSED, NONE, ONE, False, Mark.CANCELLED),
        (Phase.CLOSED, ONE, ONE, False, Mark.FILLED),
        (Phase.CLOSED, ONE, TWO, True, Mark.FILLED),
        (Phase.MONITORING, NONE, ONE, False, Mark.WORKING),
        (Phase.MONITORING, ONE, TWO, False, Mark.PARTIAL),
        (Phase.MONITORING, TWO, ONE, False, Mark.FILLED),
        (Phase.MONITORING, NONE, NONE, False, Mark.WORKING),
        (Phase.MONITORING, ONE, TWO, True, Mark.FILLED),
    ],
)
def test_what_became_of_a_target(phase: Phase, filled: Decimal, planned: Decimal, hit: bool, mark: Mark) -> None:
    """E4: hit counts as filled whatever its total became; nothing planned is not filled; over means taken back."""
    row = TargetReport(1, Decimal(62_000), planned, filled, hit)
    shown = trade_status(replace(FULL, phase=phase, targets=(row,)), Environment.PAPER)

    assert shown.targets[0].mark is mark
