"""What hands do, in orders that no storm has shown: found by reading, each as the facts that reproduce it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.account.opening import view_of
from core.commands import Place
from core.facts import ActKind, EndReason
from tests.core.account.test_sequences import opened

DAY = 86_400_000


def test_of_two_moves_learned_of_at_once_the_last_is_kept() -> None:
    """A11: both of the user's moves in one step: the second was taken for none, and his stop put back to the first."""
    run = opened()
    run.know(run.ended("E2", 0, EndReason.CANCELLED))

    assert run.know(run.stop_is(94), replace(run.stop_is(93), at=run.now + 1)) == []

    assert run.box.desired is not None
    assert [stop.price for stop in run.box.desired.stops] == [93]


def test_what_is_cancelled_once_a_day_is_put_back_at_once_each_day() -> None:
    """A11, C4: each was taken for one more failure of the same order, until the next look had to put it back."""
    run = opened()
    for number in range(5):
        back = run.later(DAY).know(run.ended("TP2", 0, EndReason.CANCELLED, revision=number))
        run.accept(back)

        assert run.key("TP2", number + 1) in [each.key for each in back if isinstance(each, Place)]


@pytest.mark.parametrize(("stop", "risk"), [(80, 38_000), (99, 1_000), (None, 18_000)])
def test_the_risk_open_is_that_at_the_stop_of_now(stop: int | None, risk: int) -> None:
    """I1, B14: 1,000 held at 100, 1,000 waiting at 98: a stop that was moved was reckoned where the plan had it."""
    run = opened()
    if stop is not None:
        run.step(Operate(run.box.id, ActKind.MOVE_STOP, "ann", Decimal(100), price=Decimal(stop)))

    assert view_of(run.machine.state).risk_open == risk
