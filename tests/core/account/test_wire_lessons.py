"""What the wire taught: event orders that only a venue behind sockets showed."""

from decimal import Decimal

from core.account.inputs import LeaderIs
from core.commands import Cancel, Code, Done, Query, Refused
from core.desired import Phase
from core.facts import Cause, EndReason, Filled
from core.words import OrderSide
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven

TARGETS = ("TP1", "TP2", "TP3", "TP4")


def stopped(run: Driven) -> Filled:
    """The position-wide stop fills in full."""
    run.seq += 1
    return Filled(
        f"stop-{run.seq}", SLOT, None, OrderSide.SELL, Decimal(1000), Decimal(90), Decimal(0), Cause.STOP,
        run.now, run.seq,
    )  # fmt: skip


def test_a_trade_closes_when_its_last_doubt_is_answered_by_what_was_known() -> None:
    """rel:F06, B10: the stream tells the ends, then the cancels find the orders gone, and asking brings no news."""
    run = opened()
    cancels = [each for each in run.know(stopped(run)) if isinstance(each, Cancel)]
    ends = [run.ended("E2", 0, EndReason.VENUE), *(run.ended(role, 0, EndReason.VENUE) for role in TARGETS)]
    run.know(*ends)
    asked = run.answer(cancels, *(Refused(Code.GONE, "110001") for _ in cancels))
    queries = [each for each in asked if isinstance(each, Query)]
    assert len(queries) == len(asked) == len(cancels)
    run.answer(asked, *(Done((next(end for end in ends if end.key == query.key),)) for query in queries))
    assert run.machine.state.boxes == {}


def test_a_mirror_emptied_by_its_own_stop_did_not_follow() -> None:
    """A4, G2: the leader's word comes before the mirror's own stop fill: the stop closed it, not the word."""
    run = driven("mirror", follows="main")
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    trade = run.box_trade.plan.trade
    closing = run.step(LeaderIs(trade, "main", Phase.CLOSED, False, "stop", None, Decimal(1000), run.now))
    run.answer(closing, *(Refused(Code.GONE, "110001") for _ in closing))
    run.know(
        stopped(run), run.ended("E2", 0, EndReason.VENUE), *(run.ended(role, 0, EndReason.VENUE) for role in TARGETS)
    )
    reasons = [each.body.reason for each in run.alerts if hasattr(each.body, "reason")]
    assert "followed_main" not in reasons
    assert "stop" in reasons
