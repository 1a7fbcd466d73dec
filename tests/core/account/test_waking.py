"""When strategies asked to be woken: the earliest counts, however many wait."""

import gc
import sys
from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Known, Tick
from core.account.machine import AccountMachine
from core.commands import Cancel
from core.facts import StopIs, Woke
from core.plan import Rules
from core.terms import Capabilities
from tests.driving import Driven, driven, new_state
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


def work(trades: int) -> int:
    """How many calls one step makes that touches one of so many trades, each of which waits for its time."""
    state = new_state(capabilities=Capabilities(lossless_stream=True))
    symbols = [f"S{number}USDT" for number in range(trades)]
    state.leverage = dict.fromkeys(symbols, Decimal(10))
    run = Driven(AccountMachine(state))
    for symbol in symbols:
        run.answer(run.open(replace(request((99,), identity=symbol), symbol=symbol, time_limit=60_000)))
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    first = StopIs(run.box.trade.plan.slot, Decimal(80), AT, 1)
    gc.disable()  # a search for garbage in the middle calls back whoever listens to it: no work of the step's
    sys.setprofile(count)
    effects = run.machine.step((Known((first,)),), run.now)
    sys.setprofile(None)
    gc.enable()
    assert effects.wake == AT + 60_000
    return calls


def test_a_step_does_not_work_for_trades_that_nothing_touched() -> None:
    """A decision costs the same whether two or twenty trades wait for a time."""
    assert work(2) == work(20)


def test_a_time_that_came_before_any_fill_is_known_to_the_next_life() -> None:
    """B15, rel:F43: the entry's time was over and its cancel on the way: it came after no execution."""
    run = driven(rules=Rules(entry_ttl=60_000))
    run.accept(run.open(request((98,))))
    assert [type(each) for each in run.later(60_000).step()] == [Cancel]

    again = run.restarted()

    assert again.box.strategy.desired(again.box.trade).wants == ()
