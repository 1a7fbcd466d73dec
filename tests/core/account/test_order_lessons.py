"""Orders of events that no storm has shown: found by reading, each as the facts that reproduce it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.alerts import BreakevenFailed
from core.commands import Cancel, Code, Place, Refused, SetStop
from core.desired import StopKind
from core.facts import ActKind, Cause, Ended, EndReason, Filled, Funding, PositionIs, Sent
from core.plan import ManualChanges, Rules
from core.words import OrderSide, Side
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven, driven
from tests.staging import AT, request


def left_alone() -> Driven:
    """Somebody moved TP1 in the app and it was put back, until it was left alone: where he put it, it works still."""
    run = driven(rules=Rules(time_limit=120_000, manual_changes=ManualChanges.RESTORE))
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    for _ in range(4):
        back = run.later(1_000).know(replace(run.working("TP1", 850), price=Decimal(109)))
        run.answer(back)
        shown = [run.working("TP1", 850)] if back else []
        run.later(100).know(*shown)
    assert run.box.frozen == {"TP1"}
    return run


def test_what_was_left_alone_is_cancelled_when_the_trade_closes() -> None:
    """B10, A11: its time is over: TP1 would stay at the venue, and the trade would never be over."""
    run = left_alone()
    run.now = AT + 120_000

    assert run.key("TP1") in [each.key for each in run.step() if isinstance(each, Cancel)]


def test_a_part_that_is_no_multiple_of_the_step_is_refused() -> None:
    """B14: the venue would refuse it, after the take-profits had made room for it."""
    run = opened()

    assert run.step(Operate(run.box.id, ActKind.REDUCE, "me", quantity=Decimal("10.5"))) == []

    refusal = run.last.replies[0].refusal
    assert refusal is not None
    assert refusal.reasons == ("main TESTUSDT: 10.5 is not a multiple of the step 1",)


def test_funding_that_the_user_paid_before_the_trade_is_not_the_trades() -> None:
    """rel:F22, rel:I10: a look reads from a minute before: his own position of then paid it."""
    run = opened()

    run.know(Funding("his", SLOT, Decimal(3), AT - 1), Funding("ours", SLOT, Decimal(2), AT + 1))

    assert run.box_trade.ledger.funding == 2


def test_funding_of_what_is_held_already_is_the_trades_though_its_plan_is_dated_later() -> None:
    """rel:F22, rel:I10, rel:F05: an adapter took the venue's clock for 500 ms further than it is, as storms showed."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(replace(run.fill("E1", 1000, 100), at=AT - 400), run.ended("E1", 1000)))

    run.know(Funding("his", SLOT, Decimal(3), AT - 401), Funding("ours", SLOT, Decimal(2), AT - 300))

    assert run.box_trade.ledger.funding == 2


def test_tp2_brings_the_breakeven_that_tp1_never_did() -> None:
    """B15, B7, B14: 600 of TP1's 850 had filled when 300 were closed by hand: its rest was withdrawn, no hit."""
    run = opened()
    run.know(run.fill("TP1", 600, 110))
    run.step(Operate(run.box.id, ActKind.REDUCE, "me", quantity=Decimal(300)))
    run.know(run.ended("TP1", 600, EndReason.CANCELLED), run.fill("R1", 300, 110), run.ended("R1", 300))
    run.know(*(run.working(role, size) for role, size in (("TP2", 30), ("TP3", 35), ("TP4", 35))))

    run.know(run.fill("TP2", 30, 120), run.ended("TP2", 30))

    assert run.box.desired is not None
    assert [(stop.kind, stop.price >= 100) for stop in run.box.desired.stops] == [(StopKind.BREAKEVEN, True)]


@pytest.mark.parametrize(("kind", "price"), [(ActKind.MOVE_STOP, "95"), (ActKind.PROTECT_AGAIN, "99.5")])
def test_an_operator_waits_for_no_back_off(kind: ActKind, price: str) -> None:
    """B14, C4: the market had passed 99.5, which blocked the stop until the next look: what he asks is tried now."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    passed = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal("99.5")))
    run.answer(passed, Refused(Code.WRONG_SIDE, "passed"))
    assert run.later(10_000).step() == []

    sent = run.step(Operate(run.box.id, kind, "me", Decimal(99), price=None if price == "99.5" else Decimal(price)))

    assert [each.price for each in sent if isinstance(each, SetStop)] == [Decimal(price)]
    assert (run.last.cut is not None) == (kind is ActKind.PROTECT_AGAIN)


@pytest.mark.parametrize("price", [Decimal(95), Decimal("99.5")])
def test_a_price_that_was_refused_too_late_says_nothing_of_the_next(price: Decimal) -> None:
    """B14, C4: 99.5 is on its way when the stop is moved, there too (seed 9100066): what he asks leaves at once."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    passed = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal("99.5")))
    assert run.later(50).step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=price)) == []

    sent = run.answer(passed, Refused(Code.WRONG_SIDE, "passed"))

    assert [each.price for each in sent if isinstance(each, SetStop)] == [price]
    assert not any(isinstance(alert.body, BreakevenFailed) for alert in run.alerts)
    assert run.answer(sent, Refused(Code.WRONG_SIDE, "passed")) == []


def test_a_stop_by_hand_that_comes_to_nothing_is_no_failed_breakeven() -> None:
    """B9: TP1 is hit while 99 is on its way, which the market has passed: breakeven was not even tried yet."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    by_hand = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(110), price=Decimal(99)))
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))

    sent = run.answer(by_hand, Refused(Code.WRONG_SIDE, "passed"))

    assert [each.price for each in sent if isinstance(each, SetStop)] == [Decimal("100.08")]
    assert not run.box.phase.closing


def test_a_late_fill_that_met_a_later_trades_opposite_position() -> None:
    """B10, A8, rel:F31: a long that is over fills 300 while a short holds 1,000: netted, nothing is left to close."""
    run = driven()
    run.accept(run.open(request((98,))))
    late = run.fill("E1", 300, 98, seq=6)
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    short = request(("market",), identity="r2", side=Side.SHORT, targets=(90, 80, 70, 60), stop=110)
    run.accept(run.open(short))
    key = run.box.trade.lines["E1"].key
    entry = Filled("s1", SLOT, key, OrderSide.SELL, Decimal(1000), Decimal(100), Decimal(0), Cause.ORDER, run.now, 5)
    run.accept(run.know(entry, Ended(key, Decimal(1000), EndReason.FILLED, run.now), run.stop_is(110)))

    sent = run.know(late, PositionIs(SLOT, Decimal(-700), run.now, 6))

    assert [each for each in sent if isinstance(each, Place)] == []
    assert list(run.machine.state.boxes) == [run.trade_id(short)]
    assert [(int(report.entered), int(report.net)) for report in run.last.closed] == [(300, 0)]


@pytest.mark.parametrize("known", [(), ("ended",)])
def test_a_closing_order_waits_for_what_the_one_before_it_executed(known: tuple[str, ...]) -> None:
    """I5, DESIGN 8.2: a crash lost that X-00 sold 400; X-01's 600 are heard of first: the next one waits for a look."""
    run = opened()
    run.step(Operate(run.box.id, ActKind.CLOSE, "cli"))
    again = run.restarted()
    sold, ended = again.fill("X", 600, 99, revision=1, seq=8), again.ended("X", 600, revision=1)

    heard = again.know(*(ended for _ in known), sold, ended)

    assert again.box_trade.ledger.position == 400
    assert not any(isinstance(each, Place) for each in heard)
    assert again.last.cut is not None
    looked = again.know(again.cut(fills=[again.fill("X", 400, 99, seq=7), sold]))
    assert not any(isinstance(each, Place) for each in looked)
    assert again.box_trade.ledger.position == 0


def test_what_a_look_does_not_explain_is_closed() -> None:
    """I5, B10: a look is asked for at once; it lists nothing of X-00, so the rest is held still: X-02 takes it."""
    run = opened()
    run.step(Operate(run.box.id, ActKind.CLOSE, "cli"))
    sold = run.fill("X", 600, 99, revision=1, seq=8)
    run.know(sold, run.ended("X", 600, revision=1))
    run.later(1_000).step()
    assert run.last.cut is not None

    closing = [each for each in run.know(run.cut(fills=[sold], size=400)) if isinstance(each, Place)]

    assert [(each.key, each.quantity) for each in closing] == [(run.key("X", 2), Decimal(400))]


def test_a_revision_after_one_that_was_never_heard_of_waits_for_a_look() -> None:
    """I5, DESIGN 8.2: the store lost that anything was closed; X-01's 600 are the first that is heard of it."""
    again = opened().restarted()

    heard = again.know(again.fill("X", 600, 99, revision=1, seq=8), again.ended("X", 600, revision=1))

    assert again.box_trade.ledger.position == 400
    assert not any(isinstance(each, Place) for each in heard)


def test_a_revision_that_passes_another_over_waits_for_a_look() -> None:
    """I5, DESIGN 8.2: X-00's 100 are booked, of X-01 the store lost everything, and X-02's 500 are heard of."""
    run = opened()
    run.step(Operate(run.box.id, ActKind.CLOSE, "cli"))
    run.know(run.fill("X", 100, 99, seq=7), run.ended("X", 100))
    lost = run.key("X", 1)
    run.journal = [entry for entry in run.journal if not (isinstance(entry.what, Sent) and entry.what.key == lost)]
    again = run.restarted()

    heard = again.know(again.fill("X", 500, 99, revision=2, seq=9), again.ended("X", 500, revision=2))

    assert again.box_trade.ledger.position == 400
    assert not any(isinstance(each, Place) for each in heard)


def test_a_moved_stop_that_the_market_passed_is_told_as_what_it_is() -> None:
    """B14, B9: 99.5 was passed before it arrived: that is no breakeven that failed, and it is tried again."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    sent = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal("99.5")))
    run.answer(sent, Refused(Code.WRONG_SIDE, "passed"))
    body = next(alert.body for alert in run.alerts if isinstance(alert.body, BreakevenFailed))

    assert body.kind is StopKind.MOVED
    assert "tried again" in body.doing
