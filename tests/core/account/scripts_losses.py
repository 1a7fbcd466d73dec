"""A store that is lost with trades open (C7): what an account makes of what the venue still shows."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Known, Rebuild
from core.account.machine import restore
from core.facts import Cause, Cut, Filled, Funding, PositionIs, StopIs, Working
from tests.core.account.scripting import foreign, opened, script, until
from tests.core.account.telling import Told
from tests.driving import SLOT, new_state, terms
from tests.staging import number

WORK = (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))


def shown(
    run: Told, orders: Sequence[Working], fills: Sequence[Filled | Funding], size: object = 1000, stop: object = 90
) -> Cut:
    """All that the venue tells of a trade; *stop* 0: it shows none."""
    position = PositionIs(SLOT, number(size), run.now, 9, leverage=Decimal(10))
    price = number(stop) or None
    return Cut(run.now, run.now, tuple(orders), tuple(fills), (StopIs(SLOT, price, run.now, 9),), (position,))


def lost(run: Told) -> Told:
    """The same account with an empty journal, after a second."""
    lines = [*run.lines, "-- the store is lost"]
    return Told(restore(new_state("main"), [], run.now + 1_000), run.now + 1_000, seq=9, lines=lines)


def asked_again(run: Told, cut: Cut) -> Told:
    """A first look that shows what was forgotten, and all that the venue tells when asked for it."""
    run.step()
    run.step(Known((replace(cut, executions=()),)))
    run.step(Rebuild((terms(),), cut))
    return run


@script
def a_trade_is_made_again() -> Told:
    """C7: orders, executions, funding and stop speak for one trade: it goes on without a command, told once."""
    run = opened()
    bought = run.fill("E1", 1000, 100, seq=1)
    orders = [run.working(*each) for each in WORK]
    paid = Funding("f1", SLOT, Decimal(2), run.now)
    again = asked_again(lost(run), shown(lost(run), orders, [bought, paid]))
    again.know(replace(bought, execution="e2", key=orders[4].key, quantity=Decimal(1000), seq=10))
    return again


@script
def a_trade_is_made_again_after_its_tp1() -> Told:
    """C7, B7: TP1's execution tells that it was hit: breakeven stands, the rest of the ladder is as it was."""
    run = opened()
    fills = [run.fill("E1", 1000, 100, seq=1), run.fill("TP1", 850, 110, seq=2)]
    orders = [run.working(*each) for each in WORK[1:4]]
    return asked_again(lost(run), shown(lost(run), orders, fills, 150, "100.08"))


@script
def a_trade_that_a_person_must_decide_about() -> Told:
    """C7: no stop, no targets, less explained than held: every reason is told, its orders are left as they are."""
    run = opened()
    orders = [run.working("E2", 1000)]
    bare = [replace(orders[0], stop=None)]
    again = asked_again(lost(run), shown(lost(run), bare, [run.fill("E1", 900, 100, seq=1)], stop=0))
    until(again, 60_000)
    again.know(again.cut(orders=bare, size=1000))
    return again


@script
def a_ladder_with_a_hole() -> Told:
    """C7, C3: TP1 works too little: the strategy's shares mend it; TP3's price isn't known: a person must decide."""
    run = opened()
    bought = run.fill("E1", 1000, 100, seq=1)
    orders = [run.working(*each) for each in WORK]
    less = replace(orders[0], quantity=Decimal(700))
    whole = asked_again(lost(run), shown(lost(run), [less, *orders[1:]], [bought]))
    other = asked_again(lost(run), shown(lost(run), [*orders[:2], *orders[3:]], [bought]))
    whole.lines += ["-- and with TP3 missing", *other.lines]
    return whole


@script
def leftovers_of_a_trade_that_is_over() -> Told:
    """C7: nothing is held and no entry waits: what still works are orphans, cancelled once that is known."""
    run = opened()
    orders = [run.working("TP4", 50)]
    sold = replace(foreign(run, run.box_trade.plan.closing, 1000, 3, Cause.STOP), price=Decimal(90))
    cut = shown(lost(run), orders, [run.fill("E1", 1000, 100, seq=1), sold], 0, 0)
    again = asked_again(lost(run), cut)
    again.later(1_000).know(again.cut(orders=orders))
    return again


@script
def a_lost_trade_whose_orders_went_meanwhile() -> Told:
    """C7: an entry was seen, and is gone when all is asked for: nothing is left, nobody is asked (seed 48408718350)."""
    run = opened()
    again = lost(run)
    again.step()
    again.step(Known((shown(again, [run.working("E2", 1000)], [], 0, 0),)))
    again.step(Rebuild((terms(),), shown(again, [], [], 0, 0)))
    return again


@script
def a_trade_that_only_its_executions_tell_of() -> Told:
    """C7: no order of it works any more, the position and its stop do: without a target's price nobody can go on."""
    run = opened()
    return asked_again(lost(run), shown(lost(run), [], [run.fill("E1", 1000, 100, seq=1)]))


@script
def two_trades_in_one_place() -> Told:
    """C7: orders of two trades on one slot: neither is made again."""
    run = opened()
    mine = [run.working(*each) for each in WORK]
    theirs = replace(mine[0], key="t1-main-0123456789-TP1-00")
    return asked_again(lost(run), shown(lost(run), [*mine, theirs], [run.fill("E1", 1000, 100, seq=1)]))
