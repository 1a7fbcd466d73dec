"""A change that two looks agreed on, and its execution that the venue lists only later (C8, rel:F20, rel:I6)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.effects import CutKind
from core.account.explaining import is_guess
from core.commands import Command, Place
from core.desired import Phase
from core.facts import Cause, EndReason, Filled, PositionIs, StopIs
from core.identity import key_text
from core.trade import Trade
from core.words import OrderSide, Slot
from tests.core.account.test_ending import recalled
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven, driven
from tests.staging import AT, number, request

ROLES = ("TP1", "TP2", "TP3", "TP4", "E2")


def looks(run: Driven, size: int, fills: Sequence[Filled] = (), seq: int = 7) -> None:
    """Two looks, a while apart, that show so much and list these executions; all orders but a flat slot's work."""
    sizes = zip(ROLES, (850, 50, 50, 50, 1000), strict=True)
    orders = [run.working(role, quantity) for role, quantity in sizes] if size else []
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(size), run.later(3_000).now, seq)
        cut = replace(run.cut(orders=orders, fills=fills), positions=(shown,))
        run.answer(run.know(cut if size else replace(cut, stops=(StopIs(SLOT, None, run.now, seq),))))


def listed(run: Driven, quantity: object, price: int, cause: Cause = Cause.FOREIGN, seq: int = 6) -> Filled:
    """An execution of before the looks, of no order of ours."""
    sold = OrderSide.SELL
    return Filled(f"late{seq}", SLOT, None, sold, number(quantity), Decimal(price), Decimal(0), cause, run.now, seq)


def held(run: Driven) -> tuple[object, object]:
    """(ours, the user's)."""
    ledger = run.box_trade.ledger
    return ledger.position, ledger.foreign


def closed_unseen(seq: int = 7) -> Driven:
    """Nobody told of an execution: two looks agree that nothing is held, everything of the trade is gone: closed."""
    run = opened()
    looks(run, 0, [run.fill("E1", 1000, 100, seq=1)], seq)
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ROLES))
    assert [report.reason for report in run.last.closed] == ["external"]
    return run


def last_guess(run: Driven) -> Filled:
    """What the looks made of it."""
    (box,) = run.machine.state.ended.values()
    (guess,) = (fact for _, _, fact in box.history if isinstance(fact, Filled) and fact.execution.startswith("cut:"))
    return guess


def test_what_is_listed_late_is_not_counted_twice() -> None:
    """B11, rel:I6: 400 were sold; booked twice, 400 of ours would count as the user's and be left open at the end."""
    run = opened()
    sold = listed(run, 400, 101)
    looks(run, 600)
    assert held(run) == (600, 0)

    looks(run, 600, [sold])

    assert held(run) == (600, 0)
    assert held(run.restarted()) == (600, 0)


def test_looks_from_before_what_took_a_guesss_place_bring_nothing_back() -> None:
    """rel:F20, C8: looks without an age agreed on flat, then the sale is listed: two older looks are stale."""
    run = opened()
    first = run.fill("E1", 1000, 100, seq=1)
    looks(run, 0, [first], seq=-1)
    run.know(listed(run, 1000, 101))
    assert held(run) == (0, 0)

    looks(run, 1000, [first], seq=1)

    assert held(run) == (0, 0)
    assert run.machine.state.view(SLOT).size == 0


@pytest.mark.parametrize("shown", [1000, 600])
def test_a_number_takes_back_what_looks_without_an_age_agreed_on(shown: int) -> None:
    """C8, B11, rel:F20: flat, then so much as of the entry's number: nobody brought it back (seed 67199434795)."""
    run = opened()
    first = run.fill("E1", 1000, 100, seq=1)
    looks(run, 0, [first], seq=-1)
    assert held(run) == (0, 0)

    looks(run, shown, [first], seq=1)

    assert held(run) == (shown, 0)
    assert held(run.restarted()) == (shown, 0)
    run.know(listed(run, shown, 101))
    assert held(run) == (0, 0)
    assert held(run.restarted()) == (0, 0)


def test_what_happened_since_is_no_correction() -> None:
    """C8, B11: flat by looks without an age, and 1000 by a later number: somebody bought them, they are his."""
    run = opened()
    first = run.fill("E1", 1000, 100, seq=1)
    looks(run, 0, [first], seq=-1)

    looks(run, 1000, [first], seq=3)

    assert held(run) == (0, 1000)


@pytest.mark.parametrize(("quantity", "seq", "ours"), [(300, 6, 600), ("399.7", 6, 600), (400, 7, 600), (400, 8, 200)])
def test_only_what_the_looks_held_already_takes_the_place(quantity: object, seq: int, ours: int) -> None:
    """C8: of 400 sold some are listed, the rest stays explained; what is sold after the looks is one more reduction."""
    run = opened()
    looks(run, 600)

    run.know(listed(run, quantity, 101, seq=seq))

    assert held(run) == (ours, 0)


def test_more_is_listed_than_the_looks_told_of() -> None:
    """C8, B5: they showed 400 more: E2 filled 500, and 100 were sold. Once E2 is known, 100 are still gone."""
    run = opened()
    looks(run, 1400)
    run.know(run.fill("E2", 500, 98, seq=5))
    assert held(run) == (1400, 0)

    run.know(listed(run, 100, 101))

    assert held(run) == (1400, 0)
    assert held(run.restarted()) == (1400, 0)


def test_what_was_done_the_other_way_makes_the_rest_greater() -> None:
    """C8, B11: they showed 400 less: the user bought 100, so 500 were sold: his 100 first, then 400 of ours."""
    run = opened()
    looks(run, 600)

    run.know(replace(listed(run, 100, 99), side=OrderSide.BUY))

    assert held(run) == (600, 0)


def test_an_entry_that_was_taken_for_the_users_is_ours() -> None:
    """B5, B11: the position grew by 400 that no execution explained: it was E2, and the ladder gets its share."""
    run = opened()
    looks(run, 1400)
    assert held(run) == (1000, 400)

    run.know(run.fill("E2", 400, 98, seq=6))

    assert held(run) == (1400, 0)


def test_a_stop_that_is_listed_after_its_trade_was_closed() -> None:
    """rel:I10, G2: the loss is booked where it belongs, and the reason with it; no second close is told."""
    run = closed_unseen()

    run.later(3_000).know(listed(run, 1000, 90, Cause.STOP))

    assert [(report.reason, int(report.gross)) for report in run.last.closed] == [("stop", -10_000)]
    assert [alert.kind for alert in run.alerts].count("position_closed") == 1


@pytest.mark.parametrize(("seq", "after"), [(8, 0), (3, 1_001)])
def test_a_stop_of_after_the_looks_is_not_the_trades(seq: int, after: int) -> None:
    """rel:I6, G1: the user bought himself later, and was stopped out: no loss of a trade that had ended before."""
    run = closed_unseen(-1 if after else 7)
    guess = last_guess(run)

    run.later(60_000).know(replace(listed(run, 500, 80, Cause.STOP, seq), at=guess.at + after))

    assert run.last.closed == []
    assert int(run.box_trade.ledger.stopped) == 0


@pytest.mark.parametrize(("cause", "ours"), [(Cause.STOP, True), (Cause.FOREIGN, False)])
def test_a_clock_that_is_a_little_wrong_makes_no_second_sale_of_one(cause: Cause, *, ours: bool) -> None:
    """C8, rel:F05, rel:I10 (seed 67745116097): dated 67 ms after the look that showed it gone, it was sold twice."""
    run = closed_unseen(-1)
    guess = last_guess(run)

    run.later(60_000).know(replace(listed(run, 1000, 90, cause, 3), at=guess.at + 67))

    assert [(report.reason, int(report.gross)) for report in run.last.closed] == ([("stop", -10_000)] if ours else [])


def test_an_entry_that_fills_just_after_the_looks_is_held() -> None:
    """C8, rel:F05 (seed 3189811545): what the looks had grown by took its fill in: 35 short, with nobody's targets."""
    run = driven()
    run.accept(run.open(request(("market",))))
    his = listed(run.later(1_000), 3, 100, Cause.ADL, 3)
    looks(run, 0, [his], -1)
    (guess,) = (
        fact for _, _, fact in run.box.history if isinstance(fact, Filled) and fact.execution.startswith("cut:")
    )
    run.know(replace(run.fill("E1", 1000, 100, seq=4), at=guess.at + 171), run.ended("E1", 1000))

    assert guess.side is OrderSide.BUY
    assert run.box_trade.ledger.position == 1000


def test_a_stop_of_before_the_looks_is_the_trades_where_only_time_tells() -> None:
    """C8, G2: a list that leaves flat slots out gives no number: what was executed until then it held."""
    run = closed_unseen(-1)

    run.later(3_000).know(replace(listed(run, 1000, 90, Cause.STOP), at=last_guess(run).at))

    assert [(report.reason, int(report.gross)) for report in run.last.closed] == [("stop", -10_000)]


def test_a_stop_finds_its_own_trade_among_those_that_ended_so() -> None:
    """rel:I10: one of another symbol ended so later, and one of this symbol that began only then."""
    run = closed_unseen()
    ended = run.machine.state.ended
    (box,) = ended.values()
    plan = box.trade.plan
    other = replace(plan, trade="elsewhere", slot=Slot("OTHERUSDT", 0))
    for each in (other, replace(plan, trade="younger", at=plan.at + 1)):
        ended[each.trade] = replace(box, trade=Trade(each, box.trade.ledger, box.trade.lines, box.trade.own))

    run.know(replace(listed(run, 1000, 90, Cause.STOP), at=plan.at))

    assert [(report.id, report.reason) for report in run.last.closed] == [(plan.trade, "stop")]


def test_a_flat_slot_that_lists_leave_out_is_free_again() -> None:
    """A7, C8: its age is unknown, and it was believed: the next request is not refused over what isn't held."""
    run = opened()
    known = run.fill("E1", 1000, 100, seq=1)
    looks(run, 0, [known], seq=-1)
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ROLES))

    sent = run.open(request(("market",), identity="r2"))

    assert [type(each) for each in sent] == [Place]


def test_of_two_guesses_the_earlier_gives_way() -> None:
    """C8: 400 sold, then flat, both unexplained; the first is listed: the second, of unknown age, is not touched."""
    run = opened()
    known, sold = run.fill("E1", 1000, 100, seq=1), listed(run, 400, 101)
    looks(run, 600)
    looks(run, 0, [known], seq=-1)

    run.know(sold)

    facts = [fact for _, _, fact in run.box.history if isinstance(fact, Filled) and is_guess(fact)]
    assert [(int(fact.quantity), fact.seq) for fact in facts] == [(0, 7), (600, -1)]
    assert held(run) == (0, 0)


@pytest.mark.parametrize("sold", [0, 850])
def test_what_is_of_unknown_age_came_last(sold: int) -> None:
    """C8, G2, rel:I13: closed in the app two hours in, TP1 hit or not: not by the ladder, nor as the entry filled."""
    run = opened()
    fills = [run.fill("E1", 1000, 100, seq=1)]
    if sold:
        fills.append(run.fill("TP1", sold, 110))
        run.answer(run.know(fills[-1], run.ended("TP1", sold)))
    run.later(7_200_000)
    looks(run, 0, fills, seq=-1)
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ROLES))

    (report,) = run.closed.values()
    assert (report.reason, report.last_fill_at) == ("external", run.now)
    assert "late_close" not in [alert.kind for alert in run.alerts]
    assert held(run.restarted()) == (0, 0)


def test_how_new_a_slot_is_the_next_life_knows_whatever_lists_left_out() -> None:
    """rel:F20, rel:F43: what was explained has no number of its own: a look of before the last execution is stale."""
    run = opened()
    looks(run, 0, [run.fill("E1", 1000, 100, seq=1)], seq=-1)
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ROLES))

    assert recalled(run).machine.state.view(SLOT).seq == 1


def test_what_looks_agree_on_beside_an_earlier_guess_is_the_owners() -> None:
    """C8 (seed 30713752264): booked to the trade that had ended by a guess, it came anew at each look."""
    run = closed_unseen()
    run.accept(run.open(request(("market",), identity="r2")))
    plan = next(iter(run.machine.state.boxes.values())).trade.plan
    entered = replace(run.fill("E1", 1000, 100, seq=9), key=key_text("main", plan.trade, "E1", 0))
    run.accept(run.know(entered, PositionIs(SLOT, Decimal(1000), run.now, 9)))

    for _ in range(2):
        flat = PositionIs(SLOT, Decimal(0), run.later(3_000).now, -1)
        run.answer(run.know(replace(run.cut(fills=[entered]), positions=(flat,))))

    assert run.machine.state.boxes[plan.trade].trade.ledger.position == 0


def test_what_looks_without_an_age_agreed_on_is_no_reason_once_the_stop_is_listed() -> None:
    """G2, C8 (seed 30713715139): flat, then not, and its closing order finds nothing: it was stopped out, unheard."""
    run = opened()
    first = run.fill("E1", 1000, 100, seq=1)
    looks(run, 0, [first], seq=-1)
    looks(run, 1000, [first], seq=1)
    assert run.box.phase is Phase.CLOSING

    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in (*ROLES, "X")), listed(run, 1000, 90, Cause.STOP))

    assert [report.reason for report in run.closed.values()] == ["stop"]


def held_by_the_clock(*, over: bool) -> tuple[Driven, list[Filled]]:
    """The user sold what was held and more, looks agree on flat; then E2 is listed, dated before them."""
    run = opened()
    fills = [run.fill("E1", 1000, 100, seq=1), listed(run, 2000, 100, seq=2)]
    left = run.know(fills[1])
    looks(run, 0, fills, seq=-1)
    fills.append(replace(run.fill("E2", 1000, 98, seq=3), at=AT))
    dead = [run.ended(role, 0, EndReason.VENUE) for role in ROLES[: 5 if over else 4]]
    if over:
        run.answer(left)
        run.know(*dead)
        assert run.closed
    run.know(fills[2], run.ended("E2", 1000), *dead[:4])
    run.answer(left)
    return run, fills


def looked(run: Driven, size: int, fills: Sequence[Filled], seq: int) -> Sequence[Command]:
    """One look at the slot."""
    shown = PositionIs(SLOT, Decimal(size), run.later(1_500).now, seq)
    return run.know(replace(run.cut(fills=fills), positions=(shown,)))


@pytest.mark.parametrize("crashed", [False, True])
@pytest.mark.parametrize("over", [False, True])
def test_what_a_guess_held_by_the_clock_alone_is_no_end(over: bool, crashed: bool) -> None:
    """C8, I4 (seed 26621856868): the venue's clock was taken for 1 s later: what was held stayed without a trade."""
    run, fills = held_by_the_clock(over=over)
    run = run.restarted() if crashed else run
    assert held(run) == (0, 0)
    assert run.machine.state.boxes

    looked(run, 1000, fills, seq=3)
    sent = looked(run, 1000, fills, seq=3)

    assert held(run) == (1000, 0)
    assert [each.quantity for each in sent if isinstance(each, Place)] == [1000]
    assert crashed or held(run.restarted()) == (1000, 0)


def test_a_look_at_what_a_guess_held_by_the_clock_ends_the_trade() -> None:
    """C8, G2: it was flat after all; a look that was asked for since says so, one from before says nothing."""
    run, fills = held_by_the_clock(over=False)
    looked(run, 0, fills, seq=-1)
    assert run.closed == {}
    assert run.last.cut is CutKind.FULL

    looked(run, 0, fills, seq=-1)

    assert [report.reason for report in run.closed.values()] == ["external"]


def test_an_entry_of_after_the_looks_leaves_what_they_agreed_on_alone() -> None:
    """C8, B11: flat by looks without an age, E2 since then, and 500 more by a number from later: those are his."""
    run = opened()
    fills = [run.fill("E1", 1000, 100, seq=1)]
    looks(run, 0, fills, seq=-1)
    fills.append(run.later(1_000).fill("E2", 1000, 98, seq=2))
    run.know(fills[1], run.ended("E2", 1000))

    looks(run, 1500, fills, seq=3)

    assert held(run) == (1000, 500)


def test_a_part_that_came_after_the_looks_makes_the_other_no_surer() -> None:
    """C8, I4: E2 in two parts, of which the looks held the first by the clock alone: both are held, by a number."""
    run = opened()
    fills = [run.fill("E1", 1000, 100, seq=1), listed(run, 2000, 100, seq=2)]
    run.know(fills[1])
    looks(run, 0, fills, seq=-1)
    fills.append(replace(run.fill("E2", 600, 98, seq=3), at=AT))
    fills.append(run.later(1_000).fill("E2", 400, 98, seq=4))
    run.know(*fills[2:], run.ended("E2", 1000))

    for _ in range(2):
        looked(run, 1000, fills, seq=4)

    assert held(run) == (1000, 0)


def test_an_exit_that_the_looks_held_by_the_clock_is_the_end_at_once() -> None:
    """C8, G2: what was sold is gone by any clock: no look is waited for."""
    run = opened()
    looks(run, 0, [run.fill("E1", 1000, 100, seq=1)], seq=-1)

    sold = replace(run.fill("TP1", 850, 110, seq=2), at=AT)
    run.know(sold, run.ended("TP1", 850), *(run.ended(role, 0, EndReason.VENUE) for role in ROLES[1:]))

    assert len(run.closed) == 1
