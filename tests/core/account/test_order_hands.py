"""What hands do, in orders that no storm has shown: found by reading, each as the facts that reproduce it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.gating import view_of
from core.account.inputs import Known, Open, Operate
from core.alerts import EntriesCancelled, ForeignEdit
from core.commands import Amend, Cancel, Code, Done, Outcome, Place, Refused, Unknown
from core.facts import ActKind, Ended, EndReason, StopIs
from core.ladder_state import hits
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import LOSSY, SLOT, Driven, driven, terms
from tests.staging import request

DAY = 86_400_000


def test_of_two_moves_learned_of_at_once_the_last_is_kept() -> None:
    """A11: both of the user's moves in one step: the second was taken for none, and his stop put back to the first."""
    run = opened()
    run.know(run.ended("E2", 0, EndReason.CANCELLED))

    assert run.know(run.stop_is(94), replace(run.stop_is(93), at=run.now + 1)) == []

    assert run.box.desired is not None
    assert [stop.price for stop in run.box.desired.stops] == [93]


def test_what_is_cancelled_once_a_day_is_put_back_at_once_each_day() -> None:
    """A11, C4: each was taken for one more failure of the same order, until the next look had to put it back."""
    run = opened()
    for number in range(5):
        back = run.later(DAY).know(run.ended("TP2", 0, EndReason.CANCELLED, revision=number))
        run.accept(back)

        assert run.key("TP2", number + 1) in [each.key for each in back if isinstance(each, Place)]


@pytest.mark.parametrize(("stop", "risk"), [(80, 38_000), (99, 1_000), (None, 18_000)])
def test_the_risk_open_is_that_at_the_stop_of_now(stop: int | None, risk: int) -> None:
    """I1, B14: 1,000 held at 100, 1,000 waiting at 98: a stop that was moved was reckoned where the plan had it."""
    run = opened()
    if stop is not None:
        run.step(Operate(run.box.id, ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal(stop)))

    assert view_of(run.machine.state).risk_open == risk


def waiting_to_be_sent() -> Driven:
    """E1 filled; the venue was too busy to take E2."""
    run = driven()
    run.answer(run.open(TWO_LEGS), Done(), Refused(Code.BUSY, "too busy"))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    return run


def cancelled(run: Driven) -> list[tuple[str, list[str]]]:
    """Who cancelled which entries, as people were told."""
    bodies = [each.body for each in run.alerts if isinstance(each.body, EntriesCancelled)]
    return [(body.by, [line.role for line in body.entries]) for body in bodies]


def test_an_entry_cancelled_before_it_was_sent_is_told() -> None:
    """D1, B14: no order of it ever ended, so that nobody heard that the entry is off."""
    run = waiting_to_be_sent()
    run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "ann"))

    assert cancelled(run) == [("operator", ["E2"])]


def test_an_entry_that_tp1_overtook_before_it_was_sent_is_told() -> None:
    """D1, B7: as above."""
    run = waiting_to_be_sent()
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))

    assert cancelled(run) == [("tp1", ["E2"])]


def test_an_entry_that_never_arrived_is_told_when_that_is_known() -> None:
    """D1, B7, C4: on its way when TP1 was hit, and the venue never had it."""
    run = driven()
    sent = run.open(TWO_LEGS)
    run.answer(sent[:1])
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    assert cancelled(run) == []

    run.answer(sent[1:], Refused(Code.BUSY, "too busy"))

    assert cancelled(run) == [("tp1", ["E2"])]


@pytest.mark.parametrize("answer", [Done(), Unknown("no answer")])
def test_what_is_cancelled_while_it_grows_is_no_hit(answer: Outcome) -> None:
    """B7, A11: TP1 was being amended from 850 to 1,700: cancelled in the app at 850, it counted as hit in full."""
    run = opened()
    growing = run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000))
    run.answer(growing, *[answer for _ in growing])

    gone = replace(run.ended("TP1", 850, EndReason.CANCELLED), quantity=Decimal(1700))
    again = run.know(run.fill("TP1", 850, 110), gone)

    assert [(each.key, str(each.quantity)) for each in again if isinstance(each, Place)] == [(run.key("TP1", 1), "850")]
    assert hits(run.box_trade) == ()
    assert hits(run.restarted().box_trade) == ()


def test_what_grew_and_was_cancelled_while_the_process_was_dead_is_no_hit() -> None:
    """B7, A11, rel:I9: nothing here tells of the amendment to 1,700 any more; its end does, of 850 executed."""
    run = opened()
    run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000))
    run = run.restarted()

    run.know(run.fill("TP1", 850, 110), replace(run.ended("TP1", 850, EndReason.CANCELLED), quantity=Decimal(1700)))

    assert hits(run.box_trade) == ()


def test_an_entry_that_somebody_moves_is_put_back_aloud_and_left_in_the_end() -> None:
    """A11, B7: its price went back each time, for ever, and nobody was told. Left alone, it goes when TP1 is hit."""
    run = opened()
    for _ in range(4):
        back = run.later(1_000).know(replace(run.working("E2", 1000), price=Decimal(97)))
        run.answer(back)
        run.later(100).know(*([run.working("E2", 1000)] if back else []))
    edits = [each.body for each in run.alerts if isinstance(each.body, ForeignEdit)]
    assert [(body.role, body.kept) for body in edits] == [("E2", False)] * 3
    assert run.box.frozen == {"E2"}

    hit = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))

    assert run.key("E2") in [each.key for each in hit if isinstance(each, Cancel)]


def test_what_we_cancel_ourselves_no_hand_took_away() -> None:
    """A11, B5: a venue that can't amend has each take-profit cancelled for every fill, five times within seconds."""
    run = driven(capabilities=replace(LOSSY, amend_in_place=False))
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    for _ in range(5):
        sent = run.later(1_000).know(run.fill("E2", 100, 98), run.stop_is(90))
        run.answer(sent)
        gone = [Ended(each.key, Decimal(0), EndReason.CANCELLED, run.now) for each in sent if isinstance(each, Cancel)]
        assert len(gone) == 4
        run.accept(run.know(*gone))

    assert (run.machine.state.troubles, run.box.put_back) == ({}, {})


def test_a_stop_that_a_hand_moved_as_tp1_filled_stays_there() -> None:
    """A11: ours at 90 was in force; that its breakeven is wished for by now makes the 105 no less his."""
    run = opened()
    run.know(run.ended("E2", 0, EndReason.CANCELLED))

    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850), run.stop_is(105))

    assert [stop.price for stop in run.box.strategy.desired(run.box_trade).stops] == [105]
    assert [alert.body.kept for alert in run.alerts if isinstance(alert.body, ForeignEdit)] == [True]


def test_a_stop_that_is_shown_as_a_trade_begins_was_nobodys_move() -> None:
    """A11, A7: the request and the frame come in one step: no stop of ours was in force."""
    run = driven()
    asked = request((98,))

    run.step(Open(asked, terms(), run.trade_id(asked)), Known((StopIs(SLOT, Decimal(95), run.now, 0),)))

    assert [alert for alert in run.alerts if isinstance(alert.body, ForeignEdit)] == []


def test_what_is_held_is_at_risk_from_its_average() -> None:
    """I1: 1,000 at 100 and 1,000 at 98, from 99 to 90; the market stood at 100 when the plan was made."""
    run = opened()
    run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000), run.stop_is(90))

    assert view_of(run.machine.state).risk_open == 18_000


def test_what_has_no_stop_adds_nothing_that_is_known_to_the_risk() -> None:
    """I1, C7: a trade made again of what the venue still showed, where no stop was left to learn from."""
    run = opened()
    run.box.trade = replace(run.box_trade, plan=replace(run.box_trade.plan, stop=None))

    assert view_of(run.machine.state).risk_open == 0


def test_a_change_that_was_shown_before_its_answer_is_not_waited_for_though_a_hand_came_after_it() -> None:
    """rel:F12, A11 (seed 25003555760): in between a hand moved it; for 3 s after the answer nothing was re-sized."""
    run = opened()
    (amend,) = run.step(Operate(run.box.id, ActKind.MOVE_TARGET, "me", role="TP2", price=Decimal(125)))
    shown = replace(run.working("TP2", 50), price=Decimal(125))
    run.know(shown)
    run.know(replace(shown, price=Decimal(126), at=run.later(10).now))

    again = run.answer([amend])

    assert [(each.key, each.price) for each in again if isinstance(each, Amend)] == [(run.key("TP2"), Decimal(125))]
    assert run.machine.state.doubts == {}


def test_what_is_shown_before_a_change_arrived_is_no_echo_of_it() -> None:
    """rel:F12: a hand was there first; after the answer the change itself is still waited for, and not sent again."""
    run = opened()
    (amend,) = run.step(Operate(run.box.id, ActKind.MOVE_TARGET, "me", role="TP2", price=Decimal(125)))
    run.know(replace(run.working("TP2", 50), price=Decimal(121)))

    assert run.answer([amend]) == []
    assert list(run.machine.state.doubts) == [run.key("TP2")]
