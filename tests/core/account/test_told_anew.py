"""What happens again is told again: the store keeps one alert for each account, trade, kind and cause (I8)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.alerts import Alert, BreakevenFailed, ProtectionMissing, StopMoved
from core.commands import Code, Command, Done, Outcome, Refused, SetStop, Unknown
from core.desired import StopKind
from core.facts import ActKind, PositionIs
from core.plan import OnFailure, Rules
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven, driven
from tests.staging import request

PASSED = Refused(Code.WRONG_SIDE, "passed")


def held(run: Driven, liquidation: object) -> PositionIs:
    """1,000 are held, and where the venue would liquidate them."""
    return PositionIs(SLOT, Decimal(1000), run.now, run.seq, liquidation=Decimal(str(liquidation)))


def told(run: Driven, body: type) -> list[Alert]:
    """The alerts of one kind, each cause once, as the store keeps them."""
    return list({alert.cause: alert for alert in run.alerts if isinstance(alert.body, body)}.values())


def kept_at_breakeven() -> tuple[Driven, list[Command]]:
    """1,000 at 100, 850 sold at TP1; what sets the stop to 100.08, the one at 90 stays should that fail."""
    run = driven(rules=Rules(breakeven_failed=OnFailure.KEEP))
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    return run, run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))


def refused(run: Driven, sent: list[Command]) -> list[Command]:
    """The market has passed the stop; anything else is done."""
    return run.answer(sent, *(PASSED if isinstance(each, SetStop) else Done() for each in sent))


def test_each_liquidation_before_the_stop_is_told() -> None:
    """B4: at 91, then far away, then at 91 once more, a minute later."""
    run = opened()
    for liquidation in (91, 80, 91):
        run.later(60_000).know(held(run, liquidation))

    assert len(told(run, ProtectionMissing)) == 2


def test_a_stop_that_fails_at_every_look_is_told_once() -> None:
    """B9, C4: each look tries 100.08 once more; it is the same trouble still."""
    run, sent = kept_at_breakeven()
    refused(run, sent)
    again = run.later(30_000).know(run.cut(size=150))
    refused(run, again)

    assert any(isinstance(each, SetStop) for each in again)
    assert len(told(run, BreakevenFailed)) == 1


@pytest.mark.parametrize("outcome", [Done(), Unknown("no answer")])
def test_a_stop_that_fails_after_it_was_in_force_is_told_again(outcome: Outcome) -> None:
    """B9: refused, shown after the next look, brought back to 90 by the venue, and refused at the same price again."""
    run, sent = kept_at_breakeven()
    refused(run, sent)
    again = run.later(30_000).know(run.cut(size=150))
    run.answer(again, *(outcome if isinstance(each, SetStop) else Done() for each in again))
    run.know(run.stop_is("100.08"))

    refused(run, run.later(50_000).know(run.stop_is(90)))

    assert len(told(run, BreakevenFailed)) == 2


def test_what_an_operator_asks_for_and_fails_is_told_him() -> None:
    """B14, C4: he has the refused stop tried again, and it is refused again: he is answered."""
    run, sent = kept_at_breakeven()
    refused(run, sent)
    again = run.later(10_000).step(Operate(run.box.id, ActKind.PROTECT_AGAIN, "me"))
    refused(run, again)

    assert len(told(run, BreakevenFailed)) == 2


def moved(run: Driven, *prices: int) -> Driven:
    """The operator moves the stop, and the venue shows each."""
    for price in prices:
        run.answer(run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(price))))
        run.know(run.stop_is(price))
    return run


def test_a_stop_that_is_moved_back_is_told() -> None:
    """B14, D1: 95, 96, and 95 again."""
    run = moved(opened(), 95, 96, 95)

    assert [alert.body.new for alert in told(run, StopMoved) if isinstance(alert.body, StopMoved)] == [95, 96, 95]


def test_a_stop_that_is_moved_before_anything_fills_is_told_once() -> None:
    """B14, D1: two entries rest, and bring 95 in place of 90: once the venue shows both, and not again with a fill."""
    run = driven()
    run.accept(run.open(request((99, 98))))
    run.answer(run.step(Operate(run.box.id, ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal(95))))
    run.know(replace(run.working("E1", 500), stop=Decimal(95)))
    assert stops(run) == []
    run.know(replace(run.working("E2", 500), stop=Decimal(95)))
    again = run.restarted()
    for each in (run, again):
        each.know(each.fill("E1", 500, 99), each.ended("E1", 500), each.stop_is(95))

    assert stops(run) == [StopMoved(Decimal(90), Decimal(95), StopKind.MOVED, Decimal(0), "ann")]
    assert [alert.cause for alert in told(again, StopMoved)] == [alert.cause for alert in told(run, StopMoved)]


def test_a_moved_stop_is_not_told_again_after_a_start() -> None:
    """B14, rel:F43: the venue shows what the journal knows; it has the cause that it had before."""
    run = moved(opened(), 95, 96, 95)
    again = run.restarted()
    again.know(again.stop_is(95))

    assert [alert.cause for alert in told(again, StopMoved)] == [told(run, StopMoved)[-1].cause]


def at_breakeven() -> tuple[Driven, Decimal]:
    """TP1 was hit, and its breakeven is shown."""
    run = opened()
    run.answer(run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850)))
    assert run.box.desired is not None
    price = run.box.desired.stops[0].price
    run.know(run.stop_is(price))
    return run, price


def test_a_stop_that_the_venue_took_back_is_set_again_without_a_word() -> None:
    """B9, D1, 8.1: it stands at 90 once more, and then where people were told that it is."""
    run, price = at_breakeven()

    again = run.know(run.stop_is(90))
    assert again == [SetStop(SLOT, price)]
    run.answer(again)
    run.know(run.stop_is(price))

    assert [(body.old, body.new) for body in stops(run)] == [(Decimal(90), price)]


def test_a_stop_that_a_hand_leaves_where_it_is_was_not_moved() -> None:
    """B9, B14, D1: he asks for the price at which it stands already: that is no second move from the plan's."""
    run, price = at_breakeven()

    run.answer(run.step(Operate(run.box.id, ActKind.MOVE_STOP, "ann", Decimal(105), price=price)))

    assert [stop.kind for stop in run.box.strategy.desired(run.box.trade).stops] == [StopKind.MOVED]
    assert [(body.old, body.new) for body in stops(run)] == [(Decimal(90), price)]


def stops(run: Driven) -> list[StopMoved]:
    """Every move of the stop that was told."""
    return [alert.body for alert in run.alerts if isinstance(alert.body, StopMoved)]
