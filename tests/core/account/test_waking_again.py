"""A trade that a fill wakes after its end was reported: flattened, whatever comes between (B10, rel:F31)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.account.inputs import Open
from core.account.machine import restore
from core.commands import Code, Command, Done, Outcome, Place, Query, Refused
from core.facts import Cause, Cut, Ended, EndReason, Filled, StopIs, Working
from core.identity import key_text
from core.words import OrderSide, Slot
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven, new_state, terms
from tests.staging import AT, request

TARGETS = ("TP1", "TP2", "TP3", "TP4")


def stopped() -> tuple[Driven, str]:
    """1,000 in at 100, stopped out at 90; every order's end is known."""
    run = opened()
    stop = replace(run.fill("S", 1000, 90), key=None, cause=Cause.STOP)
    run.know(stop, *(run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", *TARGETS)), run.stop_is(None))
    assert not run.machine.state.boxes
    return run.later(10_000), run.box_trade.plan.trade


def opened_second() -> Driven:
    """The same as `opened` after a trade of the slot that nothing filled."""
    run = driven()
    run.accept(run.open(replace(request((98,)), id="r0")))
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    return run


def reborn(run: Driven) -> Driven:
    """Killed and started anew: what was reported as closed is among the reports."""
    records = [(entry.trade, entry.what) for entry in run.journal]
    return Driven(restore(new_state(), records, run.now, run.closed.values()), run.now, seq=run.seq)


def next_trade(run: Driven) -> str:
    """The next trade of the slot: 1,000 in at 98."""
    asked = replace(request((98,)), id="r2", at=run.now)
    run.accept(run.step(Open(asked, replace(terms(), at=run.now), run.trade_id(asked))))
    box = run.box
    key, total = box.trade.lines["E1"].key, box.trade.plan.total
    run.accept(run.know(replace(run.fill("E1", total, 98), key=key), Ended(key, total, EndReason.FILLED, run.now)))
    return box.id


def flat(run: Driven) -> Cut:
    """A look that shows nothing."""
    return replace(run.cut(), stops=(StopIs(SLOT, None, run.now, run.seq),))


def test_a_fill_after_the_report_is_closed_by_the_next_life_too() -> None:
    """B10, rel:F43: E2's fill is booked, the closing order was lost with the process: asked for, then sent again."""
    run, _ = stopped()
    (closing,) = run.know(ghost := run.fill("E2", 300, 98))
    again = reborn(run.later(5_000))
    again.step()
    sent = again.know(again.later(5_000).cut(fills=[ghost], size=300))
    for _ in range(2):  # absent twice, 3 s apart (C4)
        sent = again.later(3_000).answer([each for each in (*sent, *again.step()) if isinstance(each, Query)])

    assert sent == [closing]


def test_what_was_closed_twice_counts_once_for_the_day() -> None:
    """I1, rel:I10: -10,000 were reported, then 300 bought at 98 went at 90, -2,400: the day lost 12,400."""
    run, _ = stopped()
    run.answer(run.know(run.fill("E2", 300, 98)))
    run.know(run.fill("X", 300, 90), run.ended("X", 300))

    assert [report.net for report in run.closed.values()] == [Decimal(-12_400)]
    assert sum(run.machine.state.net_by_day.values()) == -12_400


@pytest.mark.parametrize(("listed", "waits"), [(300, set()), (0, {"first"})])
def test_what_another_trades_stop_took_of_it_is_gone(listed: int, waits: set[str]) -> None:
    """B10, C8, A8: woken beside the slot's next trade, whose stop sells all 1,300, listed or not: else it closes on."""
    run, first = stopped()
    second = next_trade(run)
    closing = run.know(replace(run.fill("E2", 300, 98), key=key_text("main", first, "E2", 0)))
    total = run.machine.state.boxes[second].trade.plan.total
    run.answer(run.know(replace(run.fill("S", total + listed, 90), key=None, cause=Cause.STOP)))
    run.answer(closing, gone := Refused(Code.FLAT, "nothing is held"))
    run.know(*(Ended(key_text("main", second, role, 0), Decimal(0), EndReason.VENUE, run.now) for role in TARGETS))
    assert {"first" if trade == first else trade for trade in run.machine.state.boxes} == waits
    for _ in range(3):
        again = run.later(3_000).know(flat(run))
        run.answer(again, *(gone for _ in again))

    assert run.machine.state.boxes == {}


def test_what_it_holds_beside_the_slots_owner_is_no_hand_of_the_users() -> None:
    """B11, C8, A8: E2's 300 wait for their closing order: two looks show 1,300, and 1,000 are the owner's."""
    run, first = stopped()
    second = next_trade(run)
    ghost = replace(run.fill("E2", 300, 98), key=key_text("main", first, "E2", 0))
    run.know(ghost)
    ladder = zip(TARGETS, (850, 50, 50, 50), strict=True)
    orders = [replace(run.working(role, size), key=key_text("main", second, role, 0)) for role, size in ladder]
    for _ in range(2):
        run.know(run.later(3_000).cut(orders=orders, fills=[ghost], size=1300))

    assert run.machine.state.boxes[second].trade.ledger.foreign == 0
    assert "external_change" not in [alert.kind for alert in run.alerts]


def test_a_late_fill_of_which_only_its_orders_end_is_known_is_no_hand_of_the_users() -> None:
    """B11, C8, 8.2, rel:F31: E2 is said to have filled 300 after its trade's end, and no look lists it for minutes.

    Two looks show 1,300 and only 1,000 are the owner's. Once it is listed, however late, it is flattened (B10).
    """
    run, first = stopped()
    second = next_trade(run)
    key = key_text("main", first, "E2", 0)
    run.know(replace(run.ended("E2", 300), key=key))
    ghost = replace(run.fill("E2", 300, 98), key=key)
    own = [fact for _, _, fact in run.machine.state.boxes[second].history if isinstance(fact, Filled)]
    for _ in range(3):
        run.know(run.later(40_000).cut(fills=own, size=1300))

    assert run.machine.state.boxes[second].trade.ledger.foreign == 0
    assert run.machine.state.cuts.since <= ghost.at  # the next look reads it still
    (closing,) = [each for each in run.know(run.cut(fills=[ghost], size=1300)) if isinstance(each, Place)]
    assert (closing.key, closing.quantity) == (key_text("main", first, "X", 0), Decimal(300))


@pytest.mark.parametrize(("later", "orphans"), [(-1, 0), (0, 1)])
def test_what_a_forgotten_trade_executed_before_the_start_is_no_orphan(later: int, orphans: int) -> None:
    """C7, rel:F43: the first looks of a life read from a live trade's start on, and list many that are over."""
    run, first = stopped()
    old = replace(run.fill("E1", 5, 100), execution="old", at=run.now + later)
    again = Driven(restore(new_state(), [], run.now), run.now, seq=run.seq)
    again.machine.state.known.add(first)
    again.step()
    sent = again.know(again.cut()) + again.know(again.cut(fills=[old]))

    assert len(sent) == [alert.kind for alert in again.alerts].count("orphan_found") == orphans


@pytest.mark.parametrize("outcome", [Done(), Refused(Code.BUSY, "too busy")])
def test_what_woke_by_an_order_that_was_cancelled_as_nobodys_ends_with_the_answer(outcome: Outcome) -> None:
    """B10, C7, C8: E2's frames woke its trade and cancelled E2; all is closed when the answer comes, after X's end."""
    run, first = stopped()
    ghost, e2 = run.fill("E2", 300, 98), key_text("main", first, "E2", 0)
    shown = Working(e2, SLOT, OrderSide.BUY, Decimal(1000), Decimal(98), Decimal(300), run.now, Decimal(90))
    cancel, closing = run.know(ghost, shown, Ended(e2, Decimal(300), EndReason.VENUE, run.now))
    run.know(run.fill("X", 300, 99), run.ended("X", 300), run.stop_is(None))
    run.answer([closing])
    run.answer([cancel], outcome)

    assert run.machine.state.boxes == {}


@pytest.mark.parametrize("listed_first", [False, True])
def test_what_a_hand_did_unheard_while_a_trade_was_on_is_its_own_after_its_end(listed_first: bool) -> None:
    """B10, B11, rel:F31: bought unheard, sold again: else a late fill counted against what he had never sold short."""
    run = driven()
    run.accept(run.open(request((98,))))
    bought, sold = (
        Filled(name, SLOT, None, side, Decimal(200), Decimal(99), Decimal(0), Cause.FOREIGN, run.now, seq)
        for name, side, seq in (("unheard", OrderSide.BUY, 1), ("heard", OrderSide.SELL, 2))
    )
    ghost = run.fill("E1", 150, 98, seq=3)
    run.know(sold, run.ended("E1", 0, EndReason.CANCELLED))
    assert not run.machine.state.boxes
    sent: list[Command] = []
    for facts in ((bought, sold), (ghost,)) if listed_first else ((ghost,), (bought, sold)):
        sent = run.later(1_000).know(*facts)

    assert [(each.reduce_only, each.quantity) for each in sent if isinstance(each, Place)] == [(True, Decimal(150))]


@pytest.mark.parametrize("begin", [opened, opened_second])
def test_a_stop_that_is_listed_after_what_sold_once_more_is_its_trades(begin: Callable[[], Driven]) -> None:
    """B10, rel:I10 (seed 17997572304): down for a minute, stopped out, a dead E2 filled, and the start sold that."""
    run = begin()
    stop = replace(run.fill("S", 1000, 90, seq=5), key=None, cause=Cause.STOP)
    ghost, sold = run.fill("E2", 1000, 98, seq=6), run.fill("X", 1000, 95, seq=8)
    run.know(sold, *(run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", *TARGETS)), run.ended("X", 1000))
    assert not run.machine.state.boxes

    run.later(1_000).know(replace(run.cut(fills=[stop, ghost, sold]), positions=()))
    run.later(1_000).know(replace(run.cut(fills=[stop, ghost, sold]), positions=()))

    ledger = list(run.machine.state.ended.values())[-1].trade.ledger
    assert (int(ledger.position), int(ledger.foreign)) == (0, 0)
    assert (int(ledger.entered), int(ledger.stopped)) == (2000, 1000)
    assert not run.machine.state.boxes


def test_a_stop_of_what_a_user_bought_after_its_end_is_not_its_own() -> None:
    """B11, G1: the trade held nothing any more, so it is the user's loss."""
    run, _ = stopped()

    run.later(60_000).know(replace(run.fill("S", 300, 80), key=None, cause=Cause.STOP))

    assert (int(run.box_trade.ledger.stopped), int(run.box_trade.ledger.foreign)) == (1000, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"slot": Slot("OTHERUSDT", 0)},
        {"side": OrderSide.BUY},
        {"quantity": Decimal(1001)},
        {"at": AT - 1},
        {"side": OrderSide.BUY, "cause": Cause.FOREIGN},
    ],
)
def test_what_closed_something_else_meanwhile_is_not_its_own(change: Mapping[str, Any]) -> None:
    """B11, G1, B10: another symbol's, the other way, more than it held, before it began, or bought: the user's."""
    run = opened()
    stop = replace(run.fill("S", 1000, 90, seq=5), key=None, cause=Cause.STOP)
    gone = [run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", *TARGETS)]
    run.know(run.fill("X", 1000, 95, seq=8), *gone, run.ended("X", 1000))
    before = run.box_trade.ledger

    run.later(1_000).know(replace(stop, **change))

    assert run.box_trade.ledger == before
    assert not run.machine.state.boxes
