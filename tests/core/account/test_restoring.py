"""What a restart knows, and what it does again because nobody wrote it down."""

from core.account.inputs import Known
from core.account.machine import restore
from core.commands import Place, SetLeverage
from core.desired import Desired, Phase
from core.facts import Sent, Working
from core.trade import Trade
from plugins.strategies.conservative.strategy import Conservative
from tests.driving import driven, new_state
from tests.staging import request


class Asked(Conservative):
    """Counts how often it was asked for wishes."""

    times = 0

    def desired(self, trade: Trade) -> Desired:
        """As ever."""
        self.times += 1
        return super().desired(trade)


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


def test_wishes_are_not_asked_for_at_every_order_that_left_or_works() -> None:
    """rel:R5, B12: a start asks where a phase may have moved; orders are most of a journal, and none moves it."""
    began = driven()
    began.accept(began.open(request((98,))))
    began.accept(began.know(began.fill("E1", 300, 98)))
    began.accept(began.know(began.fill("TP1", 255, 104), began.ended("TP1", 255)))
    state = new_state()
    asked = Asked("conservative", began.box_trade.plan.rules)
    state.strategies = {"conservative": asked}
    records = [(entry.trade, entry.what) for entry in began.journal]

    restore(state, records, began.now)

    orders = [what for _, what in records if isinstance(what, Sent | Working)]
    assert state.boxes[began.box.id].phase is began.box.phase is Phase.PROFIT_TAKING
    assert len(orders) > 5
    assert asked.times == len(records) - len(orders) + 1
