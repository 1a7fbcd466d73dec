"""What a leader tells while its mirror waits, and what it tells again after a start (A4, A9)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import LeaderIs, Operate
from core.account.machine import restore
from core.alerts import MirrorSkipped
from core.commands import Code, Place, Refused, SetStop
from core.desired import Phase
from core.facts import ActKind, EndReason, Price
from core.mirror import CloseWithMain, Following
from core.plan import Rules, StopAfter, StopAfterKind
from core.request import Merge
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import Driven, driven, new_state
from tests.staging import SYMBOL, request

ASKED = {"leader": "main", "until": 1_700_000_030_000}


def told(run: Driven, stop: object = None, *, tp1: bool = False) -> LeaderIs:
    """How the leader's trade stands; *stop* is where somebody moved its stop, no execution in between."""
    moved = None if stop is None else (Decimal(str(stop)), 1)
    phase = Phase.PROFIT_TAKING if tp1 else Phase.BUILDING
    return LeaderIs(run.trade_id(TWO_LEGS), "main", phase, tp1, "", moved, Decimal(1000), run.now)


def waiting() -> Driven:
    """A mirror that was asked for its leader's trade while its stream was down."""
    run = driven("mirror", follows="main")
    run.machine.state.troubles["stream"] = run.now
    run.open(TWO_LEGS, **ASKED)
    return run


def well(run: Driven) -> list[Place]:
    """The mirror is well again and asked once more; the entries it sends."""
    run.machine.state.troubles.clear()
    return [each for each in run.open(TWO_LEGS, **ASKED) if isinstance(each, Place)]


def following() -> Driven:
    """A mirror that opened with its leader."""
    run = driven("mirror", follows="main")
    run.accept(run.open(TWO_LEGS, leader="main"))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    return run


def test_a_late_mirror_takes_the_stop_that_its_leader_moved_meanwhile() -> None:
    """A4, A9: told while it waited and never again; its entries are born with the moved stop."""
    run = waiting()
    run.step(told(run, 95))

    assert [each.stop for each in well(run)] == [Decimal(95), Decimal(95)]


def test_a_mirror_does_not_join_a_trade_whose_tp1_was_hit() -> None:
    """A4, A9: nothing is added after TP1 (B13), nor is it begun: skipped and told once, at once."""
    run = waiting()
    run.step(told(run, tp1=True))

    assert well(run) == []
    assert [type(alert.body) for alert in run.alerts] == [MirrorSkipped]
    assert run.machine.state.boxes == {}


def test_only_closing_lets_a_mirror_wait_no_longer() -> None:
    """A9, E6: who moves a stop of what it has not opened yet is told so, and it opens all the same."""
    run = waiting()
    moved = Operate(run.trade_id(TWO_LEGS), ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal(95))
    run.step(moved)

    assert [reply.refusal is None for reply in run.last.replies] == [False]
    assert len(well(run)) == 2


def test_each_move_of_the_leaders_stop_is_copied() -> None:
    """A4: moved twice with no execution in between, so that only the price tells the second from the first."""
    run = following()
    run.step(told(run, 95))
    run.step(told(run, 96))

    assert run.box.desired is not None
    assert run.box.desired.stops[0].price == 96


def test_what_a_mirror_copied_is_not_copied_again_after_a_start() -> None:
    """A4, rel:I9: leaders' words are told again at a start: what an operator did here since then stands."""
    run = following()
    run.step(told(run, 95))
    run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(97)))
    records = [(entry.trade, entry.what) for entry in run.journal]
    again = Driven(restore(new_state("mirror", follows="main"), records, run.now), run.now, seq=run.seq)

    again.step(told(again, 95))
    assert again.box.strategy.desired(again.box_trade).stops[0].price == 97
    again.step(told(again, 94))
    assert again.box.strategy.desired(again.box_trade).stops[0].price == 94


def test_a_mirror_that_nothing_filled_of_ends_because_its_leader_took_profit() -> None:
    """A4, G2: its entries are cancelled on the leader's TP1; nobody from outside had a hand in it."""
    run = driven("mirror", follows="main")
    run.accept(run.open(request((98,)), leader="main"))
    run.answer(run.step(told(run, tp1=True)))
    run.know(run.ended("E1", 0, EndReason.CANCELLED))

    assert [report.reason for report in run.last.closed] == ["followed_main"]


def test_a_leaders_next_move_waits_for_no_refusal_of_the_last() -> None:
    """A4, C4: the venue was too busy for 95, which would be tried again in a second; 96 leaves at once."""
    run = following()
    run.know(run.ended("E2", 0, EndReason.CANCELLED))  # else its own stop would be moved first (B4)
    run.answer(run.step(told(run, 95)), Refused(Code.BUSY, "too busy"))
    run.answer(run.later(1_000).step(), Refused(Code.BUSY, "too busy"))

    sent = run.later(100).step(told(run, 96))

    assert [each.price for each in sent if isinstance(each, SetStop)] == [Decimal(96)]


def test_a_hand_counts_after_the_leaders_tp1() -> None:
    """A4, B14, A11: an operator may move the mirror's stop back from its breakeven; that was taken, and did nothing."""
    run = following()
    run.step(told(run, tp1=True))
    assert run.box.strategy.desired(run.box_trade).stops[0].price > 100

    run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(101), price=Decimal(99)))

    assert run.box.strategy.desired(run.box_trade).stops[0].price == 99


def test_of_a_move_and_a_tp1_told_at_once_the_better_holds() -> None:
    """A4: the leader moved its stop, then hit TP1, and one word tells both: breakeven, whatever the price moved to."""
    run = following()
    run.step(told(run, 95, tp1=True))

    assert run.box.strategy.desired(run.box_trade).stops[0].price > 100


def test_what_was_copied_before_a_merge_is_copied_again() -> None:
    """A4, B13: the merge replaced the stop on both; that the leader moved it there once more was not copied."""
    run = following()
    run.step(told(run, 95))
    merging = replace(request((97,), stop=92), id="r2", merge=Merge.REPLACE)
    run.open(merging, leader="main", into=run.box.id)
    assert run.box.strategy.desired(run.box_trade).stops[0].price == 92
    records = [(entry.trade, entry.what) for entry in run.journal]
    again = Driven(restore(new_state("mirror", follows="main"), records, run.now), run.now, seq=run.seq)

    again.step(told(again, 95))

    assert again.box.strategy.desired(again.box_trade).stops[0].price == 95


def test_a_mirror_that_closes_by_itself_does_not_join_what_took_profit_either() -> None:
    """A4, A9: with `close_with_main: no` the leader's TP1 was forgotten as soon as its trade was over."""
    run = waiting()
    run.machine.state.following = Following(leader="main", close_with_main=CloseWithMain.NO)
    run.step(told(run, tp1=True)._replace(reason="breakeven_stop"))

    assert well(run) == []


def test_a_trail_begins_with_the_leaders_tp1() -> None:
    """A4, B15: where TP1's row trails, a mirror whose own TP1 has not filled got no better stop at all."""
    rules = Rules(stop_after=(StopAfter(StopAfterKind.TRAIL, percent=Decimal(1)),))
    run = driven("mirror", follows="main", rules=rules)
    run.accept(run.open(TWO_LEGS, leader="main"))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.step(told(run, tp1=True))

    run.know(Price(SYMBOL, Decimal(108), run.now))

    assert run.box.strategy.desired(run.box_trade).stops[0].price == Decimal("106.92")


def test_a_move_copied_before_a_late_merge_comes_after_it() -> None:
    """A4, B13: the leader merged, then moved its stop; the mirror, held up, merged last and lost the move."""
    run = following()
    run.later(1_000).step(told(run, 95))
    merging = replace(request((97,), stop=92), id="r2", merge=Merge.REPLACE)
    run.later(1_000).open(merging, leader="main", into=run.box.id)

    assert run.box.strategy.desired(run.box_trade).stops[0].price == 95


def test_a_move_to_the_price_from_before_a_merge_is_copied() -> None:
    """A4, B13: the merge took the stop that was moved to 95 away on both; moved there once more it was no news here."""
    run = following()
    run.step(told(run, 95))
    run.step(told(run))
    merging = replace(request((97,), stop=92), id="r2", merge=Merge.REPLACE)
    run.later(1_000).open(merging, leader="main", into=run.box.id)

    run.step(told(run, 95))

    assert run.box.strategy.desired(run.box_trade).stops[0].price == 95


def test_a_mirror_that_merges_late_keeps_a_move_to_the_price_from_before() -> None:
    """A4, B13: to 95, merged, to 95 once more; the mirror, held up, still had it at 95, merged last and lost it."""
    run = following()
    run.later(1_000).step(told(run, 95))
    asked = run.later(1_000).now
    run.step(told(run))
    run.later(1_000).step(told(run, 95))
    merging = replace(request((97,), stop=92), id="r2", merge=Merge.REPLACE, at=asked)
    run.later(1_000).open(merging, leader="main", into=run.box.id)

    assert run.box.strategy.desired(run.box_trade).stops[0].price == 95


def test_a_move_to_the_same_price_counts_from_now_on() -> None:
    """A4, B14: after the leader's TP1 an operator set its stop to 95 again: the mirror's stayed at breakeven."""
    run = following()
    run.step(told(run, 95))
    run.step(told(run, 95, tp1=True))
    assert run.box.strategy.desired(run.box_trade).stops[0].price > 100

    run.step(told(run, 95, tp1=True)._replace(moved=(Decimal(95), 2)))

    assert run.box.strategy.desired(run.box_trade).stops[0].price == 95


TAKEN_BACK = {
    "entries": (ActKind.CANCEL_ENTRIES, None, "its unfilled entries were cancelled"),
    "part": (ActKind.REDUCE, Decimal(100), "a part of it was closed"),
}


@pytest.mark.parametrize(("kind", "quantity", "why"), TAKEN_BACK.values(), ids=list(TAKEN_BACK))
def test_what_somebody_took_back_of_the_leaders_trade_is_not_joined(
    kind: ActKind, quantity: Decimal | None, why: str
) -> None:
    """A9, B14: a mirror that wasn't ready opened the entries that were cancelled, or all of what is less by now."""
    leader = opened()
    leader.step(Operate(leader.box.id, kind, "ann", quantity=quantity))
    word = leader.last.leads[-1]
    run = waiting()
    run.step(word)
    bodies = [each.body for each in run.alerts if isinstance(each.body, MirrorSkipped)]

    assert (well(run), [body.outcome for body in bodies]) == ([], ["skipped"])
    assert why in bodies[0].reasons[0]


def test_a_mirror_that_joined_goes_on_when_its_leader_gets_smaller() -> None:
    """A4: each account lives on its own fills; what is added after is added here too."""
    leader, run = opened(), following()
    leader.step(Operate(leader.box.id, ActKind.REDUCE, "ann", quantity=Decimal(100)))
    run.step(leader.last.leads[-1]._replace(trade=run.box.id))
    more = replace(request((97,), identity="r2"), merge=Merge.KEEP)
    added = run.open(more, leader="main", into=run.box.id)

    assert [each.key for each in added if isinstance(each, Place)] == [run.key("E3")]
