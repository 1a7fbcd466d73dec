"""What the user switches in the exchange's app: a symbol's leverage (B4), or its position mode (rel:F34)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.commands import Cancel, Code, Done, Place, Refused, SetLeverage, Unknown
from core.facts import ActKind, EndReason, LeverageIs, PositionIs
from tests.core.account.test_asking import absent
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven, driven
from tests.staging import SYMBOL, request


def closed(run: Driven, leverage: int | None) -> None:
    """The trade ends; the last row of its position shows this leverage."""
    sent = run.step(Operate(run.box.id, ActKind.CLOSE, "me"))
    run.accept([each for each in sent if isinstance(each, Place | Cancel)])
    flat = PositionIs(SLOT, Decimal(0), run.now, 9, leverage=None if leverage is None else Decimal(leverage))
    gone = [run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", "TP1", "TP2", "TP3", "TP4")]
    run.know(*gone, run.fill("X", 1000, 99, seq=9), run.ended("X", 1000), flat)


@pytest.mark.parametrize(("shown", "sent"), [(50, [SetLeverage]), (10, [Place]), (None, [Place])])
def test_a_leverage_that_the_user_changed_is_set_before_the_next_trade(shown: int | None, sent: list[type]) -> None:
    """B4: only a position's rows tell of it; at the user's 50 an isolated position would be gone before its stop."""
    run = opened()
    closed(run, shown)

    assert [type(each) for each in run.open(request(("market",), identity="r2"))] == sent


def test_a_leverage_that_the_user_changed_while_the_entry_waits_is_set_again() -> None:
    """B4: the venue was busy, the user went to 50 meanwhile; the entry left at 50 (storm 52000026398)."""
    run = driven()
    (entry,) = run.open(request(("market",)))
    run.answer([entry], Refused(Code.BUSY, "try again"))

    sent = run.know(PositionIs(SLOT, Decimal(0), run.now, 9, leverage=Decimal(50)))

    assert [type(each) for each in sent] == [SetLeverage]
    assert [type(each) for each in run.later(5_000).accept(sent)] == [Place]


def test_a_row_that_is_older_than_what_was_shown_says_nothing_of_the_leverage() -> None:
    """B4, rel:F20: a look reads from before the user put the leverage back."""
    run = opened()
    now = PositionIs(SLOT, Decimal(1000), run.now, 8, leverage=Decimal(50))
    run.know(now, replace(now, at=run.now - 5_000, leverage=Decimal(10)))

    assert run.machine.state.leverage[SLOT.symbol] == 50


def test_a_row_whose_size_an_execution_has_outrun_tells_of_the_leverage_all_the_same() -> None:
    """B4, rel:F20: the entry's row, 50 in it, came after the exit's fill; trade two left at 50 (seed 1795315116)."""
    run = opened()
    row = PositionIs(SLOT, Decimal(1000), run.later(500).now, 8, leverage=Decimal(50))
    closed(run, None)

    run.know(row)

    assert run.machine.state.slots[SLOT].size == 0
    assert [type(each) for each in run.open(request(("market",), identity="r2"))] == [SetLeverage]


def test_a_row_without_an_age_says_nothing_of_the_leverage_where_executions_have_one() -> None:
    """B4, rel:F20: a list that leaves a flat slot's age out may be from before our own leverage was set."""
    run = opened()

    run.know(PositionIs(SLOT, Decimal(0), run.later(500).now, -1, leverage=Decimal(50)))

    assert run.machine.state.leverage[SLOT.symbol] == 10


def test_an_entry_in_a_mode_that_was_switched_meanwhile_is_given_up() -> None:
    """rel:F34, A5: nothing is switched back, nothing tried again: it is told, and the trade is over."""
    run = driven()
    (entry,) = run.open(request(("market",)))

    sent = run.answer([entry], Refused(Code.MODE, "position idx not match position mode"))

    assert sent == []
    assert [alert.kind for alert in run.last.alerts][:1] == ["entry_failed"]
    assert run.machine.state.boxes == {}


def test_an_older_word_of_the_leverage_that_arrives_late_says_nothing() -> None:
    """B4, rel:F20: ours of before the user's 50 came after it; what was merged then left at 50 (seed 36840250584)."""
    run = opened()
    ours = LeverageIs(SLOT.symbol, Decimal(10), run.now)
    run.know(PositionIs(SLOT, Decimal(1000), run.later(3_000).now, 8, leverage=Decimal(50)))

    run.know(ours)

    assert run.machine.state.leverage[SLOT.symbol] == 50


def test_an_entry_that_never_arrived_leaves_again_at_the_trades_own_leverage() -> None:
    """B4, C1: the request got lost, the user went to 50 before that was known (seed 36840251950)."""
    run = driven()
    sent = run.open(request(("market",)))
    run.answer(sent, Unknown("no answer"))

    again = run.know(PositionIs(SLOT, Decimal(0), run.now, 9, leverage=Decimal(50)))

    assert [type(each) for each in again] == [SetLeverage]
    run.accept(again)
    assert [type(each) for each in absent(run, 2_000, 3_000)] == [Place]


def test_a_leverage_that_a_venue_tells_of_whose_clock_is_ahead_is_set_once() -> None:
    """B4, C4: its row counted as newer than the answer to ours, which was sent as fast as the venue answered."""
    run = driven()
    (entry,) = run.open(request(("market",)))
    run.answer([entry], Refused(Code.BUSY, "try again"))
    sent = run.know(PositionIs(SLOT, Decimal(0), run.now + 2_000, 9, leverage=Decimal(50)))
    assert [type(each) for each in sent] == [SetLeverage]

    assert run.later(100).answer(sent) == []
    assert [type(each) for each in run.later(5_000).step()] == [Place]


def test_entries_leave_as_soon_as_somebody_else_has_set_the_leverage() -> None:
    """B4: the venue was too busy to set it, and is not asked again before the entry leaves."""
    run = driven()
    run.machine.state.leverage.clear()
    asked = run.open(request())
    assert run.answer(asked, Refused(Code.BUSY, "too busy")) == []

    assert [type(each) for each in run.know(LeverageIs(SYMBOL, Decimal(10), run.now))] == [Place]


@pytest.mark.parametrize("ahead", [-20_000, 0, 20_000])
def test_a_leverage_changed_after_we_set_it_is_known_whatever_the_venues_clock_says(ahead: int) -> None:
    """B4, rel:F05: for as long as its clock differed from ours the user's 50 counted as older; an entry left at it."""
    run = driven()
    run.machine.state.leverage.clear()
    sent = run.open(request(("market",)))
    assert [type(each) for each in sent] == [SetLeverage]
    run.answer(sent, Done((LeverageIs(SLOT.symbol, Decimal(10), run.now + ahead),)))

    run.later(1_000).know(PositionIs(SLOT, Decimal(0), run.now + ahead, 9, leverage=Decimal(50)))

    assert run.machine.state.leverage[SLOT.symbol] == 50
