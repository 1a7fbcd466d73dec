"""What our own orders sold beyond ours: the user's, somebody's whose execution isn't known, or nobody's (B11, C8)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.alerts import ExternalChange, PositionClosed
from core.commands import Done, Place
from core.facts import Cause, Ended, EndReason, Filled, PositionIs
from core.request import Request
from core.words import OrderSide
from tests.core.account.test_netting import LONG, SHORT, followed_by
from tests.core.account.test_retrying import TOO_SMALL, bought, closes, closing
from tests.driving import LOSSY, SLOT, Driven


def hand(run: Driven, quantity: int, price: int, seq: int, side: OrderSide = OrderSide.BUY) -> Filled:
    """Somebody's own order in the exchange's app."""
    return Filled(
        f"h{seq}", SLOT, None, side, Decimal(quantity), Decimal(price), Decimal(0), Cause.FOREIGN, run.now, seq
    )


def on_its_way() -> Driven:
    """The usual trade, 1,000 bought at 100; all that its slot holds is being closed, and nothing else works."""
    run = bought()
    sent = closing(run)
    run.answer(sent, *(TOO_SMALL if isinstance(each, Place) else Done() for each in sent))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", "TP1", "TP2", "TP3", "TP4")))
    (whole,) = closes(run.later(200).step())
    assert whole.whole
    run.answer([whole])
    return run


def sold(run: Driven, quantity: int = 1500, fee: int = 3) -> Filled:
    """What the closing order took, at 105, after a purchase that the venue counts as the second execution."""
    return replace(run.fill("X", quantity, 105, seq=3), fee=Decimal(fee))


def flat(run: Driven) -> PositionIs:
    """The slot is empty, as the venue tells it."""
    return PositionIs(SLOT, Decimal(0), run.now, 3)


def told(run: Driven) -> list[tuple[str, int, int]]:
    """What people read of changes that aren't ours."""
    bodies = [alert.body for alert in run.alerts]
    return [(each.what, int(each.quantity), int(each.ours)) for each in bodies if isinstance(each, ExternalChange)]


def test_what_the_user_bought_while_all_was_being_closed_is_his() -> None:
    """B10, B11, A11, G1: 500 of the 1,500 sold are his; the trade ends with its own 1,000, its profit and its fee."""
    run = on_its_way()

    run.know(hand(run, 500, 104, 2), sold(run), run.ended("X", 1500), flat(run))

    (report,) = run.closed.values()
    assert tuple(map(int, (report.entered, report.position, report.gross, report.fees))) == (1000, 0, 5000, 2)
    assert [int(each) for each in (run.box_trade.ledger.exited, run.box_trade.ledger.foreign)] == [1000, 0]
    assert told(run) == [("manual", 500, 1000), ("along", -500, 0)]


def test_a_trade_below_zero_waits_for_what_was_bought() -> None:
    """C8, B11, D1: the purchase's frame was lost: a trade that sold more than it bought isn't over, a look lists it."""
    run = on_its_way()
    run.know(done := sold(run), run.ended("X", 1500), flat(run))
    assert run.box.trade.ledger.position == -500
    assert run.closed == {}
    run.later(3_000).step()
    assert run.last.cut is not None

    run.know(run.cut(fills=[hand(run, 500, 104, 2), done]))

    assert [int(alert.body.gross) for alert in run.alerts if isinstance(alert.body, PositionClosed)] == [5000]
    assert [int(report.gross) for report in run.closed.values()] == [5000]


@pytest.mark.parametrize("seq", [3, -1])
def test_a_trade_below_zero_ends_when_looks_agree(seq: int) -> None:
    """C8, rel:F20: what was bought is never listed: two looks show an empty slot, and people are told of 1,000 only."""
    run = on_its_way()
    run.know(done := sold(run), run.ended("X", 1500))
    assert run.last.wake == run.now + 3_000
    for _ in range(3):
        run.later(3_000).know(replace(run.cut(fills=[done]), positions=(replace(flat(run), seq=seq),), stops=()))

    assert not run.machine.state.boxes
    assert [int(report.gross) for report in run.closed.values()] == [5000]


@pytest.mark.parametrize("followed", [False, True])
def test_what_was_bought_and_is_listed_after_the_end_is_the_ended_trades(followed: bool) -> None:
    """I10, B11, A8: looks had explained it; where a later trade has the slot by then, none of it is that one's."""
    run = on_its_way()
    bought_by, done = hand(run, 500, 104, 2), sold(run)
    run.know(done, run.ended("X", 1500))
    for _ in range(3):
        run.later(3_000).know(run.cut(fills=[done]))
    ended = next(iter(run.machine.state.ended.values()))
    if followed:
        run.accept(run.open(LONG))

    run.know(bought_by)

    assert [int(each) for each in (ended.trade.ledger.position, ended.trade.ledger.foreign)] == [0, 0]
    assert [int(report.fees) for report in run.closed.values()] == [2]
    assert [int(box.trade.ledger.foreign) for box in run.machine.state.boxes.values()] == [0] * followed


def test_what_an_ended_trade_sold_of_a_later_ones_is_not_awaited() -> None:
    """B10, C8, I6: a late fill was stopped out, and the order that was to close it took the later trade's 300.

    The slot is empty: the later trade waited for ever for an execution that its 300 would come back by.
    """
    run, late = followed_by(LONG)
    run.answer(closes(run.know(late)))
    old, owner = run.machine.state.boxes[late.key.split("-")[2]], run.machine.state.owners[SLOT]  # type: ignore[union-attr]
    of_old, of_owner = old.trade.lines["X"].key, owner.trade.lines["E1"].key
    stop = replace(late, execution="s7", key=None, side=OrderSide.SELL, cause=Cause.STOP, seq=7)
    mine = replace(late, execution="o8", key=of_owner, seq=8)
    took = replace(late, execution="x9", key=of_old, side=OrderSide.SELL, seq=9)
    run.know(stop, mine, took, Ended(of_old, Decimal(300), EndReason.FILLED, run.now))
    waits = replace(run.working("E1", 1000, 300), key=of_owner)
    assert [int(each.trade.ledger.position) for each in (old, owner)] == [-300, 300]
    assert [*run.machine.state.boxes] == [owner.id]

    for _ in range(2):
        empty = PositionIs(SLOT, Decimal(0), run.later(3_000).now, 9)
        run.know(replace(run.cut(fills=[late, stop, mine, took], orders=[waits]), positions=(empty,), stops=()))

    assert owner.trade.ledger.position == 0


@pytest.mark.parametrize(("later", "whole"), [(SHORT, True), (LONG, False)])
def test_what_fits_no_order_is_closed_whole_beside_what_waits_to_open_the_other_way(
    later: Request, whole: bool
) -> None:
    """B10, A6, rel:F37: nothing of a short's can be taken along by a sale that only reduces; a long's entry can."""
    run, late = followed_by(later)
    run.machine.state.capabilities = replace(LOSSY, closes_whole=True)
    sent = closes(run.know(late, PositionIs(SLOT, Decimal(300), run.now, 6)))
    run.answer(sent, TOO_SMALL)

    (again,) = closes(run.later(200).step())

    assert again.whole is whole
