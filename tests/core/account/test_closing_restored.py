"""A closing that only follows from the facts is never taken back, not even by a restart (B10, rel:R5)."""

from core.account.inputs import Operate
from core.commands import Place
from core.desired import Phase
from core.facts import Act, ActKind, EndReason
from tests.driving import Driven, driven
from tests.staging import request


def closing_unfilled() -> Driven:
    """E1 was cancelled and shown as dead while the cancel's own answer is out: closing, and not over."""
    run = driven()
    run.accept(run.open(request((98,))))
    run.step(Operate(run.box_trade.plan.trade, ActKind.CANCEL_ENTRIES, "me"))
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    return run


def test_a_fill_first_seen_after_the_restart_is_flattened() -> None:
    """B10, rel:R5, rel:F31: killed just then; E1 had filled 300 all the same: they go at market, no ladder is built."""
    again = closing_unfilled().restarted()

    sent = again.know(again.fill("E1", 300, 98))

    assert [(each.key, int(each.quantity)) for each in sent if isinstance(each, Place)] == [(again.key("X"), 300)]
    assert [entry.what.reason for entry in again.last.first if isinstance(entry.what, Act)] == ["manual"]


def test_what_was_decided_on_together_does_not_close_line_by_line() -> None:
    """rel:I9, B12: E1's end and its fill came in one step and the trade went on; so it does after a restart."""
    run = driven()
    run.accept(run.open(request((98,))))
    run.know(run.ended("E1", 0, EndReason.CANCELLED), run.fill("E1", 300, 98))

    again = run.restarted()

    assert (again.box.phase, run.box.phase) == (Phase.MONITORING, Phase.MONITORING)
    again.step(Operate(again.box.id, ActKind.CLOSE, "me"))
    assert again.last.replies[0].refusal is None
