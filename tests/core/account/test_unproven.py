"""A stop that no frame and no look has shown yet: what is waited for, and what is not (B4, B9)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.alerts import BreakevenFailed, ProtectionMissing
from core.commands import Code, Done, Outcome, Place, Refused, SetStop, Unknown
from core.facts import Act, ActKind, PositionIs, Stream
from tests.core.account.test_sequences import opened
from tests.core.account.test_told_anew import PASSED
from tests.driving import SLOT, Driven, driven
from tests.staging import request


def entered() -> Driven:
    """1,000 at 100; nothing has shown the stop that E1 was born with."""
    run = driven()
    run.accept(run.open(request()))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000)))
    return run


def test_a_breakeven_that_the_market_passed_closes_at_once() -> None:
    """B9: whatever of the older stop: what is left is closed, no look is waited for."""
    run = entered()
    sent = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))

    closing = run.answer(sent, *(PASSED if isinstance(each, SetStop) else Done() for each in sent))

    assert [(each.key, each.quantity) for each in closing if isinstance(each, Place)] == [(run.key("X"), Decimal(150))]


def test_a_stop_that_is_refused_while_all_is_being_closed_is_no_news() -> None:
    """B9, D1: it was on its way when somebody closed: nobody is told of it, and nothing is closed twice."""
    run = opened()
    stops = [each for each in run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850)) if isinstance(each, SetStop)]
    run.step(Operate(run.box.id, ActKind.CLOSE, "ann", Decimal(100)))
    told = [alert.kind for alert in run.alerts]

    run.answer(stops, PASSED)

    assert [alert.kind for alert in run.alerts] == told
    assert len([each for each in run.journal if isinstance(each.what, Act)]) == 1


def test_whether_an_older_stop_holds_a_look_says() -> None:
    """B4, B14, C8: the market has passed where a hand wants it: looked at soon, and before that nothing is said."""
    run = entered()
    moved = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal(95)))
    run.machine.state.cuts.due = run.now + 60_000

    run.answer(moved, PASSED)

    assert run.machine.state.cuts.due == run.now + 1_000
    assert [alert for alert in run.alerts if isinstance(alert.body, BreakevenFailed | ProtectionMissing)] == []


def test_a_position_that_is_back_gets_its_stop_at_once() -> None:
    """B4, rel:I1: frames show that all was closed, then opened again; no execution: its stop went with it."""
    run = opened()
    run.know(PositionIs(SLOT, Decimal(0), run.now, 2))

    assert SetStop(SLOT, Decimal(90)) in run.know(PositionIs(SLOT, Decimal(1000), run.now, 3))


def closed_after(run: Driven, answer: Outcome, size: object = 1000) -> int | None:
    """After how many milliseconds without a stop all is closed at market; every stop that is sent is answered so."""
    targets = [run.working(role, 850 if role == "TP1" else 50) for role in ("TP1", "TP2", "TP3", "TP4")]
    gone, sent = run.now, run.know(run.stop_is(None))
    while run.now < gone + 120_000:
        if any(isinstance(each, Place) and each.price is None for each in sent):
            return run.now - gone
        answers = [answer if isinstance(each, SetStop) else Done() for each in sent]
        sent = run.answer(sent, *answers) if sent else run.later(100).step()
        if run.last.cut is not None:
            sent += run.later(50).know(replace(run.cut(orders=targets, size=size), stops=(run.stop_is(None),)))
    return None


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("answer", [Refused(Code.RULES, "no"), Refused(Code.BUSY, "busy"), Unknown("timed out")])
def test_what_gets_no_stop_is_closed_however_often_it_is_looked_at(up: bool, answer: Outcome) -> None:
    """B4, C4: an account without its stream is looked at every 5 s, and each look began the row of tries anew."""
    run = entered()
    run.know(run.stop_is(90), *(() if up else (Stream(up=False, at=run.now),)))

    assert 5_000 <= (closed_after(run, answer) or 0) <= 6_300
    assert "protection_missing" in [alert.kind for alert in run.alerts]


def test_a_stop_that_is_taken_and_never_in_force_has_failed() -> None:
    """B4, C4, rel:F12: an answer is no evidence; it was set again each second for ever, and nothing was closed."""
    run = entered()
    run.know(run.stop_is(90))

    assert 5_000 <= (closed_after(run, Done()) or 0) <= 6_300


def test_a_breakeven_that_is_taken_and_never_in_force_has_failed() -> None:
    """B9, C4: the old stop stood on, nobody was told, and it was set again each second for ever."""
    run = opened()
    sent = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    began, works = run.now, [run.working(role, 50) for role in ("TP2", "TP3", "TP4")]
    while run.now < began + 60_000 and not any(isinstance(each, Place) and each.price is None for each in sent):
        sent = run.answer(sent) if sent else run.later(100).step()
        if run.last.cut is not None:
            sent += run.later(50).know(replace(run.cut(orders=works, size=150), stops=(run.stop_is(90),)))

    assert "breakeven_failed" in [alert.kind for alert in run.alerts]
    assert sum(isinstance(each, SetStop) for each in run.sent) == 5
    assert run.now < began + 20_000


def test_a_frame_that_crosses_with_a_stops_answer_says_nothing_against_it() -> None:
    """C4, rel:F09: it is sent once more at once; shown then, it has not failed at all."""
    run = opened()
    sent = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    stop = next(each.price for each in sent if isinstance(each, SetStop))
    again = run.answer(sent) + run.know(run.stop_is(90))

    run.know(run.later(20).stop_is(stop))

    assert [each.price for each in again if isinstance(each, SetStop)] == [stop]
    assert "stop" not in run.box.backoffs


def test_frames_of_a_stream_that_lags_are_no_tries_of_a_stop() -> None:
    """B9, C4, rel:F09: each shows the old one; it is sent once more at once, then a look tells that it is in force."""
    run = opened()
    sent = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    stop = next(each.price for each in sent if isinstance(each, SetStop))
    for _ in range(20):
        run.answer([each for each in sent if isinstance(each, SetStop)])
        sent = [*run.know(run.stop_is(90)), *run.later(1_500).step()]
    run.later(50).know(replace(run.cut(size=150), stops=(run.stop_is(stop),)))

    assert sum(isinstance(each, SetStop) for each in run.sent) == 2
    assert not run.box.phase.closing
    assert "stop" not in run.box.backoffs


def test_a_second_frame_that_shows_the_old_stop_is_soon_followed_by_a_look() -> None:
    """B4, C4: it alone tells whether the stop is in force, and the next audit may be an hour away."""
    run = opened()
    sent = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    for _ in range(2):
        run.answer([each for each in sent if isinstance(each, SetStop)])
        run.machine.state.cuts.due = run.now + 60_000
        sent = run.know(run.stop_is(90))

    assert run.machine.state.cuts.due == run.now + 1_000


def test_a_stop_of_what_was_closed_meanwhile_has_not_failed() -> None:
    """B4, C4: it was taken, and went with the position: what fills next has all its tries."""
    run = opened()
    run.answer(run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850)))

    run.know(PositionIs(SLOT, Decimal(0), run.now, 9), run.stop_is(None))

    assert "stop" not in run.box.backoffs


def test_a_look_tells_that_a_stop_has_no_effect_whatever_the_venues_clock_says() -> None:
    """B9, rel:F48: the venue's is 5 s behind, so what a look shows is dated before the stop left: it counts."""
    run = opened()
    sent = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    began, works = run.now, [run.working(role, 50) for role in ("TP2", "TP3", "TP4")]
    while run.now < began + 20_000 and not run.box.phase.closing:
        sent = run.answer(sent) if sent else run.later(100).step()
        if run.last.cut is not None:
            look = run.later(50).cut(orders=works, size=150)
            sent += run.know(replace(look, asked=look.asked - 5_000, stops=(run.stop_is(90),)))

    assert run.box.phase.closing
    assert sum(isinstance(each, SetStop) for each in run.sent) == 5


def test_a_stop_that_waits_for_its_turn_has_not_failed() -> None:
    """B4, C4: what never left for want of room is no try, however often a look shows that there is none."""
    run = entered()
    run.know(run.stop_is(90), Stream(up=False, at=run.now))

    assert closed_after(run, Refused(Code.CROWDED, "no room")) is None


def test_a_stop_that_is_there_by_the_venues_word_has_not_failed() -> None:
    """B4, rel:F20: busy for 6 s, then "not modified": a look that doesn't show it may be out of date."""
    run = entered()
    run.know(run.stop_is(90))
    sent = run.know(run.stop_is(None))
    for wait in (200, 1_000, 5_000):
        sent = run.answer([each for each in sent if isinstance(each, SetStop)], Refused(Code.BUSY, "busy"))
        sent = run.later(wait).step()
    run.answer([each for each in sent if isinstance(each, SetStop)], Refused(Code.SAME, "not modified"))

    sent = run.later(50).know(replace(run.cut(size=1000), stops=(run.stop_is(None),)))

    assert [each.price for each in sent if isinstance(each, SetStop)] == [Decimal(90)]
    assert not run.box.phase.closing


def test_looks_in_a_row_are_no_reason_to_give_a_stop_up_sooner() -> None:
    """B4, C4: one every half a second shows none, and the venue is busy for four: its tries are not over."""
    run = entered()
    run.know(run.stop_is(90))
    sent = run.know(run.stop_is(None))
    for _ in range(8):
        stops = [each for each in sent if isinstance(each, SetStop)]
        sent = run.answer(stops, *(Refused(Code.BUSY, "busy") for _ in stops))
        sent += run.later(500).know(replace(run.cut(size=1000), stops=(run.stop_is(None),)))

    assert not run.box.phase.closing
    assert [each.price for each in sent if isinstance(each, SetStop)] == [Decimal(90)]


def test_a_better_stop_that_was_refused_says_nothing_of_the_one_that_is_gone() -> None:
    """B4, B14, A11: a hand's was refused while the first stood; taken away, that one has its three tries."""
    run = entered()
    sent = run.know(run.stop_is(90))
    sent = [*sent, *run.step(Operate(run.box.id, ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal(95)))]
    for wait in (200, 1_000, 5_000, 100):
        stops = [each for each in sent if isinstance(each, SetStop)]
        run.answer(stops, *(Refused(Code.RULES, "no") for _ in stops))
        sent = run.later(wait).step()

    assert 5_000 <= (closed_after(run, Refused(Code.RULES, "no")) or 0) <= 6_300


def test_a_stop_that_stands_elsewhere_is_no_reason_to_try_a_refused_one_at_once() -> None:
    """C4, B9: breakeven's was refused; each row that shows the older one moved began the row of tries anew."""
    run = opened()
    sent = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    run.answer(sent, *(Refused(Code.BUSY, "busy") if isinstance(each, SetStop) else Done() for each in sent))

    shown = [*run.know(run.stop_is(91)), *run.know(run.stop_is(92))]
    later = run.later(200).step()

    assert [each for each in shown if isinstance(each, SetStop)] == []
    assert len([each for each in later if isinstance(each, SetStop)]) == 1
