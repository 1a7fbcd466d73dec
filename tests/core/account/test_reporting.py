"""A trade as a report while it is open and when it is over: numbers from plan, ledger and the stop in force (G1)."""

from dataclasses import replace
from decimal import Decimal

from core.account.reporting import trade_report, unopened
from core.desired import Phase, StopKind
from core.report import EntryReport, StopReport, TargetReport
from tests.core.account.test_sequences import TWO_LEGS, opened

THOUSAND, FIFTY, NONE = Decimal(1000), Decimal(50), Decimal(0)


def test_an_open_trade_has_no_end_and_no_reason() -> None:
    """J1: each leg with what filled, each level by the latest split, the plan's stop where none was shown yet."""
    run = opened()
    report = trade_report(run.box_trade, Phase.BUILDING, "", None, run.now)

    assert (report.closed_at, report.reason, report.phase) == (None, None, Phase.BUILDING)
    assert report.entries == (EntryReport(1, None, THOUSAND, THOUSAND), EntryReport(2, Decimal(98), THOUSAND, NONE))
    assert [each.target for each in report.targets] == [850, 50, 50, 50]
    assert report.stop == StopReport(Decimal(90), StopKind.INITIAL)


def test_an_ended_trade_keeps_its_last_stop() -> None:
    """G1, G2: when it ended, when that was known, why, and the stop that was in force."""
    run = opened()
    report = trade_report(run.box_trade, Phase.CLOSED, "stop", (Decimal(95), StopKind.MOVED), run.now + 7)

    assert (report.closed_at, report.known_at, report.reason) == (run.now, run.now + 7, "stop")
    assert report.stop == StopReport(Decimal(95), StopKind.MOVED)
    assert (report.opened_at, report.first_fill_at, report.last_fill_at) == (run.box_trade.plan.at, run.now, run.now)


def test_a_plan_without_stop_reports_none() -> None:
    """B1: nothing is invented where there is none; nor a ladder for a strategy of another kind."""
    trade = opened().box_trade
    bare = trade_report(replace(trade, plan=replace(trade.plan, stop=None)), Phase.BUILDING, "", None, 0)
    other = trade_report(replace(trade, own="anything"), Phase.BUILDING, "", None, 0)

    assert (bare.stop, other.targets) == (None, ())


def test_what_did_not_open_is_reported_with_zeros() -> None:
    """A3: the request's own prices, nothing planned and nothing filled, over at once."""
    report = unopened(replace(TWO_LEGS, note="why"), "mirror", "T9", "main", "skipped", 7)

    assert (report.id, report.account, report.leader, report.reason) == ("T9", "mirror", "main", "skipped")
    assert report.entries == (EntryReport(1, None, NONE, NONE), EntryReport(2, Decimal(98), NONE, NONE))
    assert report.targets[3] == TargetReport(4, Decimal(140), NONE, NONE)
    assert {report.entered, report.position, report.gross, report.fees, report.funding, report.net} == {NONE}
    assert (report.phase, report.opened_at, report.closed_at, report.known_at) == (Phase.CLOSED, 7, 7, 7)
    assert report.note == "why"
    assert report.stop == StopReport(Decimal(90), StopKind.INITIAL)
    assert (report.average_entry, report.margin, report.leverage) == (None, NONE, TWO_LEGS.leverage)
