"""What an execution without a name closed, where a late fill is held beside its slot's owner (B10, B11, I10)."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Open
from core.facts import Cause, EndReason, Filled
from core.words import OrderSide, Slot
from tests.core.account.test_netting import LONG, SHORT, closing, entered, followed_by, positions, turned_round
from tests.driving import SLOT, Driven, driven, terms
from tests.staging import request


def unnamed(late: Filled, cause: Cause, size: int, seq: int, side: OrderSide = OrderSide.SELL) -> Filled:
    """An execution at 90 of nobody's order."""
    named = replace(late, execution=f"u{seq}", key=None, cause=cause, seq=seq)
    return replace(named, side=side, quantity=Decimal(size), price=Decimal(90))


def foreign(run: Driven) -> set[int]:
    """What counts as somebody else's in any live trade's slot."""
    return {int(box.trade.ledger.foreign) for box in run.machine.state.boxes.values()}


def test_what_a_hand_sells_is_the_hands_own_first() -> None:
    """B10, B11, rel:I6: he bought 300 beside the 300 of the late fill, and sold as many: ours are held still."""
    run, late = followed_by(LONG)

    run.know(unnamed(late, Cause.FOREIGN, 300, 5, OrderSide.BUY), late, unnamed(late, Cause.FOREIGN, 300, 7))

    assert [int(box.trade.ledger.position) for box in run.machine.state.boxes.values()] == [0, 300]
    assert foreign(run) == {0}


def test_a_stop_that_took_a_hands_part_too_left_him_nothing() -> None:
    """B10, B11, rel:I6: 100 were his and 300 the late fill's: it sold all 400, and nothing is his any more."""
    run, late = followed_by(LONG)

    run.know(
        run.cut(fills=[unnamed(late, Cause.FOREIGN, 100, 5, OrderSide.BUY), late, unnamed(late, Cause.STOP, 400, 7)])
    )

    assert positions(run) == {"long": 0}
    assert foreign(run) == {0}


def test_what_the_venue_takes_of_the_owner_is_not_a_late_fills() -> None:
    """B11, rel:F38: the later trade holds 1,000 and the late fill 300: 200 are taken by ADL, and its ladder shrinks."""
    run, late = followed_by(LONG)
    owner = run.machine.state.owners[SLOT]
    bought = replace(run.fill("E1", 1000, 97, seq=5), key=owner.trade.lines["E1"].key)

    run.know(bought, late, unnamed(late, Cause.ADL, 200, 7))

    assert (owner.trade.ledger.position, owner.trade.ledger.deleveraged) == (Decimal(800), Decimal(200))


def test_what_is_left_of_a_late_fill_took_no_execution_twice() -> None:
    """rel:I5, rel:F20: 200 of 300 went by its stop, which a look lists again: more than is left, and nobody's."""
    run, late = turned_round()
    run.know(late, part := unnamed(late, Cause.STOP, 200, 7))
    run.seq = 7

    run.later(3_000).know(run.cut(fills=[late, part], size=100))

    assert positions(run) == {"short": 0, "long": 100}
    assert foreign(run) == {0}


def test_a_stop_of_one_symbol_empties_no_trade_of_another() -> None:
    """A8, B10: 300 are held of the one; of the other a trade waits, and what its user held himself is stopped out."""
    run = driven()
    run.machine.state.leverage["OTHERUSDT"] = Decimal(10)
    run.accept(run.open(replace(request((98,)), symbol="OTHERUSDT")))
    bought = replace(run.fill("E1", 300, 98), slot=Slot("OTHERUSDT", 0))
    run.know(bought)
    run.accept(run.open(request((97,), identity="r2")))

    run.know(unnamed(replace(bought, slot=SLOT), Cause.STOP, 300, 7))

    assert [int(box.trade.ledger.position) for box in run.machine.state.boxes.values()] == [300, 0]


def later_begun(his: Callable[[Filled], tuple[Filled, ...]] = lambda _: ()) -> tuple[Driven, Filled]:
    """The long's 300 that nobody heard of, what its user did meanwhile, and the short, a second after those."""
    run = driven()
    run.accept(run.open(request((98,))))
    late = run.fill("E1", 300, 98, seq=6)
    run.know(*his(late), run.ended("E1", 0, EndReason.CANCELLED))
    later = replace(terms(), at=run.later(1_000).now)
    run.accept(run.step(Open(SHORT, later, run.trade_id(SHORT))))
    return run, late


def test_what_closed_a_late_fill_before_the_later_trade_began_is_no_ghost_of_its_own() -> None:
    """B10, I4, I10: that was nobody's, so the fill met the short's 100, which stayed in its slot without a trade."""
    run, late = later_begun()
    entry, end = entered(run, 100, 9)
    run.know(end)

    sent = run.know(run.cut(fills=[late, unnamed(late, Cause.STOP, 300, 7), entry], size=-100))

    assert closing(sent) == []
    assert [(report.reason, report.net) for report in run.last.closed] == [("stop", Decimal(-2400))]
    assert positions(run) == {"short": 100}


@pytest.mark.parametrize("numbered", [True, False])
def test_what_was_over_before_a_late_fill_closed_nothing_of_it(numbered: bool) -> None:
    """I13, B11: what a user held was liquidated before the fill, and listed after it: the fill's 300 are held still."""
    run, late = later_begun()
    over = unnamed(late, Cause.LIQUIDATION, 300, 5)
    if not numbered:
        late, over = replace(late, seq=-1), replace(over, seq=-1, at=late.at - 500)
    run.know(late)

    run.know(over)

    assert positions(run) == {"short": 0, "long": 300}


def test_what_its_user_did_since_is_nothing_that_a_late_fill_entered() -> None:
    """B10, B11, I10: he bought and sold 300 after its stop, which is listed after those: it sold the 300."""
    run, late = later_begun(bought_and_sold)

    run.know(late, unnamed(late, Cause.STOP, 300, 7))

    assert [(report.reason, report.gross) for report in run.last.closed] == [("stop", Decimal(-2400))]


def bought_and_sold(late: Filled) -> tuple[Filled, ...]:
    """His own 300, after the stop."""
    return unnamed(late, Cause.FOREIGN, 300, 8, OrderSide.BUY), unnamed(late, Cause.FOREIGN, 300, 9)
