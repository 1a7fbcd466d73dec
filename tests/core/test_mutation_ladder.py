"""What was decided about a ladder trade, and what follows: each act, time, price and closing reason (B10, B14, G2)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.desired import Desired, Phase
from core.facts import Act, ActKind, Cause, EndReason, Fact, Filled, Reached, Woke
from core.instrument import Instrument
from core.ladder_closing import closing_reason, phase_of
from core.ladder_entries import entries_alive
from core.ladder_state import LadderState, after, missed, plan_risk, reserved
from core.ladder_wishes import desired
from core.ledger import book, empty
from core.money import HUNDRED, ONE, ZERO
from core.plan import Leg, Level, Plan, Rules, StopAfter, StopAfterKind
from core.request import EntrySpec, MarginPercent, Request
from core.trade import Line, LineState, Trade
from core.words import Environment, Side, Slot

SLOT = Slot("XUSDT", 0)
STEP = Decimal("0.1")
LOTS = Instrument(
    symbol="XUSDT", tick=STEP, step=STEP, min_quantity=STEP, min_notional=ZERO, max_leverage=HUNDRED
)  # fmt: skip
PLAN = Plan(
    trade="7K3QX9A2MD",
    account="main",
    environment=Environment.PAPER,
    request=Request(
        id="r1",
        strategy="conservative",
        symbol="XUSDT",
        side=Side.LONG,
        entries=(EntrySpec(None), EntrySpec(Decimal(95))),
        take_profits=(Decimal(110), Decimal(120)),
        stop=Decimal(90),
        leverage=ONE,
        size=MarginPercent(ONE),
        at=0,
    ),
    slot=SLOT,
    instrument=LOTS,
    legs=(Leg("E1", None, Decimal(10), ONE), Leg("E2", Decimal(95), Decimal(10), ONE)),
    levels=(Level("TP1", Decimal(110), Decimal(80)), Level("TP2", Decimal(120), Decimal(20))),
    stop=Decimal(90),
    leverage=ONE,
    margin=ZERO,
    market=HUNDRED,
    taker=ZERO,
    maker=ZERO,
    at=1_000,
    rules=Rules(entry_ttl=50, time_limit=100),
)
CLOSED = LadderState(closing="manual", closing_by="ann")
MOVED = LadderState(moved=(Decimal(96), 4), stop_by="ann")


def trade(*fills: tuple[str, str], own: LadderState | None = None, plan: Plan = PLAN, **lines: Line) -> Trade:
    """The trade after (who, quantity) at 100, each a role, or a cause of what wasn't ours."""
    ledger = empty(plan.side.opening)
    for seq, (who, quantity) in enumerate(fills):
        role = who if who.isupper() or who.startswith("TP") else None
        way = plan.opening if who.startswith("E") else plan.closing
        cause = Cause.ORDER if role else Cause(who)
        fill = Filled(f"x{seq}", SLOT, role, way, Decimal(quantity), HUNDRED, ZERO, cause, seq, seq)
        ledger = book(ledger, fill, role)
    return Trade(plan, ledger, lines, own or LadderState())


def act(kind: ActKind, role: str = "", price: str = "0", quantity: str = "0", reason: str = "") -> Act:
    """A decision of ann's."""
    return Act(PLAN.trade, kind, 5, 4, role, Decimal(price), Decimal(quantity), reason, "ann")


@pytest.mark.parametrize(
    ("before", "fact", "expected"),
    [
        (LadderState(), act(ActKind.CLOSE, reason="manual"), CLOSED),
        (CLOSED, act(ActKind.CLOSE, reason="external"), CLOSED),
        (LadderState(), act(ActKind.MOVE_STOP, price="96"), MOVED),
        (LadderState(), act(ActKind.CANCEL_ENTRIES), LadderState(entries_cancelled="operator")),
        (LadderState(), act(ActKind.CANCEL_ENTRIES, reason="ann"), LadderState(entries_cancelled="ann")),
        (LadderState(entries_cancelled="a"), act(ActKind.CANCEL_ENTRIES), LadderState(entries_cancelled="a")),
        (LadderState(), act(ActKind.LEADER_TP1), LadderState(leader_tp1=True)),
        (LadderState(), act(ActKind.PROTECT_AGAIN), LadderState()),
        (
            LadderState(targets=(("TP1", ONE), ("TP2", ONE))),
            act(ActKind.MOVE_TARGET, role="TP1", price="112"),
            LadderState(targets=(("TP2", ONE), ("TP1", Decimal(112)))),
        ),
        (
            LadderState(reduced=(("R1", ONE, "me"),)),
            act(ActKind.REDUCE, role="R2", quantity="3"),
            LadderState(reduced=(("R1", ONE, "me"), ("R2", Decimal(3), "ann"))),
        ),
        (LadderState(), Woke(PLAN.trade, 1_049), LadderState()),
        (LadderState(), Woke(PLAN.trade, 1_050), LadderState(entries_cancelled="expired")),
        (LadderState(), Woke(PLAN.trade, 1_100), LadderState(closing="time_limit", closing_by="plan")),
        (CLOSED, Woke(PLAN.trade, 1_100), replace(CLOSED, entries_cancelled="expired")),
        (LadderState(), Reached(PLAN.trade, Decimal("109.9"), 5), LadderState()),
        (LadderState(), Reached(PLAN.trade, Decimal(110), 5), LadderState(closing="expired", closing_by="missed")),
        (CLOSED, Reached(PLAN.trade, Decimal(110), 5), CLOSED),
    ],
)
def test_each_fact_changes_what_it_is_about(before: LadderState, fact: Fact, expected: LadderState) -> None:
    """B10, B14, B15: the first closing reason stays, and nothing else moves with a decision."""
    assert after(trade(own=before), fact) == expected


@pytest.mark.parametrize(
    ("fills", "own", "reason"),
    [
        ((), LadderState(), ""),
        ((("E1", "10"),), LadderState(), ""),
        ((("E1", "10"),), CLOSED, "manual"),
        ((("E1", "10"), ("liquidation", "10")), LadderState(), "liquidation"),
        ((("E1", "10"), ("adl", "10")), LadderState(), "adl"),
        ((("E1", "10"), ("foreign", "10")), LadderState(), "external"),
        ((("E1", "10"), ("TP1", "10")), LadderState(), "all_tps"),
        ((("E1", "10"), ("R1", "10")), LadderState(), "manual"),
        ((("E1", "10"), ("X", "1")), LadderState(), "manual"),
        ((("E1", "10"), ("stop", "1")), LadderState(), "stop"),
        ((("E1", "10"), ("stop", "10")), MOVED, "stop"),
        ((), LadderState(entries_cancelled="expired"), "expired"),
        ((), LadderState(entries_cancelled="operator"), "manual"),
        ((("E1", "10"), ("stop", "10")), LadderState(closing="followed_main"), "stop"),
        ((("E1", "10"), ("X", "10")), LadderState(closing="followed_main"), "followed_main"),
        ((("E1", "10"),), LadderState(closing="followed_main"), "followed_main"),
    ],
)
def test_why_a_trade_closes(fills: tuple[tuple[str, str], ...], own: LadderState, reason: str) -> None:
    """G2: by decision, else by what took the position, else by why nothing was ever filled."""
    asked = trade(*fills, own=own)

    assert closing_reason(asked) == reason
    assert (phase_of(asked) is Phase.CLOSING) is bool(reason)


@pytest.mark.parametrize(
    ("why", "given_up", "reason"),
    [
        (EndReason.REJECTED, False, "rejected"),
        (EndReason.VENUE, False, "rejected"),
        (EndReason.CANCELLED, False, "external"),
        (EndReason.CANCELLED, True, "rejected"),
    ],
)
def test_why_nothing_was_filled(why: EndReason, given_up: bool, reason: str) -> None:
    """G2: refused by the venue, or cancelled by somebody else."""
    gone = Line("E1", state=LineState.ENDED, why=why, given_up=given_up)
    asked = trade(E1=gone, E2=replace(gone, role="E2"))

    assert not entries_alive(asked)
    assert closing_reason(asked) == reason


def test_closing_takes_what_is_left_to_the_last_lot() -> None:
    """B10: half a coin is a position; one order at market closes it, counted with what such orders executed before."""
    wish = desired(trade(("E1", "10"), ("X", "9.5"), own=CLOSED))

    (want,) = wish.wants
    assert (want.role, want.total, want.price, want.reduce_only) == ("X", Decimal(10), None, True)
    assert (wish.phase, wish.done, wish.reason, len(wish.stops)) == (Phase.CLOSING, False, "manual", 1)


def test_nothing_left_is_done_with_its_reason() -> None:
    """B10, G2: no order, no stop, and why."""
    done = Desired((), (), Phase.CLOSING, done=True, reason="manual")

    assert desired(trade(("E1", "10"), ("X", "10"), own=CLOSED)) == done
    assert desired(trade(own=CLOSED)) == done


def test_before_the_first_fill_it_waits_for_time_and_tp1() -> None:
    """B15: both entries with the stop attached; woken at the first of the times, and where TP1 would be missed."""
    wish = desired(trade())

    assert [(want.role, want.total, want.stop, want.once) for want in wish.wants] == [
        ("E1", Decimal(10), Decimal(90), True),
        ("E2", Decimal(10), Decimal(90), True),
    ]
    assert (wish.wake, wish.below, wish.above, wish.phase) == (1_050, None, Decimal(110), Phase.BUILDING)


def test_without_entries_only_the_time_limit_wakes() -> None:
    """B15: once the entries are cancelled their time is of no interest; the targets share what is held."""
    wish = desired(trade(("E1", "10"), own=LadderState(entries_cancelled="operator")))

    assert [(want.role, want.total, want.price) for want in wish.wants] == [
        ("TP1", Decimal(8), Decimal(110)),
        ("TP2", Decimal(2), Decimal(120)),
    ]
    assert (wish.wake, wish.below, wish.above, wish.phase) == (1_100, None, None, Phase.MONITORING)


def test_moved_target_is_only_that_one() -> None:
    """B14: TP2 goes where the hand put it, TP1 stays the plan's."""
    own = LadderState(targets=(("TP2", Decimal(125)),), entries_cancelled="operator")

    assert [want.price for want in desired(trade(("E1", "10"), own=own)).wants] == [Decimal(110), Decimal(125)]


def test_partial_close_keeps_its_part_from_the_targets() -> None:
    """B14: three of ten reserved, one of them executed: the targets share the seven that stay."""
    own = LadderState(reduced=(("R1", Decimal(3), "me"),), entries_cancelled="operator")
    asked = trade(("E1", "10"), ("R1", "1"), own=own)

    assert reserved(asked) == 2
    assert [(want.role, want.total) for want in desired(asked).wants] == [
        ("R1", Decimal(3)),
        ("TP1", Decimal("5.6")),
        ("TP2", Decimal("1.4")),
    ]


@pytest.mark.parametrize(
    ("best", "above"), [(None, "0"), (Decimal(115), "115.125")]
)  # a step of the trail: 0.1 x 100 / 80
def test_trail_asks_for_the_next_better_price(best: Decimal | None, above: str) -> None:
    """B15: the first price at once, then one that moves the stop by a tick."""
    row = StopAfter(StopAfterKind.TRAIL, percent=Decimal(20))
    plan = replace(PLAN, rules=replace(PLAN.rules, stop_after=(row,)))
    hit = Line("TP1", state=LineState.ENDED, quantity=Decimal(8), filled=Decimal(8), complete=True)
    wish = desired(trade(("E1", "10"), ("TP1", "8"), own=LadderState(best=best), plan=plan, TP1=hit))

    assert (wish.below, wish.above, wish.phase) == (None, Decimal(above), Phase.PROFIT_TAKING)
    assert [(want.role, want.total) for want in wish.wants] == [("TP2", Decimal(2))]


@pytest.mark.parametrize(
    ("side", "best", "last", "expected"),
    [
        (Side.LONG, None, "115", "115"),
        (Side.LONG, "115", "116", "116"),
        (Side.LONG, "115", "114", "115"),
        (Side.SHORT, "85", "84", "84"),
        (Side.SHORT, "85", "86", "85"),
    ],
)
def test_trail_remembers_the_best_price(side: Side, best: str | None, last: str, expected: str) -> None:
    """B15: once a row that trails was reached, the highest price for a long, the lowest for a short."""
    row = StopAfter(StopAfterKind.TRAIL, percent=Decimal(20))
    plan = replace(PLAN, request=replace(PLAN.request, side=side), rules=replace(PLAN.rules, stop_after=(row,)))
    hit = Line("TP1", state=LineState.ENDED, quantity=Decimal(8), filled=Decimal(8), complete=True)
    own = LadderState(best=None if best is None else Decimal(best))
    seen = after(trade(("E1", "10"), ("TP1", "8"), own=own, plan=plan, TP1=hit), Reached(PLAN.trade, Decimal(last), 5))

    assert seen == LadderState(best=Decimal(expected))


def test_missed_is_at_tp1_and_only_before_the_first_fill() -> None:
    """B15: cancel_if_missed looks at the price until something was bought."""
    off = replace(PLAN, rules=replace(PLAN.rules, cancel_if_missed=False))

    assert missed(trade(), Decimal(110))
    assert not missed(trade(), Decimal("109.9"))
    assert not missed(trade(("E1", "1")), Decimal(110))
    assert not missed(trade(plan=off), Decimal(110))
    short = replace(PLAN, request=replace(PLAN.request, side=Side.SHORT))
    assert missed(trade(plan=short), Decimal(110))
    assert not missed(trade(plan=short), Decimal("110.1"))


def test_plan_risks_every_entry_down_to_the_stop() -> None:
    """I1: 10 x (100 - 90) at market and 10 x (95 - 90)."""
    assert plan_risk(PLAN) == 150
    assert plan_risk(replace(PLAN, stop=None)) == 0
