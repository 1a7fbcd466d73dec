"""What met in a slot, or didn't: by which execution it is priced, what it cost, and who acts on it (A8, B11, I10)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.box import Backoff, Box
from core.account.inputs import Operate
from core.commands import Amend, Code, Command, Place, Refused
from core.facts import ActKind, Cause, Ended, EndReason, Filled, Funding, PositionIs, Working
from core.request import Request
from core.words import OrderSide
from tests.core.account.test_ending import recalled
from tests.core.account.test_netting import (
    LONG,
    SHORT,
    closing,
    ended_by_looks,
    entered,
    followed_by,
    positions,
    turned_round,
)
from tests.driving import SLOT, Driven


def test_no_more_is_charged_than_was_paid() -> None:
    """I10, A8: a hand sold 200, then 100, each for 1: what the last of them cost is not taken for a third of it all."""
    run, late = followed_by(LONG)
    his = replace(late, key=None, side=OrderSide.SELL, cause=Cause.FOREIGN, fee=Decimal(1))
    first, last = (
        replace(his, execution=f"his{seq}", quantity=Decimal(size), seq=seq) for seq, size in ((7, 200), (8, 100))
    )

    run.know(run.cut(fills=[late, first, last], size=0))

    assert [report.fees <= 2 for report in run.last.closed] == [True]


def test_what_a_hand_did_and_undid_met_nothing() -> None:
    """A8, I10: he sold 10 and bought them back at 50, later than the 300: the short's 100 met those at 98."""
    run, late = turned_round()
    his = replace(late, key=None, cause=Cause.FOREIGN, quantity=Decimal(10), price=Decimal(50))
    run.know(*entered(run, 100, 5))
    run.know(replace(his, execution="his7", side=OrderSide.SELL, seq=7), replace(his, execution="his8", seq=8))

    run.know(late)

    assert run.machine.state.boxes[run.trade_id(SHORT)].trade.ledger.gross == 400


def test_of_a_trade_whose_exit_alone_is_known_nobody_knows_what_it_paid() -> None:
    """rel:F16, rel:F22: 300 of the long were sold, and what bought them is not listed yet: the slot's owner pays."""
    run, late = followed_by(LONG)
    key = (late.key or "").replace("-E1-", "-X-")
    run.know(replace(late, execution="x", key=key, side=OrderSide.SELL))

    run.know(Funding("f1", SLOT, Decimal(2), run.later(1_000).now))

    assert run.machine.state.owners[SLOT].trade.ledger.funding == 2


def test_a_guess_that_grows_is_acted_on_at_once() -> None:
    """B11, C4, C8: looks had 400 of 1,000 sold by a hand; 300 more were bought by a trade before it: he sold 700."""
    run, late = followed_by(LONG)
    owner = run.machine.state.owners[SLOT]
    key = owner.trade.lines["E1"].key
    bought = replace(run.fill("E1", 1000, 97, seq=5), key=key)
    run.accept(run.know(bought, Ended(key, Decimal(1000), EndReason.FILLED, run.now), run.stop_is(90)))
    less: list[Command] = []
    for _ in range(2):
        held = PositionIs(SLOT, Decimal(600), run.later(3_000).now, 6)
        less = run.know(replace(run.cut(orders=works(owner), fills=[bought]), positions=(held,)))
    run.answer(less)
    run.know(*(replace(each, quantity=each.quantity * 6 / 10) for each in works(owner)))
    owner.backoffs["TP1"] = Backoff(began=run.now, tries=4, until=None)

    sent = run.know(late)

    assert owner.trade.ledger.position == 300
    assert [int(each.quantity or 0) for each in sent if isinstance(each, Amend)] == [255, 15, 15, 15]


def works(box: Box) -> list[Working]:
    """The exits of a long as they work."""
    lines = (line for line in box.trade.lines.values() if line.live)
    return [
        Working(line.key, SLOT, OrderSide.SELL, line.quantity, line.price, Decimal(0), line.at, reduce_only=True)
        for line in lines
    ]


@pytest.mark.parametrize("later", [SHORT, LONG])
def test_what_a_hand_did_the_other_way_since_then_took_nothing(later: Request) -> None:
    """A8, I10: he sold 400 at 90 and bought 100 back at 50: what is gone of the 300 went at 90."""
    run, late = followed_by(later)
    his = replace(late, key=None, cause=Cause.FOREIGN)
    sold = replace(his, execution="his7", side=OrderSide.SELL, quantity=Decimal(400), price=Decimal(90), seq=7)
    run.know(sold, replace(his, execution="his8", quantity=Decimal(100), price=Decimal(50), seq=8))

    run.know(late)

    assert [report.gross for report in run.last.closed] == [-2400]


def test_what_looks_explained_is_netted_once_when_it_is_listed() -> None:
    """A8, C8, rel:I6: two looks showed 200 long beside a short of 100; the 300 are listed: 100 met, 200 are closed."""
    run, late = turned_round()
    sold, end = entered(run, 100, 5)
    run.accept(run.know(sold, end))
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(200), run.later(3_000).now, 6)
        run.know(replace(run.cut(fills=[sold]), positions=(shown,), stops=()))

    assert closing(run.know(late)) == [(OrderSide.SELL, 200)]
    assert positions(run) == positions(run.restarted()) == {"short": 0, "long": 200}


@pytest.mark.parametrize("ended", [False, True])
def test_what_was_sold_before_it_could_meet_met_nothing(ended: bool) -> None:
    """I5, A8, rel:F20: all 300 were sold before the short's 100 executed; half heard of, its 100 counted as met."""
    run, late = turned_round()
    run.know(late)
    key = next(each.key for each in run.sent if isinstance(each, Place) and each.reduce_only)
    run.know(*entered(run, 100, 9))
    sold = replace(late, execution="x7", key=key, side=OrderSide.SELL, quantity=Decimal(100), seq=7)
    end = Ended(key, Decimal(300), EndReason.FILLED, run.now)

    run.know(sold, *((end,) if ended else ()))
    assert positions(run) == {"short": 100, "long": 200}

    run.know(replace(sold, execution="x8", quantity=Decimal(200), seq=8), end)
    assert positions(run) == {"short": 100, "long": 0}


def test_what_meets_the_users_part_too_leaves_nothing_of_a_late_fill() -> None:
    """A8, B11: an order for the short's 100 ends beside the user's 200: the late 300, heard of then, met all of it."""
    run, late = turned_round()
    run.accept(run.know(*entered(run, 100, 4)))
    his = replace(late, execution="his", key=None, side=OrderSide.SELL, cause=Cause.FOREIGN, seq=5)
    run.know(replace(his, quantity=Decimal(200)))
    order = next(
        each
        for each in run.step(Operate(run.trade_id(SHORT), ActKind.CLOSE, "me"))
        if isinstance(each, Place) and each.price is None
    )

    run.know(late, Ended(order.key, Decimal(0), EndReason.VENUE, run.now))

    assert {box.trade.ledger.held for box in run.machine.state.boxes.values()} == {0}


def looked_at(run: Driven, size: int, seq: int) -> None:
    """Two looks agree on what the slot holds, where its owner's entry waits; what is sent then finds no position."""
    key = run.machine.state.owners[SLOT].trade.lines["E1"].key
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(size), run.later(3_000).now, seq)
        waits = Working(key, SLOT, OrderSide.SELL, Decimal(1000), Decimal(102), Decimal(0), run.now)
        sent = run.know(replace(run.cut(orders=[waits]), positions=(shown,), stops=()))
        run.answer(sent, *(Refused(Code.FLAT, "no") for _ in sent))


def test_of_two_trades_guesses_the_first_in_time_held_it() -> None:
    """C8, I5: looks gave the user 300; then 200 of the second trade were gone: the first one's 300 were not those."""
    run, first = followed_by(LONG)
    second = run.machine.state.owners[SLOT]
    key = second.trade.lines["E1"].key
    run.know(Ended(key, Decimal(0), EndReason.CANCELLED, run.now))
    run.accept(run.open(replace(SHORT, id="r3")))
    looked_at(run, 300, 6)
    sent = run.know(replace(first, execution="second", key=key, quantity=Decimal(200), seq=7))
    run.answer(sent, *(Refused(Code.FLAT, "no") for _ in sent))
    looked_at(run, 300, 8)

    run.know(first)

    assert second.trade.ledger.held == 0
    assert run.machine.state.owners[SLOT].trade.ledger.foreign == 0


def test_what_looks_explain_of_a_trade_is_no_part_of_an_earlier_ones_guess() -> None:
    """rel:I9, C8: the next trade's 100 are gone too, by a list without an age; a restart took them out of the 300."""
    run, _ = ended_by_looks(300)
    run.accept(run.open(replace(SHORT, id="r3")))
    third = run.machine.state.owners[SLOT]
    key = third.trade.lines["E1"].key
    own = Filled("t7", SLOT, key, OrderSide.SELL, Decimal(100), Decimal(102), Decimal(0), Cause.ORDER, run.now, 7)
    run.accept(run.know(own, Ended(key, Decimal(100), EndReason.CANCELLED, run.now)))

    for _ in range(2):
        flat = PositionIs(SLOT, Decimal(0), run.later(3_000).now, -1)
        run.know(replace(run.cut(fills=[own]), positions=(flat,), stops=()))

    assert third.trade.ledger.held == 0
    assert recalled(run).machine.state.ended[run.trade_id(SHORT)].trade.ledger.held == 0
