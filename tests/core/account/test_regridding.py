"""The venue changes a symbol's trading rules while a trade is open (rel:F37)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.account import regridding
from core.account.inputs import Operate
from core.alerts import AccountDegraded
from core.commands import Amend, Code, Command, Done, Place, Refused, SetStop
from core.desired import Phase
from core.facts import Act, ActKind, EndReason, InstrumentIs, Price, Regridded
from core.plan import Rules, StopAfter, StopAfterKind
from core.record import decode_what, encode
from core.words import OrderSide
from tests.core.account.test_cuts import SHORT
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import LOSSY, Driven, driven
from tests.staging import SYMBOL, instrument


def regrid(run: Driven, tick: str = "0.01", step: str = "1", **others: Any) -> list[Command]:
    """The venue is heard to have these rules now."""
    return run.know(InstrumentIs(replace(instrument(tick, step), **others), run.now))


def hit_tp1(run: Driven) -> list[Command]:
    """TP1's order fills in full."""
    return run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))


def stops(commands: Sequence[Command]) -> list[Decimal | None]:
    """The stops that are set."""
    return [each.price for each in commands if isinstance(each, SetStop)]


def resized(commands: Sequence[Command]) -> dict[str, int]:
    """The take-profits that are amended, with their new totals; nothing else of them may change."""
    amends = [each for each in commands if isinstance(each, Amend)]
    assert {each.price for each in amends} <= {None}
    return {each.key.split("-")[3]: int(each.quantity or 0) for each in amends}


def barred(run: Driven, sent: Sequence[Command]) -> list[Command]:
    """The stop among what was sent breaks the venue's rules; all else is taken."""
    return run.answer(sent, *(Refused(Code.RULES, "tick") if isinstance(each, SetStop) else Done() for each in sent))


def decided(run: Driven) -> list[object]:
    """What the trade's journal holds of decisions."""
    return [each.what for each in run.journal if isinstance(each.what, Act | Regridded)]


def folded(run: Driven) -> tuple[object, ...]:
    """What a journal makes of the trade, its lines aside, which the venue shows anew."""
    trade = run.box_trade
    return trade.plan, trade.ledger, trade.own


def test_breakeven_is_on_the_new_tick() -> None:
    """B9, rel:F37: 100.08 would be refused, and the rest closed for nothing."""
    run = opened()

    assert regrid(run, tick="0.5") == []
    assert stops(hit_tp1(run)) == [Decimal("100.5")]


def test_a_stop_refused_by_the_old_rules_leaves_at_once_by_the_new_ones() -> None:
    """B9, C4, rel:F37: the refusal made the venue's rules be read anew; the trade goes on."""
    run = opened()
    sent = hit_tp1(run)
    barred(run, sent)

    assert stops(sent) == [Decimal("100.08")]
    assert stops(regrid(run, tick="0.5")) == [Decimal("100.5")]
    assert [type(each) for each in decided(run)] == [Regridded]


def test_refused_after_the_new_rules_were_heard_it_is_not_counted() -> None:
    """C4, rel:F37: what is wrong with a price that is wished no more says nothing of the one that is."""
    run = opened()
    sent = hit_tp1(run)
    regrid(run, tick="0.5")

    assert stops(barred(run, sent)) == [Decimal("100.5")]


@pytest.mark.parametrize(("tick", "then"), [("0.5", "100.08"), ("0.001", "100.08")])
def test_a_breakeven_that_is_set_stays_on_whatever_grid(tick: str, then: str) -> None:
    """B9, rel:F37: never amended for the tick's sake, and never to what is worse by less than a tick."""
    run = opened()
    run.answer(hit_tp1(run))
    run.know(run.stop_is(then))

    assert regrid(run, tick=tick) == []
    assert run.box.last_stop is not None
    assert run.box.last_stop[0] == Decimal(then)


def test_what_rests_stays_and_what_is_placed_anew_is_on_the_tick() -> None:
    """B6, rel:F37: TP2 to TP4 rest off the new tick; TP3, taken away by the venue, comes back toward the entry."""
    run = opened()

    assert regrid(run, tick="7") == []
    again = run.know(run.ended("TP3", 0, EndReason.VENUE))
    assert [(each.key, each.price) for each in again if isinstance(each, Place)] == [(run.key("TP3", 1), Decimal(126))]
    assert run.accept(again) == []


def test_entries_that_wait_are_sent_on_the_new_grids() -> None:
    """B2, B9, rel:F37: no worse than asked, in whole steps, the stop of each toward less loss."""
    run = driven()
    run.machine.state.leverage.clear()
    first = run.open(TWO_LEGS)
    regrid(run, tick="4", step="300")
    placed = [each for each in run.accept(first) if isinstance(each, Place)]

    assert [(each.price, each.stop, each.quantity) for each in placed] == [
        (None, Decimal(92), Decimal(900)),
        (Decimal(96), Decimal(92), Decimal(900)),
    ]


def test_an_entry_under_the_new_step_is_asked_for_as_it_is() -> None:
    """B4, rel:F37: the venue refuses it, and it is given up for that; nothing would wait for ever."""
    run = driven()
    run.machine.state.leverage.clear()
    first = run.open(TWO_LEGS)
    regrid(run, step="3000")

    assert [int(each.quantity) for each in run.accept(first) if isinstance(each, Place)] == [1000, 1000]


def test_all_that_is_left_is_closed_whatever_the_new_step() -> None:
    """B10, rel:F37: 1,000 are no multiple of 300; how that is closed, the venue's answer says."""
    run = opened()
    regrid(run, step="300")
    sent = run.step(Operate(run.box.id, ActKind.CLOSE, "ann", Decimal(100)))

    assert [int(each.quantity) for each in sent if isinstance(each, Place)] == [1000]


def test_a_coarser_step_changes_nothing_of_what_rests_off_it() -> None:
    """B6, rel:F37: neither of what rests whole, nor of what took over from one that died half filled."""
    run = opened()
    again = run.know(run.fill("TP1", 423, 110), run.ended("TP1", 423, EndReason.VENUE))
    assert run.accept(again) == []

    assert regrid(run, step="40") == []


def test_a_coarser_step_splits_the_take_profits_anew() -> None:
    """B5, B10, rel:F37: E2 fills 555 more; 1,550 of 1,555 are in whole steps, the rest is closed with the trade."""
    run = opened()
    run.accept(regrid(run, step="10"))
    later = run.know(run.fill("E2", 555, 98))

    assert resized(later) == {"TP1": 1320, "TP2": 70, "TP3": 80, "TP4": 80}


def test_a_coarser_step_after_a_hit_leaves_what_is_on_it() -> None:
    """B7, rel:F37: TP1 took 850 by ones; of TP2 to TP4 nothing is off the step of ten, so nothing is sent."""
    run = opened()
    run.answer(hit_tp1(run))
    run.know(run.stop_is("100.08"))

    assert regrid(run, step="10") == []
    assert run.box.phase is Phase.PROFIT_TAKING


def test_what_died_half_filled_comes_back_in_whole_steps() -> None:
    """B6, rel:F37: 423 of TP1 were taken by ones; the order that takes over is one of tens."""
    run = opened()
    run.know(run.fill("TP1", 423, 110))
    run.accept(regrid(run, step="10"))
    again = run.know(run.ended("TP1", 423, EndReason.VENUE))

    assert [(each.key, each.quantity) for each in again if isinstance(each, Place)] == [
        (run.key("TP1", 1), Decimal(420))
    ]
    assert run.accept(again) == []


def test_a_smallest_order_that_grew_binds_what_is_placed_anew() -> None:
    """B6, rel:F37: 50 are too few for an order now; they rest until one is lost, then others carry such."""
    run = opened()

    assert regrid(run, min_quantity=Decimal(60)) == []
    run.know(run.ended("TP3", 0, EndReason.VENUE))
    assert run.box.desired is not None
    assert {want.role: int(want.total) for want in run.box.desired.wants if want.reduce_only} == {
        "TP1": 900,
        "TP3": 100,
    }


def test_what_no_take_profit_can_take_is_closed_with_the_last_that_could() -> None:
    """B10, rel:F37: TP1 took 850; the rest has no order any more and is under the smallest there can be."""
    run = opened()
    regrid(run, min_quantity=Decimal(200))
    run.answer(hit_tp1(run))
    gone = run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ("TP2", "TP3", "TP4", "E2")))

    assert [(each.key, each.quantity) for each in gone if isinstance(each, Place)] == [(run.key("X"), Decimal(150))]
    run.know(run.fill("X", 150, 110), run.ended("X", 150))
    assert run.box.desired is not None
    assert run.box.desired.reason == "all_tps"


@pytest.mark.parametrize(("least", "taken"), [(300, 900), (1000, 1000)])
def test_what_fits_is_closed_where_the_rest_is_off_the_step(least: int, taken: int) -> None:
    """B10, rel:F37: 1,000 by three hundreds, at a venue that closes no slot whole: all was refused for 100 of it."""
    run = opened()
    regrid(run, step="300", min_quantity=Decimal(least))
    sent = run.step(Operate(run.box.id, ActKind.CLOSE, "ann"))
    refusal = Refused(Code.RULES, "quantity step")
    run.answer(sent, *(refusal if isinstance(each, Place) else Done() for each in sent))

    assert [each.quantity for each in run.later(200).step() if isinstance(each, Place)] == [Decimal(taken)]


def test_what_fits_is_left_to_work_though_more_is_held() -> None:
    """B10, rel:F37: 900 of 1,000 are on their way: raised to all that is held they would be refused."""
    run = opened()
    regrid(run, step="300")
    sent = run.step(Operate(run.box.id, ActKind.CLOSE, "ann"))
    run.answer(sent, *(Refused(Code.RULES, "step") if isinstance(each, Place) else Done() for each in sent))
    run.answer([each for each in run.later(200).step() if isinstance(each, Place)])

    assert [each for each in run.know(run.working("X", 900)) if isinstance(each, Amend)] == []
    (left,) = [each for each in run.know(run.fill("X", 900, 100), run.ended("X", 900)) if isinstance(each, Place)]
    assert (left.key, left.quantity) == (run.key("X", 1), Decimal(100))


def test_a_partial_close_keeps_nothing_that_it_cannot_take() -> None:
    """B14, rel:F37: of 36 asked for the venue takes 30 by tens; the other 6 are the take-profits' again."""
    run = opened()
    freed = run.step(Operate(run.box.id, ActKind.REDUCE, "ann", Decimal(100), quantity=Decimal(36)))
    run.answer(freed)
    run.know(*(run.working(role, total) for role, total in resized(freed).items()))
    regrid(run, step="10")
    run.know(run.fill("R1", 30, 100), run.ended("R1", 30))

    assert run.box.desired is not None
    assert {want.role: int(want.total) for want in run.box.desired.wants if want.reduce_only} == {
        "TP1": 820, "TP2": 50, "TP3": 50, "TP4": 50,
    }  # fmt: skip


def test_a_trade_that_came_back_hears_of_them_beside_a_later_one() -> None:
    """rel:F31, rel:F37: it closes what a dead entry executed, by orders that the venue takes now."""
    run = opened()
    del run.machine.state.owners[run.box.trade.plan.slot]
    regrid(run, max_market_quantity=Decimal(10))

    assert run.box_trade.plan.instrument.max_market_quantity == Decimal(10)


@pytest.mark.parametrize("others", [{}, {"trading": False}, {"max_leverage": Decimal(5)}, {"maintenance": Decimal(1)}])
def test_nothing_is_written_while_the_same_binds(others: dict[str, Any]) -> None:
    """rel:F37: what is for opening a trade changes nothing of one that is open."""
    run = opened()
    before = (len(run.journal), len(run.alerts))

    assert regrid(run, **others) == []
    assert (len(run.journal), len(run.alerts)) == before


def test_people_are_told_once() -> None:
    """D1, rel:F37: what changed, and what becomes of the trade; it rings nobody out of bed."""
    run = opened()
    regrid(run, tick="0.5", step="10")
    regrid(run, tick="0.5", step="10")
    told = [each for each in run.alerts if isinstance(each.body, AccountDegraded)]

    assert [(each.trade, each.critical) for each in told] == [(run.box.id, False)]
    assert "price tick 0.01 -> 0.5, quantity step 1 -> 10" in told[0].body.detail  # type: ignore[union-attr]


def test_a_journal_with_new_rules_folds_to_the_same_trade() -> None:
    """rel:I5, rel:F37: text and back, the rules in their place; and what was heard stays heard."""
    run = opened()
    run.accept(regrid(run, tick="0.5", step="10"))
    run.answer(hit_tp1(run))
    again = run.restarted()

    assert folded(again) == folded(run)
    assert all(decode_what(encode(each.what)) == each.what for each in run.journal)


def test_an_execution_listed_late_is_folded_before_the_new_rules() -> None:
    """DESIGN 8.4, rel:F37: the trade is folded again from the plan that it began with, its rules in their places."""
    run = opened()
    run.seq += 5
    run.know(run.fill("E2", 500, 98))
    run.accept(regrid(run, tick="0.5", step="10"))
    run.accept(regrid(run, tick="0.25", step="10"))
    run.know(run.fill("E2", 100, 98, seq=run.seq - 2))

    assert run.box.born is not None
    assert run.box.born.instrument == instrument()
    assert run.box.former == [instrument(), instrument("0.5", "10")]
    assert folded(run.restarted()) == folded(run)


def test_an_older_journal_hears_of_them_at_the_first_look() -> None:
    """rel:F37: nothing in it speaks of rules; the start goes by the plan's until the venue's are heard."""
    again = opened().restarted()
    regrid(again, tick="0.5")

    assert again.box_trade.plan.instrument.tick == Decimal("0.5")


def test_an_operators_stop_is_judged_by_the_new_tick() -> None:
    """B14, rel:F37: a price on the old tick only is refused with the reason, one on the new tick is set."""
    run = opened()
    regrid(run, tick="0.5")
    trade = run.box.id
    run.step(Operate(trade, ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal("95.25")))
    refusal = run.last.replies[0].refusal

    assert refusal is not None
    assert "not on the tick 0.5" in refusal.reasons[0]


@pytest.mark.parametrize(("tick", "better"), [("5", "115"), ("0.001", "113.4")])
def test_a_trailing_stop_stays_until_the_market_brings_a_better_one(tick: str, better: str) -> None:
    """B15, rel:F37: what was found on another grid is neither exchanged for the tick's sake nor for a worse one."""
    run = trailing()

    assert stops(regrid(run, tick=tick)) == []
    assert stops(run.know(Price(SYMBOL, Decimal(126), run.now))) == [Decimal(better)]


def test_a_trailing_stop_that_the_market_bettered_by_less_than_the_old_tick_is_set() -> None:
    """B15, rel:F37: what stands there was as good by hundredths; by thousandths it is worse, however little."""
    run = trailing()
    regrid(run, tick="0.001")

    assert stops(run.know(Price(SYMBOL, Decimal("120.015"), run.now))) == [Decimal("108.014")]


def test_a_short_s_breakeven_that_is_set_stays_too() -> None:
    """B9, rel:F37: 99.92 is better than the 99.925 that the new tick allows, and by less than the old one."""
    run = driven()
    run.accept(run.open(SHORT))
    sold = replace(run.fill("E1", 1000, 100), side=OrderSide.SELL)
    run.accept(run.know(sold, run.ended("E1", 1000), run.stop_is(110)))
    bought = replace(run.fill("TP1", 850, 90), side=OrderSide.BUY)
    (breakeven,) = stops(sent := run.know(bought, run.ended("TP1", 850)))
    run.answer(sent)
    run.know(run.stop_is(breakeven))

    assert regrid(run, tick="0.001") == []


def test_new_rules_end_no_wait_that_is_not_about_rules() -> None:
    """C4, rel:F11: the venue was too busy for the stop: it is not asked sooner for a tick's sake."""
    run = opened()
    sent = hit_tp1(run)
    run.answer(sent, *(Refused(Code.BUSY, "busy") if isinstance(each, SetStop) else Done() for each in sent))

    assert stops(regrid(run, tick="0.5")) == []


def test_who_holds_less_than_the_smallest_order_now_is_told_so() -> None:
    """D1, rel:F37: a take-profit that is lost could not be placed again; who is closing already is told nothing."""
    run = opened()
    regrid(run, min_quantity=Decimal(2000))
    run.step(Operate(run.box.id, ActKind.CLOSE, "ann", Decimal(100)))
    regrid(run, min_quantity=Decimal(3000))

    (told,) = (each.body.detail for each in run.alerts if isinstance(each.body, AccountDegraded))
    assert "1000 are held, less than the smallest order" in told


def test_a_smallest_value_that_binds_exits_is_their_smallest_order() -> None:
    """B6, rel:F37: 6,000 at 110 are 55; TP2 to TP4 of 50 each could not be placed again. It is news once."""
    run = driven(capabilities=replace(LOSSY, notional_binds_exits=True))
    run.accept(run.open(TWO_LEGS))
    now = {SYMBOL: replace(instrument(), min_notional=Decimal(6000))}
    assert regridding.news(run.machine.state, now, run.now)
    regrid(run, min_notional=Decimal(6000))

    assert run.box_trade.plan.instrument.min_quantity == 55
    assert regridding.news(run.machine.state, now, run.now) == ()


def test_a_breakeven_of_two_ticks_ago_stays_where_it_is() -> None:
    """B9, rel:F37: found by whole numbers, the tick is a tenth since: 101 is no worse than 100.1."""
    run = opened()
    regrid(run, tick="1")
    run.answer(hit_tp1(run))
    run.know(run.stop_is(101))

    assert regrid(run, tick="0.1") == []


def test_an_operators_stop_is_moved_by_less_than_the_old_tick() -> None:
    """B14, rel:F37: he names a price, which is not found: it is taken back by half of what was a tick once."""
    run = opened()
    regrid(run, tick="1")
    regrid(run, tick="0.1")
    for price in ("95", "94.5"):
        sent = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal(price)))
        run.answer(sent)
        sent += run.know(replace(run.working("E2", 1000), stop=Decimal(price)))
        run.answer(sent)
        run.know(run.stop_is(price))

    assert Decimal("94.5") in stops(run.sent)


def trailing() -> Driven:
    """As `opened`, the stop trailing by 10 % from TP1 on; 120.005 was traded, so it stands at 108.01."""
    run = driven(rules=Rules(stop_after=(StopAfter(StopAfterKind.TRAIL, percent=Decimal(10)),)))
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.answer(hit_tp1(run))
    run.answer(run.know(Price(SYMBOL, Decimal("120.005"), run.now)))
    run.know(run.stop_is("108.01"))
    return run
