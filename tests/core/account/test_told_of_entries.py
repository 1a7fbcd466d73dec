"""Entries that never fill: each is told once, by who it was (A9, B4, C6, G2)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.alerts import EntriesCancelled
from core.commands import Cancel, Code, Done, Refused
from core.facts import ActKind, EndReason
from core.request import FixedQuantity, Merge
from tests.core.account.test_following_late import following, told
from tests.core.account.test_sequences import opened
from tests.driving import Driven, driven
from tests.staging import request


def cancelled(run: Driven) -> list[tuple[list[str], str]]:
    """What was told: which entries, and by whom."""
    bodies = [alert.body for alert in run.alerts if isinstance(alert.body, EntriesCancelled)]
    return [([each.role for each in body.entries], body.by) for body in bodies]


def test_an_entry_that_the_stop_was_moved_past_was_not_cancelled_in_the_app() -> None:
    """B4, G2: we cancel it, and nothing else was asked for: the trade ended by hand."""
    run = driven()
    run.accept(run.open(request((98,))))
    gone = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(99)))
    assert [type(each) for each in gone] == [Cancel]

    run.answer(gone)
    run.know(run.ended("E1", 0, EndReason.CANCELLED))

    assert cancelled(run) == [(["E1"], "stop")]
    assert [report.reason for report in run.last.closed] == ["manual"]


def test_a_mirrors_entry_goes_when_its_leaders_stop_passes_it() -> None:
    """A4, B4: copied, the stop passes E2 here as well; what has filled goes on."""
    run = following()
    run.answer(run.step(told(run, 99)))

    run.know(run.ended("E2", 0, EndReason.CANCELLED))

    assert cancelled(run) == [(["E2"], "stop")]
    assert list(run.machine.state.boxes) == [run.box.id]


def test_what_came_too_late_is_not_told_as_cancelled_once_more() -> None:
    """A9, B14: E1 was refused until its request's time was over; then an operator cancels E2, which works."""
    run = driven()
    sent = run.open(replace(request((99, 98)), valid_for=5_000))
    run.answer(sent, Refused(Code.BUSY, "busy"), Done())
    run.know(run.working("E2", 1000))
    run.later(5_001).step()

    run.answer(run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "me")))
    run.know(run.ended("E2", 0, EndReason.CANCELLED))

    assert cancelled(run) == [(["E1"], "late"), (["E2"], "operator")]


def test_what_was_given_up_is_not_told_as_too_late() -> None:
    """A9, B4: E1 was refused for good and told; when the request's time is over, nothing is told of it again."""
    run = driven()
    sent = run.open(replace(request((99, 98)), valid_for=5_000))
    run.answer(sent, Refused(Code.MARGIN, "not enough"), Refused(Code.BUSY, "busy"))
    run.later(5_001).step()

    assert cancelled(run) == [(["E2"], "late")]


@pytest.mark.parametrize("taken", [False, True])
def test_what_failed_is_not_told_as_cancelled_once_more(taken: bool) -> None:
    """D1, B14: E1 was refused for good, or rejected once it was taken; then an operator cancels E2, which works."""
    run = driven()
    sent = run.open(request((99, 98)))
    run.answer(sent, Done() if taken else Refused(Code.MARGIN, "not enough"), Done())
    run.know(run.working("E2", 1000), *([run.ended("E1", 0, EndReason.REJECTED)] if taken else []))
    assert [alert.kind for alert in run.alerts].count("entry_failed") == 1

    run.answer(run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "me")))
    run.know(run.ended("E2", 0, EndReason.CANCELLED))

    assert cancelled(run) == [(["E2"], "operator")]


def test_what_was_never_sent_is_told_whatever_was_withdrawn_before_works_still() -> None:
    """D1, B13, B14: E2's cancel is not answered yet as E3, which the venue was too busy for, is cancelled as well."""
    run = opened()
    act = Operate(run.box.id, ActKind.CANCEL_ENTRIES, "ann")
    run.step(act)
    added = run.open(replace(request((97,), identity="r2"), merge=Merge.KEEP))
    run.answer(added, *(Refused(Code.BUSY, "too busy") for _ in added))

    run.step(act)

    assert cancelled(run) == [(["E3"], "operator")]


def three_legs() -> Driven:
    """E1 is in, TP1 was hit, and the cancels of E2 and E3 are on their way."""
    run = driven()
    run.accept(run.open(request(("market", 98, 96), size=FixedQuantity(Decimal(3000)))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.answer(run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850)))
    return run


def test_entries_cancelled_together_are_told_once_all_they_executed_is_listed() -> None:
    """D1, D2, 8.2, B7: E2's 300 were listed after E3's end: E3 alone was told of, E2 never."""
    run = three_legs()
    run.know(run.ended("E2", 300, EndReason.CANCELLED), run.ended("E3", 0, EndReason.CANCELLED))
    assert cancelled(run) == []

    run.know(run.fill("E2", 300, 98, seq=2))

    assert cancelled(run) == [(["E2", "E3"], "tp1")]


@pytest.mark.parametrize("why", [EndReason.FILLED, EndReason.CANCELLED])
def test_what_executed_in_full_is_not_waited_for(why: EndReason) -> None:
    """D1, 8.2: the end of E2, of which nothing is listed yet, has nothing to tell of: E3's is told at once."""
    run = three_legs()
    run.know(run.ended("E2", 1000, why), run.ended("E3", 0, EndReason.CANCELLED))

    assert cancelled(run) == [(["E3"], "tp1")]
