"""What a slot holds of the user's beside ours: its funding, and a part that the venue takes (B11, rel:F22, rel:F38)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.facts import Cause, EndReason, Filled, Funding
from core.invariants import violations
from core.words import OrderSide
from tests.core.account.test_sequences import opened
from tests.core.ledgers import told
from tests.driving import SLOT, Driven, driven
from tests.staging import request


def users(run: Driven, side: OrderSide, quantity: int, cause: Cause = Cause.FOREIGN) -> Filled:
    """An execution of nobody's order of ours, a second later."""
    run.later(1_000)
    return replace(run.fill("U", quantity, 100), key=None, cause=cause, side=side)


OTHERS = pytest.mark.parametrize("key", [None, "grid-bot-17", "t1-other-0123456789-E1-00"])
"""The user's own orders have no id; another program's has one, perhaps of the kind that ours have."""


@OTHERS
def test_what_another_program_bought_is_sold_before_ours(key: str | None) -> None:
    """B11: it buys 500 and sells them: ours was taken as the half of it, and nobody was told of either."""
    run = opened()
    for side in (OrderSide.BUY, OrderSide.SELL):
        cause = Cause.FOREIGN if key is None else Cause.ORDER
        run.accept(run.know(replace(users(run, side, 500, cause), key=key)))

    ledger = run.box.trade.ledger
    assert told(ledger.position, ledger.taken, ledger.foreign) == "1000 0 0"
    assert run.restarted().box.trade.ledger == ledger
    assert [alert.kind for alert in run.alerts].count("external_change") == 2


@OTHERS
def test_a_trade_that_another_program_sold_was_closed_from_outside(key: str | None) -> None:
    """G2, B11: the reason was that we had closed it by hand."""
    run = opened()
    cause = Cause.FOREIGN if key is None else Cause.ORDER
    run.answer(run.know(replace(users(run, OrderSide.SELL, 1000, cause), key=key), run.stop_is(None)))
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ("E2", "TP1", "TP2", "TP3", "TP4")))

    assert [report.reason for report in run.closed.values()] == ["external"]


def paid(run: Driven, at: int | None = None) -> Funding:
    """2 of funding for all that the slot holds, paid a second later unless told."""
    when = run.later(1_000).now if at is None else at
    return Funding(f"f{when}", SLOT, Decimal(2), when)


def test_the_user_pays_the_funding_of_what_is_his() -> None:
    """rel:F22, G1, B11: 1,000 are ours and 1,000 his: half of it is the trade's, in the next life too."""
    run = opened()
    run.know(users(run, OrderSide.BUY, 1000))
    run.know(paid(run))

    assert run.box.trade.ledger.funding == run.restarted().box.trade.ledger.funding == 1


def test_funding_of_the_users_own_position_is_not_the_trades() -> None:
    """rel:F22, G1, A7: our entry rests, he sold 1,000 himself: all of it is his."""
    run = driven()
    run.accept(run.open(request((98,))))
    run.know(users(run, OrderSide.SELL, 1000))
    run.know(paid(run))

    assert run.box.trade.ledger.funding == 0


@pytest.mark.parametrize(("before", "ours"), [(True, 2), (False, 1)])
def test_whose_funding_was_is_told_by_its_time(before: bool, ours: int) -> None:
    """rel:F22, rel:I10: learned of when all is over and only his 1,000 are left: what was held then counts."""
    run = opened()
    alone = run.later(1_000).now
    run.know(users(run, OrderSide.BUY, 1000))
    both = run.later(1_000).now
    run.answer(run.know(users(run, OrderSide.SELL, 1000, Cause.STOP), run.stop_is(None)))
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ("E2", "TP1", "TP2", "TP3", "TP4")))
    assert not run.machine.state.boxes
    run.later(60_000).know(paid(run, alone if before else both))

    assert [report.funding for report in run.last.closed] == [Decimal(ours)]


def test_a_part_that_the_venue_liquidates_leaves_the_rest_to_the_ladder() -> None:
    """B11, rel:F38: 300 of 1,000 are gone: the rest is worked by its shares, and no audit calls that a fault."""
    run = opened()
    run.accept(run.know(users(run, OrderSide.SELL, 300, Cause.LIQUIDATION)))
    shares = (("TP1", 595), ("TP2", 35), ("TP3", 35), ("TP4", 35), ("E2", 1000))
    look = run.cut(size=700, orders=[run.working(role, quantity) for role, quantity in shares])

    assert violations(run.machine.state, look) == ()


def test_what_the_user_bought_before_a_payment_is_listed_after_it() -> None:
    """rel:F22, rel:F16: whatever comes first, half of it is his; what he bought after it changes nothing."""
    run = opened()
    bought, since = users(run, OrderSide.BUY, 1000), paid(run)
    run.know(since)
    run.know(users(run, OrderSide.BUY, 500))
    run.know(bought)

    assert run.box.trade.ledger.funding == run.restarted().box.trade.ledger.funding == 1


def test_what_was_bought_just_before_a_payment_is_listed_just_after_it() -> None:
    """rel:F22, rel:F16: the last execution that there was, too."""
    run = opened()
    bought = users(run, OrderSide.BUY, 1000)
    run.know(paid(run))
    run.know(bought)

    assert run.box.trade.ledger.funding == run.restarted().box.trade.ledger.funding == 1


def test_what_looks_explain_after_a_payment_was_held_when_it_was_made() -> None:
    """rel:F22, rel:I9: two looks find 1,000 more, of the sequence known before it: half is his."""
    run = opened()
    run.know(paid(run))
    for _ in range(2):
        run.later(3_000).know(run.cut(orders=[run.working("E2", 1000)], size=2000))

    assert run.box.trade.ledger.foreign == 1000
    assert run.box.trade.ledger.funding == run.restarted().box.trade.ledger.funding == 1


def test_a_guess_in_between_hides_no_payment_from_what_is_listed_late() -> None:
    """rel:F22, rel:I9: of the 2,000 that looks had explained since, half are listed: bought before it was paid."""
    run = opened()
    bought = users(run, OrderSide.BUY, 1000)
    run.know(paid(run))
    run.know(replace(users(run, OrderSide.BUY, 2000), execution="cut:TESTUSDT:0:1", seq=bought.seq))
    run.know(bought)

    assert run.box.trade.ledger.funding == run.restarted().box.trade.ledger.funding


def test_what_is_bought_in_the_moment_of_a_payment_pays_its_part() -> None:
    """rel:F22: the user's 1,000 and the payment carry one time: both were held by then."""
    run = opened()
    run.know(users(run, OrderSide.BUY, 1000))
    run.know(paid(run, run.now))

    assert run.box.trade.ledger.funding == run.restarted().box.trade.ledger.funding == 1
