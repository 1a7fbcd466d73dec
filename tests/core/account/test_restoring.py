"""What a restart knows, and what it does again because nobody wrote it down."""

from core.account.inputs import Known
from core.commands import Place, SetLeverage
from tests.driving import driven
from tests.staging import request


def test_the_leverage_is_set_again_before_entries_that_never_left() -> None:
    """B4, rel:F43: killed between the plan and the leverage: no entry leaves before the leverage is known."""
    began = driven()
    began.machine.state.leverage.clear()
    began.open(request(("market", 98)))
    began.journal = [entry for entry in began.journal if entry.trade is not None][:1]
    again = began.restarted()
    again.machine.state.leverage.clear()

    first = again.step(Known((again.cut(),)))
    assert [type(each) for each in first] == [SetLeverage]
    assert [type(each) for each in again.accept(first)] == [Place, Place]
