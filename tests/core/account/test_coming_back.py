"""A trade that a late fill opened after its end, and a restart before that was over (B10, rel:F31, rel:F14)."""

from decimal import Decimal

from core.account.inputs import Operate
from core.commands import Code, Done, Place, Refused
from core.desired import Phase
from core.facts import ActKind, Ended, EndReason
from tests.core.account.test_ending import recalled
from tests.core.account.test_explaining import ROLES
from tests.core.account.test_sequences import opened
from tests.driving import Driven, driven
from tests.staging import request


def come_back() -> Driven:
    """Reported as over with nothing entered; then E1 executes 300, which are being closed at market."""
    run = driven()
    run.accept(run.open(request((98,))))
    run.answer(run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "me")))
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    assert [int(report.entered) for report in run.closed.values()] == [0]
    sent = run.know(run.fill("E1", 300, 98))
    assert [each.key for each in sent if isinstance(each, Place)] == [run.key("X")]
    run.answer(sent)
    return run


def reports(run: Driven) -> dict[str, tuple[int, int]]:
    """What was entered and left, by trade, as reported last."""
    return {report.id: (int(report.entered), int(report.position)) for report in run.last.closed}


def test_what_was_being_closed_is_closed_after_a_restart() -> None:
    """B10, rel:F31: the closing order never left: the trade counted as over by its report, and 300 were nobody's."""
    again = recalled(come_back())
    assert [box.phase for box in again.machine.state.boxes.values()] == [Phase.CLOSING]
    again.answer(again.know(again.cut(size=300)))
    again.answer(again.later(4_000).step())  # absent twice when asked for: it was never taken

    closing = [(each.key, int(each.quantity)) for each in again.sent if isinstance(each, Place)]
    assert closing == [(again.key("X"), 300)]


def test_what_was_closed_is_reported_after_a_restart() -> None:
    """I10, G1: X had executed when the process died: the report that nothing was entered gives way, the day counts."""
    run = come_back()
    run.know(run.fill("X", 300, 99))
    again = recalled(run)

    again.know(Ended(again.key("X"), again.box_trade.ledger.exited, EndReason.FILLED, again.now))

    assert reports(again) == {again.box_trade.plan.trade: (300, 0)}
    assert sum(again.machine.state.net_by_day.values()) == again.box_trade.ledger.net == 300


def test_what_is_reported_as_it_is_stays_over() -> None:
    """rel:F31, I10: its end and its report agree: a restart reports nothing twice, nor calls it live."""
    run = come_back()
    run.know(run.fill("X", 300, 99), run.ended("X", 300))
    assert reports(run) == {run.box_trade.plan.trade: (300, 0)}

    again = recalled(run)
    again.know(again.cut())

    assert (list(again.machine.state.boxes), again.last.closed) == ([], [])


def test_the_day_counts_a_trade_once() -> None:
    """I1: over with 300 earned, then opened once more: the day has what the whole trade made, not both."""
    run = come_back()
    run.know(run.fill("X", 300, 99), run.ended("X", 300))
    run.answer(run.know(run.fill("E1", 200, 98)))
    run.know(run.fill("X", 200, 99, revision=1), run.ended("X", 200, revision=1))

    assert sum(run.machine.state.net_by_day.values()) == run.box_trade.ledger.net == 500


def test_what_a_torn_write_lost_of_the_end_is_waited_for() -> None:
    """rel:F43, I10: the report says that 1,000 were closed, the journal has lost X's execution: a look finds it."""
    run = opened()
    run.answer(run.step(Operate(run.box.id, ActKind.CLOSE, "ann")))
    sold = run.fill("X", 1000, 95)
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ROLES), sold, run.ended("X", 1000))
    assert not run.machine.state.boxes
    run.journal = [entry for entry in run.journal if entry.what != sold]

    again = recalled(run)
    assert [box.trade.ledger.position for box in again.machine.state.boxes.values()] == [1000]
    again.know(sold)

    assert [(report.position, report.net) for report in again.closed.values()] == [(Decimal(0), Decimal(-5000))]


def test_what_was_closed_before_its_end_is_known_is_reported_anew() -> None:
    """B10, I10: nothing is held any more, yet 300 were entered that the report doesn't tell of: not over so far."""
    run = come_back()
    run.know(run.fill("X", 300, 99))

    assert [box.trade.ledger.position for box in recalled(run).machine.state.boxes.values()] == [0]


def test_what_mirrors_were_told_to_be_closing_goes_on_for_nobody_after_a_restart() -> None:
    """A4, B12 (seed 9731816888): E1 was refused, the entries cancelled; killed then, it took a merge and went on."""
    run = driven()
    run.answer(run.open(request((99, 98))), Refused(Code.BUSY, "busy"), Done())
    run.know(run.working("E2", 1000))
    run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "me"))
    run.know(run.ended("E2", 0, EndReason.CANCELLED))  # whether the call was answered is not known yet
    assert [word.phase for word in run.last.leads] == [Phase.CLOSING]

    again = run.restarted().later(1_000)
    again.step()

    assert again.box.phase is Phase.CLOSING
