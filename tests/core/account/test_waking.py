"""When strategies asked to be woken: the earliest counts, however many wait."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Tick
from core.account.machine import AccountMachine
from core.facts import Woke
from core.terms import Capabilities
from tests.driving import Driven, new_state
from tests.staging import AT, request

LIMITS = {"AUSDT": 60_000, "BUSDT": 30_000, "CUSDT": 90_000}


def three_trades() -> Driven:
    """Trades with a time limit each, the account waiting for nothing else."""
    state = new_state(capabilities=Capabilities(lossless_stream=True))
    state.leverage = dict.fromkeys(LIMITS, Decimal(10))
    run = Driven(AccountMachine(state))
    for symbol, limit in LIMITS.items():
        asked = replace(request((99,), identity=symbol), symbol=symbol, time_limit=limit, at=AT)
        run.answer(run.open(asked))
    return run


def woken(run: Driven) -> list[str]:
    """The symbols of the trades that were woken, in the order of the journal."""
    boxes = {**run.machine.state.boxes, **run.machine.state.ended}
    return [boxes[each.what.trade].trade.plan.symbol for each in run.journal if isinstance(each.what, Woke)]


def test_each_trade_is_woken_at_its_own_time_and_once() -> None:
    """B15: time limits of several trades, in whichever order they were opened."""
    run = three_trades()
    wakes = []
    for _ in range(4):
        run.step(Tick())
        wakes.append(run.last.wake)
        run.later((run.last.wake or run.now) - run.now)

    assert wakes == [AT + 30_000, AT + 60_000, AT + 90_000, None]
    assert woken(run) == ["BUSDT", "AUSDT", "CUSDT"]


def test_a_trade_that_is_gone_is_not_waited_for() -> None:
    """B15: the next one is asked for instead."""
    run = three_trades()
    state = run.machine.state
    gone = next(trade for trade, box in state.boxes.items() if box.trade.plan.symbol == "BUSDT")
    del state.boxes[gone]
    run.later(30_000).step(Tick())

    assert run.last.wake == AT + 60_000
    assert woken(run) == []
