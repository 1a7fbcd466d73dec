"""What happens in a slot while a release is carried out: what was given back is nobody's to take of (A6)."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Release
from core.facts import Cause, EndReason
from core.words import OrderSide
from tests.core.account.test_adopting import filled
from tests.core.account.test_netting import SHORT, closing, entered, turned_round
from tests.driving import SLOT


def test_what_its_user_sells_before_the_cancels_are_answered_is_no_loss_of_the_trade() -> None:
    """A6, I10: 400 of the 1,000 that he was given back, at 80: they are his, and what is left of them too."""
    run = filled()
    run.answer(run.step(Release(run.box.id, "ann")))
    his = replace(run.fill("TP1", 400, 80), execution="his", key=None, cause=Cause.FOREIGN)

    run.know(his, *(run.ended(f"TP{level}", 0, EndReason.CANCELLED) for level in (1, 2, 3, 4)))

    assert [(report.reason, report.net) for report in run.closed.values()] == [("released", Decimal(0))]
    assert run.machine.state.view(SLOT).size == 600


def test_an_earlier_trades_late_entry_takes_nothing_of_what_was_given_back() -> None:
    """A6, B10, rel:I6, rel:F31: 300 of a long that was over: they are closed, none of the 1,000 short is."""
    run, late = turned_round()
    run.accept(run.know(*entered(run, 1000, 7)))
    run.answer(run.step(Release(run.trade_id(SHORT), "ann")))

    assert closing(run.know(late)) == [(OrderSide.SELL, 300)]


def test_what_an_order_of_ours_sells_before_it_is_cancelled_leaves_the_slot() -> None:
    """A6, rel:I6 (seed 30713723586): TP1 took 850 of the 1,000 given back: 150 are held, and may be taken over."""
    run = filled()
    run.answer(run.step(Release(run.box.id, "ann")))

    run.know(run.fill("TP1", 850, 110), *(run.ended(f"TP{level}", 0, EndReason.CANCELLED) for level in (2, 3, 4)))

    assert run.machine.state.view(SLOT).size == 150
