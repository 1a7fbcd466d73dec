"""What is told of a stop that stood at the venue before the process knew why (B9, rel:I8)."""

from decimal import Decimal

from core.alerts import StopMoved
from tests.core.account.test_sequences import opened


def test_a_stop_that_was_moved_before_the_start_is_told_once_its_take_profit_is_booked() -> None:
    """B9, rel:I8, rel:F43: the process died as breakeven was set, and lost TP1's fill with it: both are found."""
    run = opened()
    run.know(run.fill("TP1", 850, 110, seq=8), run.ended("TP1", 850))
    assert run.box.desired is not None
    breakeven = run.box.desired.stops[0].price
    run.journal = [entry for entry in run.journal if getattr(entry.what, "key", None) != run.key("TP1")]
    again = run.restarted()

    again.know(again.stop_is(breakeven))
    assert again.box.desired is not None
    assert again.box.desired.stops[0].price == 90
    again.know(again.fill("TP1", 850, 110, seq=8), again.ended("TP1", 850), again.stop_is(breakeven))

    moved = [each.body for each in again.alerts if isinstance(each.body, StopMoved)]
    assert [(each.old, each.new) for each in moved] == [(Decimal(90), breakeven)]
