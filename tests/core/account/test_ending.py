"""How a trade's end is reported, corrected, and counted against the day (I1, I10, G1)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.ending import lay_aside
from core.account.machine import restore
from core.account.state import KEPT_CLOSED
from core.alerts import StopHit
from core.commands import Place
from core.days import day
from core.desired import Phase, StopKind
from core.facts import Cause, EndReason, Filled, Funding, Price, Stream
from core.invariants import violations
from core.plan import Rules, StopAfter, StopAfterKind
from core.report import StopReport, TradeReport
from core.words import OrderSide
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven, new_state
from tests.staging import SYMBOL


def after_tp1(*after: StopAfter) -> Driven:
    """1,000 at 100, TP1 sold 850 at 110; what happens to the stop is asked for."""
    run = driven(rules=Rules(stop_after=after) if after else None)
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.answer(run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850)))
    return run


def stopped(run: Driven, price: object) -> TradeReport:
    """The stop takes the 150 that are left; a second later all else of the trade is gone."""
    run.answer(run.know(replace(run.fill("X", 150, price), key=None, cause=Cause.STOP)))
    run.later(1_000).know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ("TP2", "TP3", "TP4", "E2")))
    return run.last.closed[-1]


def stopped_unseen(run: Driven, unseen: int) -> Driven:
    """The stop takes everything at 90 while the process is down; a start looks so much later, and again."""
    fill = replace(run.fill("X", 1000, 90), key=None, cause=Cause.STOP)
    gone = [run.ended(role, 0, EndReason.VENUE) for role in ("TP1", "TP2", "TP3", "TP4")]
    records = [(entry.trade, entry.what) for entry in run.journal]
    later = run.now + unseen
    again = Driven(restore(new_state(), records, later), later, seq=run.seq)
    again.answer(again.know(Stream(up=True, at=later), again.cut(fills=[fill]), *gone))
    again.later(3_000).know(again.cut(), again.ended("E2", 0, EndReason.CANCELLED))
    return again


def at_breakeven() -> tuple[Driven, TradeReport]:
    """Stopped out at 99: 850 x 10 - 150 = 8,350 without fees."""
    run = after_tp1()
    run.know(run.stop_is("100.08"))
    return run, stopped(run, 99)


def recalled(run: Driven) -> Driven:
    """The account an hour later, from the journal, its only trade among those that closed lately."""
    records = [(entry.trade, entry.what) for entry in run.journal]
    later = run.now + 3_600_000
    return Driven(restore(new_state(), records, later, run.closed.values()), later, seq=run.seq)


def test_a_stop_that_fired_while_nobody_looked_fired_then() -> None:
    """G1, I1: found ten hours later, it ended the trade, cooled down and lost of its own day, not of the start's."""
    run = opened()
    fired = run.now
    again = stopped_unseen(run, 36_000_000)

    (report,) = again.last.closed
    assert (report.reason, report.closed_at, report.known_at) == ("stop", fired, again.now)
    assert again.machine.state.last_stop_at == fired
    assert set(again.machine.state.net_by_day) == {day(fired)}


@pytest.mark.parametrize("kind", ["breakeven_stop", "trailing_stop"])
def test_the_cooldown_begins_with_any_stop_that_fires(kind: str) -> None:
    """I1: `cooldown_after_stop` is about what the market did, and when, wherever the stop stood by then."""
    run = after_tp1(*([StopAfter(StopAfterKind.TRAIL, percent=Decimal(2))] if kind == "trailing_stop" else []))
    run.answer(run.know(Price(SYMBOL, Decimal(110), run.now)))
    run.know(run.stop_is("100.08" if kind == "breakeven_stop" else "107.8"))

    report = stopped(run, 100)

    assert (report.reason, run.machine.state.last_stop_at) == (kind, run.now - 1_000)


def test_what_is_learned_after_the_end_corrects_the_report() -> None:
    """I10, G1: 50 of funding: 8,300 in its place; ended when it ended, with the stop that it had; the day has both."""
    run, first = at_breakeven()

    run.later(3_600_000).know(Funding("f1", SLOT, Decimal(50), first.opened_at))

    assert run.last.closed == [replace(first, funding=Decimal(50), net=Decimal(8300))]
    assert (first.known_at, first.stop) == (run.now - 3_600_000, StopReport(Decimal("100.08"), StopKind.BREAKEVEN))
    assert sum(run.machine.state.net_by_day.values()) == 8300


def test_after_a_restart_it_ended_as_it_was_reported() -> None:
    """I10, G1: a second after its last execution that is known; what is learned then changes neither, nor its stop."""
    run, first = at_breakeven()
    again = recalled(run)

    again.know(Funding("f1", SLOT, Decimal(50), first.opened_at))

    assert again.last.closed == [replace(first, funding=Decimal(50), net=Decimal(8300))]
    assert list(again.machine.state.net_by_day.values()) == [Decimal(-50)]
    assert (first.closed_at, first.known_at) == (first.last_fill_at, run.now)


def test_what_is_held_after_the_end_is_nobodys() -> None:
    """I4: where the user never traded, a position without a trade is ours astray; the live audit tells, then too."""
    run, _ = at_breakeven()

    for each in (run, recalled(run)):
        found = violations(each.machine.state, each.cut(size=150))
        assert [(one.invariant, one.detail) for one in found] == [("I4", "TESTUSDT: 150 is held without a live trade")]


def test_what_is_forgotten_takes_only_its_own_keys_along() -> None:
    """rel:F31: a trade that nobody follows, with an order of a second revision; the others' orders are known still."""
    run, _ = at_breakeven()
    state = run.machine.state
    (oldest,) = state.ended.values()
    keys = [run.key("TP1", revision) for revision in (0, 1)]
    assert [state.find(key)[0] for key in keys] == [oldest, oldest]
    other = replace(oldest)
    state.keys["another's"] = (other, state.keys[keys[0]][1])
    state.leads.clear()
    state.ended.update({f"E{number}": other for number in range(KEPT_CLOSED - 1)})
    state.boxes["last"] = other

    lay_aside(state, "last")

    assert [state.find(key)[0] for key in keys] == [None, None]
    assert state.find("another's")[0] is other
    assert other.phase is Phase.CLOSED


@pytest.mark.parametrize("ours", [True, False])
def test_what_brought_a_position_that_nobody_has_is_read_for_until_it_is_listed(ours: bool) -> None:
    """C8, B10, A6, rel:F31: listed four minutes late it was passed by: ours stayed open, the user's was told."""
    run, _ = at_breakeven()
    late = run.fill("E2", 500, 98)
    late = late if ours else replace(late, key=None, cause=Cause.FOREIGN)
    for _ in range(4):
        run.later(60_000).know(run.cut(size=500))

    assert run.machine.state.cuts.since <= late.at
    run.later(60_000)
    sent = run.know(run.cut(size=500, fills=[late]))
    assert [each.quantity for each in sent if isinstance(each, Place)] == [500] * ours
    run.later(60_000).know(run.cut(size=500, fills=[late]))
    assert run.machine.state.cuts.since > late.at
    assert (SLOT in run.machine.state.owners, SLOT in run.machine.state.users) == (ours, not ours)


def test_a_stop_that_executes_in_parts_says_what_is_left() -> None:
    """D1: it told of 300 sold, as if that were all, while 700 went by the same order."""
    run = opened()
    run.know(Filled("s9", SLOT, None, OrderSide.SELL, Decimal(300), Decimal(90), Decimal(0), Cause.STOP, run.now, 9))

    (told,) = [alert.body for alert in run.alerts if isinstance(alert.body, StopHit)]
    assert [told.quantity, told.left] == [300, 700]
