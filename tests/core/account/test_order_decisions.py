"""Orders of decisions and answers that no storm has shown: found by reading, each as the facts that reproduce it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.gating import view_of
from core.account.inputs import Operate, Pause
from core.alerts import StopMoved, TargetsRebalanced
from core.commands import Amend, Cancel, Code, Command, Place, Refused, SetStop
from core.facts import ActKind, Cause, EndReason, Filled, LeverageIs, Price
from core.plan import ManualChanges, Rules, StopAfter, StopAfterKind
from core.words import OrderSide
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven
from tests.staging import SYMBOL, request

TARGETS = ("TP1", "TP2", "TP3", "TP4")


def act(run: Driven, kind: ActKind, **given: object) -> list[Command]:
    """An operator's act at a price of 100."""
    return run.step(Operate(run.box.id, kind, "ann", Decimal(100), **given))  # type: ignore[arg-type]


def wished_stop(run: Driven) -> Decimal:
    """Where the stop should be."""
    return run.box.strategy.desired(run.box_trade).stops[0].price


def placed(commands: Sequence[Command]) -> list[Place]:
    """The orders among commands."""
    return [each for each in commands if isinstance(each, Place)]


def traded(run: Driven, **changes: object) -> Driven:
    """The same trade where the venue has other rules."""
    plan = run.box_trade.plan
    changed = replace(plan, instrument=replace(plan.instrument, **changes))  # type: ignore[arg-type]
    run.box.trade = replace(run.box_trade, plan=changed)
    return run


def sold() -> Driven:
    """A trade that an operator closed: 1,000 bought at 100, sold at 95."""
    run = opened()
    run.answer(act(run, ActKind.CLOSE))
    gone = [run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", *TARGETS)]
    run.know(*gone, run.fill("X", 1000, 95), run.ended("X", 1000))
    assert not run.machine.state.boxes
    return run


def stopped(run: Driven, seq: int) -> Filled:
    """The stop's execution: everything at 90."""
    return Filled("s", SLOT, None, OrderSide.SELL, Decimal(1000), Decimal(90), Decimal(0), Cause.STOP, run.now, seq)


def told(run: Driven) -> list[str]:
    """How the rebalances ended that people were told of."""
    return [each.body.result.value for each in run.alerts if isinstance(each.body, TargetsRebalanced)]


def test_a_stop_learned_of_late_begins_its_cool_down() -> None:
    """I1, C8: looks had only shown that nothing was held; a restart knew of the stop, the live account didn't."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.seq = 10
    run.later(2_000).know(run.cut())
    run.later(2_000).know(run.cut())
    run.answer([each for each in run.sent if isinstance(each, Cancel)])
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in TARGETS))

    run.later(60_000).know(stopped(run, 5))

    assert [report.reason for report in run.closed.values()] == ["stop"]
    assert run.machine.state.last_stop_at == run.now - 60_000


def test_the_cool_down_begins_when_the_stop_fires() -> None:
    """I1: orders in doubt kept the trade open for a while, in which the next request came through."""
    run = opened()
    run.know(stopped(run, 2))

    assert run.machine.state.boxes
    assert view_of(run.machine.state).last_stop_at == run.now


def test_a_pause_holds_what_was_not_sent_yet() -> None:
    """I1: accepted, and waiting for its leverage, it went to the venue although new entries were paused meanwhile."""
    run = driven()
    run.machine.state.leverage.clear()
    leverage = run.open(TWO_LEGS)
    run.step(Pause(paused=True, by="ann"))

    assert not placed(run.answer(leverage) + run.know(LeverageIs(SYMBOL, Decimal(10), run.now)))
    assert len(placed(run.step(Pause(paused=False, by="ann")))) == 2


@pytest.mark.parametrize(("shown", "old"), [(90, 90), (95, 95)])
def test_a_moved_stop_is_told_rightly_after_a_start(shown: int, old: int) -> None:
    """D1, rel:F43: the process died before the venue showed it: who moved it, and from where, the journal tells."""
    run = opened()
    run.know(run.ended("E2", 0, EndReason.CANCELLED))
    act(run, ActKind.MOVE_STOP, price=Decimal(96))
    again = run.restarted()

    again.know(again.stop_is(shown))
    again.know(again.stop_is(96))

    moves = [each.body for each in again.alerts if isinstance(each.body, StopMoved)]
    assert [(each.old, each.new, each.by) for each in moves] == [(Decimal(old), Decimal(96), "ann")]


def test_a_rebalance_ends_though_a_part_of_it_is_left_alone() -> None:
    """C5, A11: TP2 stays where somebody put it again and again; that the others changed was never told."""
    run = driven(rules=Rules(manual_changes=ManualChanges.RESTORE))
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    for _ in range(4):
        back = run.later(1_000).know(replace(run.working("TP2", 50), price=Decimal(119)))
        run.answer(back)
        run.later(100).know(*([run.working("TP2", 50)] if back else []))

    run.answer(run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000)))
    run.know(run.working("TP1", 1700), run.working("TP3", 100), run.working("TP4", 100))

    assert run.box.frozen == {"TP2"}
    assert told(run) == ["PARTIAL"]


def test_a_rebalance_that_failed_is_told_once_and_once_more_when_it_works() -> None:
    """C5: each look tries what the venue refuses once more, and each time, every 5 s, people were told anew."""
    run = opened()
    sizes = {"TP1": 1700, "TP2": 50, "TP3": 100, "TP4": 100}
    sent = run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000))
    for _ in range(8):
        amends = [each for each in sent if isinstance(each, Amend)]
        no = [Refused(Code.RULES if each.key == run.key("TP2") else Code.SAME, "no") for each in amends]
        run.answer(amends, *no)
        shown = [run.working(role, size) for role, size in sizes.items()]
        sent = run.later(5_000).know(run.cut(orders=shown, size=2000))
    assert told(run) == ["PARTIAL"]

    run.answer([each for each in sent if isinstance(each, Amend)])
    run.know(run.working("TP2", 100))

    assert told(run) == ["PARTIAL", "SUCCESS"]


def test_a_ghosts_trade_leaves_the_next_ones_stop_alone() -> None:
    """B10, A8: while its fill is being sold, the slot's stop is that of the trade that has the slot."""
    run = sold()
    ghost = replace(run.fill("E2", 500, 98, seq=4), at=run.now)
    first = run.open(replace(request(("market",), size=TWO_LEGS.size, stop=85), id="r2"))
    entry = replace(ghost, execution="n", key=placed(first)[0].key, quantity=Decimal(2000), seq=3)
    run.answer(first)
    run.know(entry, run.stop_is(85))
    closing = run.know(ghost, replace(run.stop_is(85), seq=5))

    sent = run.answer(placed(closing), Refused(Code.BUSY, "too busy"))

    assert [each.quantity for each in placed(closing) if each.reduce_only and each.price is None] == [500]
    assert not [each for each in [*closing, *sent] if isinstance(each, SetStop)]


def test_a_stop_that_goes_to_tp1_goes_to_where_that_was_moved() -> None:
    """B15, B14: it went to the plan's 110, which the market hadn't come to: refused, so the rest would be closed."""
    table = (StopAfter(StopAfterKind.BREAKEVEN), StopAfter(StopAfterKind.TARGET, level=1))
    run = driven(rules=Rules(stop_after=table))
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    act(run, ActKind.MOVE_TARGET, role="TP1", price=Decimal(103))
    run.know(run.fill("TP1", 850, 103), run.ended("TP1", 850))
    run.know(run.fill("TP2", 50, 120), run.ended("TP2", 50))

    assert wished_stop(run) == 103


def test_a_trade_is_missed_where_its_tp1_stands() -> None:
    """B15, B14: TP1 was moved further away before any fill, and the trade was given up at where it had been."""
    run = driven(rules=Rules(cancel_if_missed=True))
    run.accept(run.open(request((98,))))
    act(run, ActKind.MOVE_TARGET, role="TP1", price=Decimal(115))
    run.know(Price(SYMBOL, Decimal(111), run.now))
    assert not run.box.phase.closing

    run.know(Price(SYMBOL, Decimal(115), run.now))
    assert run.box.phase.closing


def test_a_closing_order_that_found_no_taker_waits_before_the_next() -> None:
    """B10, C4, A11: some venues call it cancelled: taken for a hand's, the fourth was followed by 1,300 at once."""
    run = opened()
    run.answer(act(run, ActKind.CLOSE))
    for number in range(6):
        run.know(run.ended("X", 0, EndReason.CANCELLED, revision=number))
        run.answer(placed(run.later(5_000).step()))

    assert run.box.frozen == set()
    assert len(placed(run.know(run.ended("X", 0, EndReason.CANCELLED, revision=6)))) == 0


def test_a_part_under_the_smallest_order_is_refused() -> None:
    """B14: the venue would refuse it for ever, after the take-profits had made room for it."""
    run = traded(opened(), min_quantity=Decimal(10))

    assert act(run, ActKind.REDUCE, quantity=Decimal(5)) == []

    refusal = run.last.replies[0].refusal
    assert refusal is not None
    assert refusal.reasons == ("main TESTUSDT: 5 is less than the venue's smallest order, 10",)


def test_more_than_one_market_order_may_take_is_closed_by_several() -> None:
    """B10, B2: limits may be larger than market orders: closing all of them at once was refused for ever."""
    run = traded(opened(), max_market_quantity=Decimal(600))
    closing = act(run, ActKind.CLOSE)
    assert [each.quantity for each in placed(closing)] == [600]
    assert [each for each in run.accept(closing) if isinstance(each, Amend)] == []

    rest = placed(run.know(run.fill("X", 600, 95), run.ended("X", 600)))

    assert [(each.key, str(each.quantity)) for each in rest] == [(run.key("X", 1), "400")]


def test_a_close_waits_as_long_as_the_venue_says() -> None:
    """C4, rel:F04: from the third refusal on it came back every 5 s, which keeps a ban going."""
    run = opened()
    closing = act(run, ActKind.CLOSE)
    for _ in range(3):
        run.answer(placed(closing), Refused(Code.RATE, "too many", 60_000))
        closing = run.later(60_000).step()
    run.answer(placed(closing), Refused(Code.RATE, "too many", 60_000))

    assert not placed(run.later(5_000).step())
    assert placed(run.later(55_000).step())


def test_only_a_look_proves_that_there_is_no_stop() -> None:
    """B4, B14: E2 filled before its stop was amended, the market had passed 97: the attached stop of old is there."""
    run = opened()
    act(run, ActKind.MOVE_STOP, price=Decimal(97))
    sent = run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000))
    run.answer([each for each in sent if isinstance(each, SetStop)], Refused(Code.WRONG_SIDE, "passed"))
    assert not run.box.phase.closing

    run.later(1_000).step()
    again = run.know(run.cut(orders=[run.working(role, 1) for role in TARGETS], size=2000))
    run.answer([each for each in again if isinstance(each, SetStop)], Refused(Code.WRONG_SIDE, "passed"))
    assert [each.kind for each in run.alerts][-1] == "breakeven_failed"
    assert not run.box.phase.closing
