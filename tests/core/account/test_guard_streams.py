"""What the stream loses, repeats, reorders or tells too early (reliability.md 2.0 and 2.1, A and B)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from core.account.inputs import Answered, CutFailed, Known
from core.alerts import AccountDegraded, AccountRestored, Alert
from core.commands import Amend, Code, Done, Place, Query, Refused, SetStop, Unknown
from core.facts import EndReason, PositionIs, StopIs, Stream, VenueFact, Working
from core.ledger import Ledger
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven


def working_all(run: Driven) -> list[Working]:
    """The open orders as they should be after `opened`."""
    return [run.working("E2", 1000), *(run.working(f"TP{n}", 850 if n == 1 else 50) for n in (1, 2, 3, 4))]


def well(run: Driven) -> Driven:
    """A covering cut; the audit then is a minute away."""
    run.step()
    run.know(run.cut(orders=working_all(run), fills=[run.fill("E1", 1000, 100, seq=1)], size=1000))
    return run


def audited(run: Driven) -> int:
    """Let time pass until the machine asks for a cut; how long that was."""
    began = run.now
    while run.last.cut is None:
        assert run.last.wake is not None
        run.later(max(run.last.wake - run.now, 1)).step()
    return run.now - began


def test_the_same_request_has_the_same_key_for_ever() -> None:
    """rel:D2, rel:I5: a time-out, a restart from the journal, another machine: byte for byte the same client ids."""
    keys = []
    for restart in (False, True):
        run = driven()
        sent = first = run.open(TWO_LEGS)
        if restart:
            run = run.later(1_000).restarted()
            run.step()
            sent = run.know(run.cut())
        for _ in range(4):
            run.answer(sent, *(Unknown("timed out") if isinstance(each, Place) else Done() for each in sent))
            sent = run.later(3_000).step()
        keys.append([each.key for each in (*first, *run.sent) if isinstance(each, Place)])

    assert set(keys[0]) == set(keys[1])
    assert [len(set(each)) for each in keys] == [2, 2]
    assert min(map(len, keys)) >= 4


def test_a_fill_before_the_ack_is_booked() -> None:
    """rel:D4, rel:F12: E1's execution comes before the answer to its placement: targets go out at once, not twice."""
    run = driven()
    sent = run.open(TWO_LEGS)
    targets = run.know(run.fill("E1", 1000, 100), run.stop_is(90))
    later = run.answer(sent)

    assert [each.quantity for each in targets if isinstance(each, Place)] == [850, 50, 50, 50]
    assert run.box_trade.ledger.entered == 1000
    assert not any(isinstance(each, Place) for each in later)


def before(run: Driven, fact: VenueFact, look: VenueFact) -> None:
    """The stream tells it before the cut is taken in."""
    run.know(fact)
    run.know(look)


def after(run: Driven, fact: VenueFact, look: VenueFact) -> None:
    """The stream tells it after the cut."""
    run.know(look)
    run.know(fact)


def within(run: Driven, fact: VenueFact, look: VenueFact) -> None:
    """Both are waiting, and are folded together."""
    run.know(look, fact)


def only_cut(run: Driven, _: VenueFact, look: VenueFact) -> None:
    """The stream never tells it."""
    run.know(look)


@pytest.mark.parametrize("order", [before, after, within, only_cut])
def test_a_fill_at_any_instant_of_a_look_counts_once(order: Callable[[Driven, VenueFact, VenueFact], None]) -> None:
    """rel:D5, rel:F15, rel:F17: E2 fills while a cut is on its way: one booking, one ladder, in all four orders."""
    run = well(opened())
    audited(run)
    fill = run.fill("E2", 500, 98)
    orders = [run.working("E2", 1000, 500), *working_all(run)[1:]]
    order(run, fill, run.cut(orders=orders, fills=[run.fill("E1", 1000, 100, seq=1), fill], size=1500))

    assert run.box_trade.ledger.entered == 1500
    assert [each.quantity for each in run.sent if isinstance(each, Amend)] == [1275, 75, 75, 75]


def empty_cut(run: Driven) -> None:
    """A look that shows nothing at all: no row, no order."""
    run.know(replace(run.cut(), positions=(), stops=()))


def failed_cut(run: Driven) -> None:
    """A look that could not be had."""
    run.step(CutFailed("timed out"))


@pytest.mark.parametrize("look", [empty_cut, failed_cut])
def test_empty_answers_close_nothing(look: Callable[[Driven], None]) -> None:
    """rel:D12, C8: five empty or failed looks in a row: the trade lives, its ledger and wishes as before."""
    run = well(opened())
    for _ in range(5):
        audited(run)
        look(run)
    (box,) = run.machine.state.boxes.values()

    assert box.trade.ledger.position == 1000
    assert box.desired is not None
    assert len(box.desired.wants) == 5


def test_two_looks_that_agree_close_what_no_execution_explains() -> None:
    """rel:D12, C8: one flat row is not believed; the second one is, and the change is told as somebody else's."""
    run = well(opened())
    for expected in (1000, 0):
        audited(run)
        run.seq += 1
        run.know(run.cut(orders=working_all(run), size=0))
        assert run.box_trade.ledger.position == expected

    assert "external_change" in [alert.kind for alert in run.alerts]


def test_looks_that_are_behind_the_stream_never_agree() -> None:
    """rel:F20, rel:I6: two looks older than E2's fill show the same 1,000: neither believed, nobody's change booked."""
    run = well(opened())
    stale = [run.cut(orders=working_all(run), size=1000) for _ in range(2)]
    run.know(run.fill("E2", 500, 98))
    for look in stale:
        audited(run)
        run.know(look)
        assert run.machine.state.cuts.due is not None

    assert (str(run.box_trade.ledger.position), str(run.box_trade.ledger.taken)) == ("1500", "0")
    assert run.machine.state.cuts.mismatched == {}


def told_late(alerts: Sequence[Alert]) -> list[str]:
    """The kinds of alerts that say they were learned late."""
    return [alert.kind for alert in alerts if alert.learned_late]


def test_a_lost_fill_is_found_within_an_audit() -> None:
    """rel:I11, rel:F17: the frame alone was lost: the next audit is at most 60 s away, applies it and says how late."""
    run = well(opened())
    lost, end = run.fill("E2", 1000, 98), run.ended("E2", 1000)
    waited = audited(run)
    run.know(end, run.cut(orders=working_all(run)[1:], fills=[lost], size=2000))

    assert waited <= 60_000
    assert run.box_trade.ledger.entered == 2000
    assert told_late(run.alerts) == ["limit_filled"]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_any_order_of_arrival_ends_alike(order: tuple[int, ...]) -> None:
    """rel:F16, rel:I6: two executions, an end and a position, in all 24 orders, each told twice (rel:F15)."""
    ends: list[tuple[Ledger, object]] = []
    for arrival in ((0, 1, 2, 3), order):
        run = opened()
        facts: list[VenueFact] = [
            run.fill("TP1", 400, 110, seq=2), run.fill("TP1", 450, 110, seq=3), run.ended("TP1", 850),
            PositionIs(SLOT, Decimal(150), run.now, 3),
        ]  # fmt: skip
        for number in arrival:
            run.know(facts[number])
            run.know(facts[number])
        (box,) = run.machine.state.boxes.values()
        ends.append((box.trade.ledger, box.desired))

    assert ends[0] == ends[1]


def test_a_busy_order_is_tried_again_and_never_below_its_fill() -> None:
    """rel:F11, C4: 110079 waits and is tried again; an amend under what filled meanwhile asks instead of guessing."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    busy = run.answer(amends, Refused(Code.BUSY, "110079"), Refused(Code.BELOW_FILLED, "110064"), Done(), Done())
    again = run.later(200).step()

    assert Query(run.key("TP2"), SLOT) in busy
    assert [(each.key, each.quantity) for each in again if isinstance(each, Amend)] == [(run.key("TP1"), Decimal(1275))]


def test_refused_as_too_much_waits_for_a_look() -> None:
    """rel:F08, C4: 110017 on a target: a cut is asked for, three tries at most, no hammering."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    commands = [each for each in amends if isinstance(each, Amend) and each.key == run.key("TP1")]
    run.answer(amends, Refused(Code.QUOTA, "110017"), Done(), Done(), Done())
    assert run.machine.state.cuts.due is not None
    for _ in range(100):
        tried = [each for each in run.later(100).step() if isinstance(each, Amend) and each.key == run.key("TP1")]
        run.answer(tried, *(Refused(Code.QUOTA, "110017") for _ in tried)) if tried else None
        commands += tried

    assert 2 <= len(commands) <= 4


def test_not_modified_is_believed_when_a_look_shows_it() -> None:
    """rel:F09: `not modified` for a stop: a cut is asked for, and when it shows another stop that is set again."""
    run = opened()
    moves = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850), run.ended("E2", 0, EndReason.CANCELLED))
    stops = [each for each in (*moves, *run.later(10).step()) if isinstance(each, SetStop)]
    run.step(Answered(tuple(stops), tuple(Refused(Code.SAME, "34040") for _ in stops)))
    assert run.machine.state.cuts.due is not None
    again = run.know(StopIs(SLOT, Decimal(90), run.now, run.seq))

    assert [type(each) for each in again] == [SetStop]


def test_not_modified_is_no_proof_of_a_stop_and_its_absence_nobodys_hand() -> None:
    """rel:F09, B4, A11: "not modified", and no look shows one: counted as cancelled by hand, it was soon left alone."""
    run = opened()
    sent = run.know(run.stop_is(None))
    for _ in range(12):
        stops = [each for each in sent if isinstance(each, SetStop)]
        run.answer(stops, *(Refused(Code.SAME, "34040") for _ in stops))
        sent = run.later(1_000).know(run.stop_is(None))

    assert [each.price for each in sent if isinstance(each, SetStop)] == [Decimal(90)]
    assert "hands" not in run.machine.state.troubles
    assert "protection_missing" in [alert.kind for alert in run.alerts]


def test_an_order_rejected_after_its_ack_is_given_up() -> None:
    """rel:F12, B4: Done, then the stream shows E2 rejected: told, never sent again, the trade lives on E1."""
    run = driven()
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    sent = run.know(replace(run.ended("E2", 0, EndReason.REJECTED), code="EC_PostOnlyWillTakeLiquidity"))

    assert [alert.kind for alert in run.alerts].count("entry_failed") == 1
    assert not any(isinstance(each, Place) for each in sent)
    assert run.box_trade.over("E2")


def test_what_is_held_is_told_and_let_go() -> None:
    """rel:I12, rel:F19: the stream breaks: told once, nothing opens; after a covering cut that is told, it opens."""
    run = driven()
    run.know(Stream(up=False, at=run.now, reason="gone"))
    assert run.open(TWO_LEGS) == []
    run.step(Known((Stream(up=True, at=run.now),)))
    audited(run)
    run.know(run.cut())
    bodies = [alert.body for alert in run.alerts if isinstance(alert.body, AccountDegraded | AccountRestored)]

    assert [type(body) for body in bodies] == [AccountDegraded, AccountRestored]
    assert not run.machine.state.troubles
    assert [type(each) for each in run.open(replace(TWO_LEGS, id="r2"))] == [Place, Place]


def test_a_venue_that_cannot_be_seen_is_told_after_a_while() -> None:
    """rel:I12, rel:F24: looks fail for half a minute, all else works: told once; one failure is no alarm."""
    run = well(opened())
    for _ in range(12):
        audited(run)
        run.step(CutFailed("a row of the venue's lists can't be read"))
        run.step(Answered((Query("somebody's", SLOT),), (Done(),)))
    bodies = [alert.body for alert in run.alerts if isinstance(alert.body, AccountDegraded)]
    assert [body.what for body in bodies] == ["cut"]
    assert "a row" in bodies[0].detail
    audited(run)
    run.know(run.cut(orders=working_all(run), size=1000))
    audited(run)
    run.step(CutFailed("once"))
    audited(run)
    run.know(run.cut(orders=working_all(run), size=1000))

    assert [alert.kind for alert in run.alerts].count("account_restored") == 1
    assert len([alert for alert in run.alerts if isinstance(alert.body, AccountDegraded)]) == 1


@pytest.mark.parametrize("code", [Code.MARGIN, Code.RULES])
def test_an_entry_without_margin_leaves_what_filled(code: Code) -> None:
    """rel:F39, B4: E2 is refused for good: one alert, and the ladder is of what E1 filled, all of it covered."""
    run = driven("mirror", follows="main")
    sent = run.open(TWO_LEGS, leader="main")
    run.answer(sent, *(Refused(code, "110007") if each.key == run.key("E2") else Done()
                       for each in sent if isinstance(each, Place)))  # fmt: skip
    targets = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))

    assert sum(each.quantity for each in targets if isinstance(each, Place)) == 1000
    assert [alert.kind for alert in run.alerts].count("entry_failed") == 1
