"""A stop that no frame and no look has shown yet: what is waited for, and what is not (B4, B9)."""

from decimal import Decimal

from core.account.inputs import Operate
from core.alerts import BreakevenFailed, ProtectionMissing
from core.commands import Done, Place, SetStop
from core.facts import ActKind, PositionIs
from tests.core.account.test_sequences import opened
from tests.core.account.test_told_anew import PASSED
from tests.driving import SLOT, Driven, driven
from tests.staging import request


def entered() -> Driven:
    """1,000 at 100; nothing has shown the stop that E1 was born with."""
    run = driven()
    run.accept(run.open(request()))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000)))
    return run


def test_a_breakeven_that_the_market_passed_closes_at_once() -> None:
    """B9: whatever of the older stop: what is left is closed, no look is waited for."""
    run = entered()
    sent = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))

    closing = run.answer(sent, *(PASSED if isinstance(each, SetStop) else Done() for each in sent))

    assert [(each.key, each.quantity) for each in closing if isinstance(each, Place)] == [(run.key("X"), Decimal(150))]


def test_whether_an_older_stop_holds_a_look_says() -> None:
    """B4, B14, C8: the market has passed where a hand wants it: looked at soon, and before that nothing is said."""
    run = entered()
    moved = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal(95)))
    run.machine.state.cuts.due = run.now + 60_000

    run.answer(moved, PASSED)

    assert run.machine.state.cuts.due == run.now + 1_000
    assert [alert for alert in run.alerts if isinstance(alert.body, BreakevenFailed | ProtectionMissing)] == []


def test_a_position_that_is_back_gets_its_stop_at_once() -> None:
    """B4, rel:I1: frames show that all was closed, then opened again; no execution: its stop went with it."""
    run = opened()
    run.know(PositionIs(SLOT, Decimal(0), run.now, 2))

    assert SetStop(SLOT, Decimal(90)) in run.know(PositionIs(SLOT, Decimal(1000), run.now, 3))
