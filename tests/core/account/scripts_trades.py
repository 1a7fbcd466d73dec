"""The life of one trade: fills, targets, stops, hands, an operator, its end (B)."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Operate
from core.facts import (
    ActKind,
    Cause,
    EndReason,
    Funding,
    Notice,
    Price,
)
from core.plan import ManualChanges, Rules, StopAfter, StopAfterKind
from core.request import FixedQuantity
from core.words import OrderSide, Side
from tests.core.account.scripting import TWO_LEGS, answers, foreign, held, opened, operate, script, until
from tests.core.account.telling import Told, told
from tests.driving import SLOT
from tests.staging import SYMBOL, request


@script
def a_trade_from_start_to_end() -> Told:
    """B4 to B10: opened, filled, resized, TP1 hit, breakeven, the stop fires, closed and reported."""
    run = opened(quietly=False)
    run.answer(run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000), held(run, 2000)))
    run.know(*(run.working(role, quantity) for role, quantity in LADDER_OF_2000))
    moved = run.know(run.fill("TP1", 1700, 110), run.ended("TP1", 1700), held(run, 300))
    run.answer(moved)
    run.know(run.stop_is("99.14"))
    sold = replace(foreign(run, OrderSide.SELL, 300, 20, Cause.STOP), price=Decimal("99.14"))
    run.answer(run.later(60_000).know(sold, held(run, 0, 20), run.stop_is(None)))
    run.later(9_000).know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("TP2", "TP3", "TP4")))
    return run


LADDER_OF_2000 = (("TP1", 1700), ("TP2", 100), ("TP3", 100), ("TP4", 100))


@script
def a_short_trade_to_its_last_target() -> Told:
    """B8: short, every take-profit fills; flat by executions, the rest cancelled, all_tps."""
    run = told()
    asked = request((100,), targets=(90, 80, 70, 60), stop=110, side=Side.SHORT)
    run.accept(run.open(replace(asked, confirmed=True)))
    sold = replace(run.later(5_000).fill("E1", 1000, 100), side=OrderSide.SELL)
    run.accept(run.know(sold, run.ended("E1", 1000), run.stop_is(110), held(run, -1000)))
    left = 1000
    for role, quantity, price in (("TP1", 850, 90), ("TP2", 50, 80), ("TP3", 50, 70), ("TP4", 50, 60)):
        left -= quantity
        bought = replace(run.later(1_000).fill(role, quantity, price), side=OrderSide.BUY)
        run.answer(run.know(bought, run.ended(role, quantity), held(run, -left)))
        stop = run.box.desired.stops if run.machine.state.boxes and run.box.desired else ()
        run.know(run.stop_is(stop[0].price if stop else None))
    return run


@script
def a_stop_that_is_not_shown_in_time() -> Told:
    """B4: 5 s without proof: alarm and look, told once; the proof ends the alarm."""
    run = told()
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000)))
    until(run, 4_999, 1, 1_000)
    run.know(run.stop_is(90))
    return run


@script
def a_liquidation_before_the_stop() -> Told:
    """B2, D1: told when the venue's price comes first, once, and again after it had gone."""
    run = opened()
    run.know(held(run, 1000, liquidation=90))
    run.know(held(run, 1000, liquidation=91))
    run.know(held(run, 1000, liquidation="89.99"))
    run.know(held(run, 1000, liquidation=95))
    return run


@script
def a_ghost_after_the_end() -> Told:
    """B10, rel:F31: an entry fills after the close: flattened, told; later funding corrects the report quietly."""
    run = opened()
    run.answer(operate(run, ActKind.CLOSE))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("TP1", "TP2", "TP3", "TP4", "E2")))
    run.know(run.fill("X", 1000, 101), run.ended("X", 1000), held(run, 0), run.stop_is(None))
    ghost = run.later(6_000).know(run.fill("E2", 300, 98), held(run, 300))
    run.answer(ghost)
    run.know(run.fill("X", 300, 97, revision=1), run.ended("X", 300, revision=1), held(run, 0))
    run.later(1_000).know(Funding("f1", SLOT, Decimal(3), run.now - 1_000))
    return run


@script
def the_users_own_hand() -> Told:
    """B11: the user sells 400 of ours before TP1, buys 100 on top, then the venue liquidates the rest."""
    run = opened()
    run.answer(run.know(foreign(run, OrderSide.SELL, 400, 5), held(run, 600)))
    run.know(foreign(run, OrderSide.BUY, 100, 6), held(run, 700))
    run.know(foreign(run, OrderSide.SELL, 700, 7, Cause.LIQUIDATION), held(run, 0))
    return run


@script
def take_profits_that_die() -> Told:
    """C3, A11: TP2 is ended by the venue and comes back at once, told when it works; cancelled by hand likewise."""
    run = opened()
    again = run.know(run.ended("TP2", 0, EndReason.VENUE))
    run.answer(again)
    run.know(run.working("TP2", 50, revision=1))
    again = run.later(1_000).know(run.ended("TP3", 0, EndReason.CANCELLED))
    run.answer(again)
    run.know(run.working("TP3", 50, revision=1))
    return run


@script
def an_entry_that_dies() -> Told:
    """B4: E2 is ended by the venue with 300 executed: not tried again, told, the ladder covers what filled."""
    run = opened()
    run.know(run.ended("E2", 300, EndReason.VENUE))
    run.know(run.fill("E2", 300, 98))
    return run


@script
def wishes_of_price_and_time() -> Told:
    """B15: told to be woken where TP1's price is; reached before any fill, the entries are taken back: expired."""
    run = told(rules=Rules(entry_ttl=30_000))
    run.accept(run.open(request((98,))))
    run.know(Price(SYMBOL, Decimal("109.99"), run.now))
    run.answer(run.know(Price(SYMBOL, Decimal(110), run.now)))
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    return run


@script
def entries_that_expire() -> Told:
    """B15: `entry_ttl`: after 30 s the unfilled entry is cancelled, the trade ends as expired."""
    run = told(rules=Rules(entry_ttl=30_000))
    run.accept(run.open(request((98,))))
    run.answer(until(run, 29_999).later(1).step())
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    return run


@script
def a_trailing_stop() -> Told:
    """B15: after TP1 the stop trails the best price by 2 %, never back, and closes as a trailing stop."""
    run = opened(told(rules=Rules(stop_after=(StopAfter(StopAfterKind.TRAIL, percent=Decimal(2)),))))
    run.answer(run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850), held(run, 150)))
    for price, stop in ((110, "107.8"), (115, "112.7"), (113, "112.7")):
        moved = run.know(Price(SYMBOL, Decimal(price), run.now))
        if moved:
            run.answer(moved)
        run.know(run.stop_is(stop))
    sold = replace(foreign(run, OrderSide.SELL, 150, 20, Cause.STOP), price=Decimal("112.7"))
    run.answer(run.know(sold, held(run, 0, 20)))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("TP2", "TP3", "TP4", "E2")))
    return run


@script
def what_an_operator_may_not() -> Told:
    """B14: every reason at once: off the tick, beyond the market, no such target, hit already, too much, unknown."""
    run = opened()
    for price in ("95.001", "100", "0", "-1"):
        operate(run, ActKind.MOVE_STOP, price=Decimal(price))
    operate(run, ActKind.MOVE_TARGET, role="TP9", price=Decimal(111))
    operate(run, ActKind.MOVE_TARGET, role="TP2", price=Decimal(100))
    for quantity in (None, Decimal(0), Decimal(1000)):
        operate(run, ActKind.REDUCE, quantity=quantity)
    run.step(Operate("nothing", ActKind.CLOSE, "ann"))
    return run


@script
def what_an_operator_may() -> Told:
    """B14: moves the stop and a target, reduces twice, cancels the entries, closes; then nothing more is taken."""
    run = opened()
    run.answer(operate(run, ActKind.MOVE_STOP, price=Decimal("99.99")))
    run.answer(operate(run, ActKind.MOVE_TARGET, role="TP2", price=Decimal("100.01")))
    run.answer(operate(run, ActKind.REDUCE, quantity=Decimal(999)))
    run.answer(operate(run, ActKind.REDUCE, quantity=Decimal(1)))
    run.answer(operate(run, ActKind.CANCEL_ENTRIES))
    run.answer(operate(run, ActKind.PROTECT_AGAIN))
    run.answer(operate(run, ActKind.CLOSE, reason="emergency"))
    operate(run, ActKind.CLOSE)
    return run


@script
def a_target_that_was_hit_is_not_moved() -> Told:
    """B14: TP1 was filled; moving it is refused, moving a short's stop below the market too."""
    run = opened()
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    operate(run, ActKind.MOVE_TARGET, role="TP1", price=Decimal(120))
    return run


@script
def news_that_is_none() -> Told:
    """8.1, rel:I19: repeated, older and unknown facts make nobody decide; a venue's notice is only told."""
    run = opened()
    late = held(run, 700, 0)
    run.know(run.stop_is(90), held(run, 1000), late, replace(run.stop_is(80), seq=0))
    run.know(run.fill("E1", 1000, 100, seq=1))
    run.know(Notice("key", "the key ends in 7 days", "key:7", run.now))
    run.know(replace(run.working("TP1", 700), at=run.now - 1))
    return run


@script
def parts_are_closed() -> Told:
    """B14, D1: 300 of 1,000 are closed at market in two executions and told once; the ladder covers the rest."""
    run = opened()
    answers(run, operate(run, ActKind.REDUCE, quantity=Decimal(300)))
    run.know(run.fill("R1", 100, 101))
    answers(run, run.know(run.fill("R1", 200, 101), run.ended("R1", 300), held(run, 700)))
    return run


@script
def a_market_entry_that_dies_halfway() -> Told:
    """B4: 400 of 1,000 executed, then the venue ends it: what filled is told, the rest is given up."""
    run = told()
    run.accept(run.open(request()))
    answers(run, run.know(run.fill("E1", 400, 100), run.stop_is(90), held(run, 400)))
    run.know(replace(run.ended("E1", 400, EndReason.VENUE), code="no liquidity"))
    return run


@script
def entries_taken_back() -> Told:
    """B7, B14: TP1 cancels both limits, told once when the last is gone; a limit rejected is told as failed."""
    run = told()
    run.accept(run.open(request(("market", 98, 97), size=FixedQuantity(Decimal(3000)))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    answers(run, run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850)))
    run.know(run.ended("E2", 0, EndReason.CANCELLED))
    run.know(run.ended("E3", 0, EndReason.CANCELLED))
    other = opened()
    other.know(replace(other.ended("E2", 0, EndReason.REJECTED), code="170131"))
    run.lines += ["-- another", *other.lines]
    return run


@script
def an_adl_and_a_time_limit() -> Told:
    """B15, G2: the venue takes 100 by ADL; after the time limit the rest is closed at market."""
    run = opened(told(rules=Rules(time_limit=60_000, cancel_limits_on_tp1=False)))
    answers(run, run.know(foreign(run, OrderSide.SELL, 100, 5, Cause.ADL), held(run, 900)))
    answers(run, until(run, 59_999).later(1).step())
    return run


@script
def a_stop_that_fires_late() -> Told:
    """B10, D1: the stop took all a minute ago, a look shows it: told as learned late, handled late, cooldown counts."""
    run = opened()
    fired = replace(foreign(run, OrderSide.SELL, 1000, 9, Cause.STOP), price=Decimal(90))
    run.later(60_000).step()
    orders = [run.working(*each) for each in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))]
    answers(run, run.know(run.cut(orders=orders, fills=[fired], size=0)))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("TP1", "TP2", "TP3", "TP4", "E2")))
    return run


@script
def what_is_moved_in_the_app_is_kept() -> Told:
    """A11: a stop and a target moved by hand stay where they were put, told once each."""
    run = opened()
    run.know(held(run, 1000), run.stop_is(90))
    run.know(run.stop_is(93))
    run.later(1_000).know(replace(run.working("TP2", 50), price=Decimal(125)))
    run.know(replace(run.working("TP2", 50), price=Decimal(125)), run.stop_is(93))
    return run


@script
def what_is_moved_in_the_app_is_put_back() -> Told:
    """A11: `manual_changes: restore`: the stop and the target go back where the plan has them."""
    run = opened(told(rules=Rules(manual_changes=ManualChanges.RESTORE)))
    run.know(held(run, 1000), run.stop_is(90))
    answers(run, run.know(run.stop_is(93)))
    answers(run, run.later(1_000).know(replace(run.working("TP2", 50), price=Decimal(125))))
    return run


@script
def a_stop_taken_away_again_and_again() -> Told:
    """A11: put back three times in ten minutes, then left alone, loudly; an operator's act ends that."""
    run = opened()
    run.know(held(run, 1000), run.stop_is(90))
    for _ in range(4):
        run.seq += 1
        answers(run, run.later(60_000).know(held(run, 1000), run.stop_is(None)))
        run.seq += 1
        run.know(held(run, 1000), run.stop_is(90))
    until(run, 599_999, 1)
    answers(run, operate(run, ActKind.PROTECT_AGAIN))
    return run


@script
def a_target_taken_away_again_and_again() -> Told:
    """A11, C3: TP2 comes back three times, each told when it works; the fourth time it is left alone."""
    run = opened()
    for revision in range(4):
        answers(run, run.later(1_000).know(run.ended("TP2", 0, EndReason.CANCELLED, revision=revision)))
        answers(run, run.later(5_000).step())
        run.know(run.working("TP2", 50, revision=revision + 1))
    return run


@script
def what_an_operator_may_not_on_a_short() -> Told:
    """B14: its stop lies above the market, its targets below; on the market itself is beyond, for both."""
    run = told()
    asked = request((100,), targets=(90, 80, 70, 60), stop=110, side=Side.SHORT)
    run.accept(run.open(replace(asked, confirmed=True)))
    sold = replace(run.fill("E1", 1000, 100), side=OrderSide.SELL)
    run.accept(run.know(sold, run.ended("E1", 1000), run.stop_is(110), held(run, -1000)))
    run.lines[:] = ["-- 1000 sold at 100, the stop shown at 110, the ladder works"]
    for price in ("100", "99.99"):
        operate(run, ActKind.MOVE_STOP, price=Decimal(price))
    for price in ("100", "100.01"):
        operate(run, ActKind.MOVE_TARGET, role="TP2", price=Decimal(price))
    operate(run, ActKind.MOVE_STOP, price=Decimal("100.01"))
    operate(run, ActKind.MOVE_TARGET, role="TP2", price=Decimal("99.99"))
    return run
