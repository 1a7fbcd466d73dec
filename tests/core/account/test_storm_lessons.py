"""What storms taught: event orders that only the simulator's seeds brought about, as the facts that reproduce them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Known, LeaderIs, Operate
from core.alert_text.targets import said
from core.alerts import ActionFailed, MirrorSkipped, TargetHit
from core.commands import Code, Place, Query, Refused, SetLeverage, SetStop, Unknown
from core.desired import Phase
from core.facts import ActKind, Cause, EndReason, Filled, Funding, LeverageIs, PositionIs, Price
from core.plan import Rules
from core.request import FixedQuantity
from core.words import OrderSide, Side
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven
from tests.staging import SYMBOL, request


def by_hand(run: Driven, side: OrderSide, quantity: int, price: int, seq: int) -> Filled:
    """An execution of the user's own."""
    return Filled(
        f"u{seq}", SLOT, None, side, Decimal(quantity), Decimal(price), Decimal(0), Cause.FOREIGN, run.now, seq
    )


def test_a_revision_that_only_its_execution_tells_of() -> None:
    """rel:F43, R2: the write that X-01 left was torn, its fill says so: it is asked for, then X-02 closes the rest."""
    run = opened()
    run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me"))
    known = run.know(run.fill("X", 300, 100), run.ended("X", 300), run.fill("X", 200, 100, revision=1))
    assert known == [Query(run.key("X", 1), SLOT)]

    again = run.know(run.ended("X", 200, revision=1))

    assert [(each.key, each.quantity) for each in again if isinstance(each, Place)] == [(run.key("X", 2), Decimal(500))]


def test_an_entry_learned_of_after_the_last_target() -> None:
    """B7, B8, F17: every take-profit was hit before a missed entry became known: what is left goes at market."""
    run = opened()
    for role, quantity in (("TP1", 850), ("TP2", 50), ("TP3", 50)):
        run.know(run.fill(role, quantity, 110), run.ended(role, quantity))
    missed = run.fill("E2", 400, 98, seq=2)
    sent = run.step(Known((missed, run.fill("TP4", 50, 140), run.ended("TP4", 50))))

    assert [(each.key, each.quantity) for each in sent if isinstance(each, Place)] == [(run.key("X"), Decimal(400))]
    assert next(iter(run.machine.state.boxes.values())).phase is Phase.CLOSING


def test_an_entry_that_met_the_users_short() -> None:
    """B11, A7: the user sold 300 in the slot before ours bought 1,000: 700 are ours to take profit on."""
    run = opened()
    run.know(by_hand(run, OrderSide.SELL, 300, 100, 0))

    ledger = run.box_trade.ledger
    assert (int(ledger.position), int(ledger.taken), int(ledger.foreign)) == (700, 300, 0)
    desired = run.box.strategy.desired(run.box_trade)
    assert ledger.position == sum(want.total for want in desired.wants if want.reduce_only)


def test_funding_that_is_learned_of_after_the_close() -> None:
    """rel:I10, F22: it was paid while the trade held the slot: the report is corrected, and nobody is told twice."""
    run = opened()
    paid_at = run.now
    cancels = run.later(1_000).know(by_hand(run, OrderSide.SELL, 1000, 100, 9), run.stop_is(None))
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ("TP1", "TP2", "TP3", "TP4", "E2")))
    run.answer(cancels)
    assert run.machine.state.boxes == {}
    told, ended = len(run.alerts), run.now
    run.later(3_600_000)

    run.know(Funding("f1", SLOT, Decimal(3), paid_at))

    assert [int(report.funding) for report in run.last.closed] == [3]
    assert len(run.alerts) == told
    assert run.last.closed[0].closed_at == ended  # it moves into no other day of the statistics (G1)


def test_an_exit_before_its_entry_is_told_without_a_figure() -> None:
    """rel:I13, F16: TP1's fill is known before any entry's: no profit is reckoned from an average that isn't there."""
    run = driven()
    run.accept(run.open(TWO_LEGS))
    run.know(run.fill("TP1", 850, 110, seq=5), run.ended("TP1", 850))

    hit = next(alert.body for alert in run.alerts if isinstance(alert.body, TargetHit))
    assert hit.profit is None
    assert hit.percent is None
    assert hit.remaining == 0
    assert "Profit unknown" in "\n".join(said(hit, Side.LONG).lines)


def test_a_partial_close_of_more_than_is_left() -> None:
    """B14, rel:F28: 500 were to be closed, and TP1 had taken 850 of 1,000 before: the 150 left are closed."""
    run = opened()
    run.step(Operate(run.box_trade.plan.trade, ActKind.REDUCE, "me", quantity=Decimal(500)))
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))

    desired = run.box.strategy.desired(run.box_trade)

    assert {want.role: int(want.total) for want in desired.wants if want.role == "R1"} == {"R1": 150}


def test_the_users_own_position_keeps_its_stop() -> None:
    """A7, A11: our entries rest, the user sells 5 in the slot: that is his, and no stop of ours is put on it."""
    run = driven()
    run.accept(run.open(request((98,))))

    sent = run.know(by_hand(run, OrderSide.SELL, 5, 100, 1), PositionIs(SLOT, Decimal(-5), run.now, 1))

    assert not [each for each in sent if isinstance(each, SetStop)]


def test_a_mirror_does_not_join_what_its_leader_has_ended() -> None:
    """A4, A9: it waits to be well, the leader's trade is stopped out meanwhile: skipped, told once, nothing opened."""
    run = driven("mirror", follows="main")
    run.machine.state.troubles["stream"] = run.now
    asked = {"leader": "main", "until": run.now + 30_000}
    run.open(TWO_LEGS, **asked)

    run.step(LeaderIs(run.trade_id(TWO_LEGS), "main", Phase.CLOSED, False, "stop", None, Decimal(0), None))
    del run.machine.state.troubles["stream"]
    run.open(TWO_LEGS, **asked)

    assert [type(alert.body) for alert in run.alerts] == [MirrorSkipped]
    assert run.machine.state.boxes == {}


def test_a_wish_that_stays_refused_is_told_once_and_asks_for_no_look_each_time() -> None:
    """C4, D: the venue was busy, then the market had passed the stop: each look tries it once more, quietly."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    asked = run.step(Operate(run.box_trade.plan.trade, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(95)))
    for _ in range(4):
        run.answer(asked, Refused(Code.BUSY, "too busy"))
        asked = run.later(6_000).step()
    for _ in range(3):
        again = run.later(60_000).know(run.cut(orders=[run.working("TP1", 850)], size=1000))
        run.answer([each for each in again if isinstance(each, SetStop)], Refused(Code.WRONG_SIDE, "passed"))

    assert [type(alert.body) for alert in run.alerts].count(ActionFailed) == 1
    assert run.later(2_000).step() == []
    assert run.last.cut is None


def test_a_gap_over_the_entries_and_their_stop() -> None:
    """B4, rel:I1: from 99.5 to 85 both limits filled; the stop at 90 waits for a crossing, so we close after 5 s."""
    run = driven()
    run.accept(run.open(request((99, 95), size=FixedQuantity(Decimal(2000)))))
    told = PositionIs(SLOT, Decimal(2000), run.now, 2, mark=Decimal(85), last=Decimal(85))
    fills = (run.fill("E1", 1000, 99, seq=1), run.fill("E2", 1000, 95, seq=2))
    targets = run.know(*fills, run.ended("E1", 1000), run.ended("E2", 1000), told, run.stop_is(90))
    run.accept(targets)

    sent = run.later(5_000).know(replace(told, at=run.now))

    assert [(each.key, each.quantity) for each in sent if isinstance(each, Place)] == [(run.key("X"), Decimal(2000))]


def test_a_stop_moved_past_an_entry_that_was_never_sent() -> None:
    """B4, B12: the stop went to 99 before anything left, so E2 at 98 never did; E1 is refused: nothing can enter."""
    run = driven()
    run.machine.state.leverage.clear()
    leverage = run.open(TWO_LEGS)
    run.step(Operate(run.box_trade.plan.trade, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(99)))
    sent = run.accept(leverage)
    assert [each.key for each in sent if isinstance(each, Place)] == [run.key("E1")]

    run.answer(sent, Refused(Code.WRONG_SIDE, "the market has passed the stop"))

    assert run.machine.state.boxes == {}
    assert [report.reason for report in run.last.closed] == ["rejected"]


def test_an_entry_that_ended_before_its_execution_came_does_not_close_the_trade() -> None:
    """DESIGN 8.2, B12: its time was up, "E1 ended, 2,000 executed" came before the execution: the trade goes on."""
    run = driven(rules=Rules(entry_ttl=20_000))
    run.accept(run.open(request((98,), size=FixedQuantity(Decimal(2000)))))
    run.later(20_000).step()
    assert run.know(run.ended("E1", 2000)) == []

    sent = run.know(run.fill("E1", 2000, 98))

    assert [int(each.quantity) for each in sent if isinstance(each, Place)] == [1700, 100, 100, 100]
    assert run.box.phase is Phase.MONITORING


def test_a_fill_of_a_trade_that_ended_unfilled_is_flattened() -> None:
    """B10, rel:F31, rel:R5: E1 was shown as cancelled, the trade was over; its fill goes at market, now and later."""
    run = driven()
    run.accept(run.open(request((98,))))
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    assert run.machine.state.boxes == {}

    sent = run.know(run.fill("E1", 300, 98))

    assert [(each.key, int(each.quantity)) for each in sent if isinstance(each, Place)] == [(run.key("X"), 300)]
    again = run.restarted()
    again.step()
    assert [want.role for want in again.box.strategy.desired(again.box_trade).wants] == ["X"]


def test_a_price_learned_of_together_with_the_fill_before_it() -> None:
    """rel:I9, rel:F43, B15: E1's fill and TP1's price came in one step: after a restart that is no missed entry."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), Price(SYMBOL, Decimal(111), run.now))

    again = run.restarted()

    assert again.box.strategy.desired(again.box_trade).reason == ""
    assert again.box_trade.own == run.box_trade.own


@pytest.mark.parametrize("news", ["shown", "unknown"])
def test_a_leverage_that_was_asked_for_on_behalf_of_a_trade_that_is_over(news: str) -> None:
    """B4: the first trade was closed before its leverage was answered: the second one does not wait for ever."""
    run = driven()
    run.machine.state.leverage.clear()
    asked = run.open(TWO_LEGS)
    run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me"))
    assert run.open(request(("market",), identity="r2")) == []

    shown = run.know(LeverageIs(SYMBOL, Decimal(10), run.now)) if news == "shown" else []
    sent = [*shown, *run.answer(asked, Unknown("no answer in time"))]

    assert [type(each) for each in sent] == [Place if news == "shown" else SetLeverage]


def test_a_take_profit_that_was_hit_stays_hit_where_nothing_tells_what_its_order_was() -> None:
    """B7, rel:R5: the venue had lost its orders: after a restart TP1 was to sell what E2 had bought just before."""
    run = driven()
    run.accept(run.open(request(("market", 98))))
    run.answer(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000)))
    run.know(run.fill("E2", 1000, 98), run.fill("TP1", 850, 110))
    run.know(run.ended("TP1", 850, EndReason.VENUE))
    again = run.restarted()

    assert (run.box.phase, again.box.phase) == (Phase.PROFIT_TAKING, Phase.PROFIT_TAKING)
    assert again.box_trade.lines["TP1"].complete
