"""What is wished for a trade whose strategy can't say: its exits, its end, and nothing that would ask it again."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Operate, Tick
from core.account.machine import AccountMachine
from core.account.state import KEPT_CLOSED
from core.commands import Cancel, Place
from core.desired import Desired, Phase
from core.engine.guarded import Guarded, kept
from core.facts import ActKind, Cause, EndReason, Filled
from core.plan import Plan, Rules
from core.request import FixedQuantity
from core.trade import Trade
from plugins.strategies.conservative.strategy import Conservative
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, new_state
from tests.staging import request

WHOLE = Conservative("conservative", Rules())
WORKING = ("TP1", "TP2", "TP3", "TP4", "E2")


class Moody(Conservative):
    """A strategy that fails on demand; what it can't begin it plans all the same."""

    def __init__(self, *, begins: bool = True) -> None:
        """Whole at first."""
        super().__init__("conservative", Rules())
        self.fails, self.begins = False, begins

    def begin(self, plan: Plan) -> object:
        """As the whole one, if at all."""
        if not self.begins:
            raise ZeroDivisionError(plan.trade)
        return super().begin(plan)

    def desired(self, trade: Trade) -> Desired:
        """As the whole one, unless it fails."""
        if self.fails:
            raise ZeroDivisionError(trade.plan.trade)
        return super().desired(trade)


def fired(run: Driven, quantity: int) -> None:
    """The stop sells so much."""
    closing = run.box_trade.plan.closing
    run.know(Filled("s1", SLOT, None, closing, Decimal(quantity), Decimal(90), Decimal(0), Cause.STOP, 9, 9))


def guarding(moody: Moody) -> Driven:
    """An account whose strategy is that one."""
    state = new_state()
    state.strategies = {"conservative": Guarded(moody, state.tell)}
    return Driven(AccountMachine(state))


def test_a_plan_whose_state_can_not_begin_opens_nothing() -> None:
    """rel:F58: known before anything leaves; else the first fill would meet a trade that nobody manages."""
    run = guarding(Moody(begins=False))

    assert run.open(TWO_LEGS) == []
    assert run.machine.state.boxes == {}


def test_nothing_wakes_a_strategy_that_can_not_say() -> None:
    """rel:F58: a time or a price that has passed would have it asked again at every step, and each price journaled."""
    run = opened()
    last = WHOLE.desired(run.box_trade)._replace(wake=1, below=Decimal(200), above=Decimal(1))
    wishes = kept(run.box_trade, last)

    assert (wishes.wake, wishes.below, wishes.above) == (None, None, None)
    assert [want.role for want in wishes.wants] == ["TP1", "TP2", "TP3", "TP4"]
    assert wishes.stops == last.stops


def test_what_is_being_closed_goes_on_being_closed_behind_its_stop() -> None:
    """rel:F58, I1: it fails in the middle of a close that it wished for itself."""
    run = opened()
    last = WHOLE.desired(run.box_trade)
    wishes = kept(run.box_trade, last._replace(reason="manual", phase=Phase.CLOSING))

    assert [(want.role, int(want.total), want.price) for want in wishes.wants] == [("X", 1000, None)]
    assert (wishes.reason, wishes.stops) == ("manual", last.stops)


def test_what_a_stop_left_goes_at_market_though_nobody_can_say() -> None:
    """rel:F58, B10: it fired in part while the strategy failed, and no wish is known."""
    run = opened()
    fired(run, 400)
    wishes = kept(run.box_trade, None)

    assert [(want.role, int(want.total)) for want in wishes.wants] == [("X", 600)]
    assert wishes.reason == "stop"


def test_targets_that_died_before_are_counted_when_they_stay_as_they_work() -> None:
    """rel:F58, B5: TP1 was cut off at 400 by the venue and placed again for 450: it is not shrunk to what is left."""
    run = opened()
    run.accept(run.know(run.fill("TP1", 400, 110), run.ended("TP1", 400, EndReason.VENUE)))
    wishes = kept(run.box_trade, None)

    assert {want.role: want.total for want in wishes.wants}["TP1"] == 850


def test_a_close_counts_what_it_has_sold_already() -> None:
    """rel:F58, 8.2: the venue ends the closing order after 400 of 1,000: the next one sells the other 600."""
    moody = Moody()
    run = guarding(moody)
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    moody.fails = True
    run.answer(run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me")))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in WORKING))
    run.know(run.fill("X", 400, 100), run.ended("X", 400, EndReason.VENUE))
    run.later(60_000).step(Tick())

    assert [each.quantity for each in run.sent if isinstance(each, Place) and each.key == run.key("X", 1)][:1] == [600]


def test_a_trade_that_never_filled_can_be_closed_though_nobody_can_say() -> None:
    """rel:F58, B10: its entry is taken back, and it is over."""
    moody = Moody()
    run = guarding(moody)
    run.accept(run.open(request((98,), size=FixedQuantity(Decimal(2000)))))
    moody.fails = True
    sent = run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me"))
    assert Cancel(run.key("E1"), SLOT) in sent
    run.answer(sent)
    run.know(run.ended("E1", 0, EndReason.CANCELLED))

    assert run.machine.state.boxes == {}
    assert [report.reason for report in run.last.closed] == ["manual"]


def test_a_trade_that_was_done_ends_as_it_was_though_nobody_can_say_any_more() -> None:
    """rel:F58, G2: it fails while the targets of a trade that its stop closed are taken back."""
    run = opened()
    guard = Guarded(moody := Moody(), lambda *_: None)
    fired(run, 1000)
    before = guard.desired(run.box_trade)
    moody.fails = True

    assert (before.done, before.reason) == (True, "stop")
    assert guard.desired(run.box_trade).reason == "stop"


def test_of_trades_that_are_long_over_nothing_is_kept() -> None:
    """DESIGN 4: a service that runs for months does not grow by each trade."""
    run = opened()
    fired(run, 1000)
    guard, trade = Guarded(Moody(), lambda *_: None), run.box_trade
    for number in range(KEPT_CLOSED + 5):
        guard.desired(replace(trade, plan=replace(trade.plan, trade=f"T{number}")))

    assert len(guard._wishes) == KEPT_CLOSED  # noqa: SLF001 - what is kept is to be seen nowhere else
