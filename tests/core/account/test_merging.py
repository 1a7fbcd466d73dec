"""Into which trade a second request goes, what holds it back, and what the merge leaves behind (B13)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.effects import Reply
from core.account.inputs import Open
from core.commands import Command, Place, SetLeverage, SetStop
from core.gate import Limits
from core.mirror import Following, TooSmall
from core.request import FixedQuantity, Merge
from core.words import PositionMode, Side
from tests.core.account.test_following_late import following, told
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven, terms
from tests.staging import SYMBOL, request

MORE = replace(request((97,), identity="r2"), merge=Merge.KEEP)
REPLACING = replace(request((97,), identity="r2", targets=(111, 121, 131, 141), stop=91), merge=Merge.REPLACE)


def legs(run: Driven) -> list[tuple[str, int]]:
    """The entries of the trade's plan."""
    return [(leg.role, int(leg.quantity)) for leg in run.box_trade.plan.legs]


def entries(commands: Sequence[Command]) -> list[str]:
    """The keys of the entries that are placed."""
    return [each.key for each in commands if isinstance(each, Place) and not each.reduce_only]


def refused(run: Driven) -> str:
    """Why the last request was not taken; "" when it was."""
    refusal = run.last.replies[-1].refusal
    return "" if refusal is None else " ".join(refusal.reasons)


def test_who_asked_is_answered_with_the_whole_plan() -> None:
    """B13: by request, account and number of the asking, so that nobody takes it for theirs."""
    run = opened()
    run.open(MORE, ask=7)

    assert run.last.replies == [Reply("r2", "main", plan=run.box_trade.plan, ask=7)]
    assert legs(run) == [("E1", 1000), ("E2", 1000), ("E3", 1000)]


@pytest.mark.parametrize("forgotten", ["filled", "waiting"])
def test_what_is_added_takes_no_id_of_an_addition_that_a_restored_store_forgot(forgotten: str) -> None:
    """B13, C7, rel:I5: a venue takes an id once: it counted as that one's fill, or as cancelled, and never left."""
    run = opened()
    run.know(run.fill("E3", 500, 98, seq=7) if forgotten == "filled" else run.working("E3", 500))

    added = run.open(MORE)

    assert legs(run) == [("E1", 1000), ("E2", 1000), ("E4", 1000)]
    assert run.key("E4") in entries(added)


@pytest.mark.parametrize(("free", "taken"), [(1, True), (0, False)])
def test_what_is_added_finds_room_beside_the_targets_that_work_already(free: int, taken: bool) -> None:
    """B13, rel:F13: one more entry where one order is left; the trade's four targets are amended, not placed."""
    run = opened()
    run.step(Open(MORE, replace(terms(), free_orders=free), run.trade_id(MORE)))

    assert ("are left" in refused(run)) is not taken
    assert (len(legs(run)) == 3) is taken


def test_the_other_side_is_never_merged_into() -> None:
    """A8: a short request into a long trade's slot is refused; nothing changes."""
    run = opened()
    short = request((103,), targets=(90, 80, 70, 60), stop=110, side=Side.SHORT, identity="r3")

    assert run.open(replace(short, merge=Merge.REPLACE)) == []
    assert "is taken by trade" in refused(run)
    assert legs(run) == [("E1", 1000), ("E2", 1000)]


def test_with_nothing_to_merge_into_it_is_a_trade_of_its_own() -> None:
    """B13: `merge: keep` says what to do where there is a trade."""
    run = driven()

    assert entries(run.open(MORE)) == [run.key("E1")]


def test_in_hedge_mode_each_side_has_its_own_trade_to_merge_into() -> None:
    """A5, B13: the long side's slot is not the one-way slot."""
    run = driven()
    hedge = replace(terms(), mode=PositionMode.HEDGE)
    run.step(Open(TWO_LEGS, hedge, run.trade_id(TWO_LEGS)))

    assert entries(run.step(Open(MORE, hedge, run.trade_id(MORE)))) == [run.key("E3")]


def test_what_is_added_waits_for_the_leverage_too() -> None:
    """B4, B13: it was changed in the app meanwhile: set first, and only then the new entry is placed."""
    run = opened()
    run.machine.state.leverage[SYMBOL] = Decimal(5)
    first = run.open(MORE)

    assert first == [SetLeverage(SYMBOL, Decimal(10))]
    assert entries(run.accept(first)) == [run.key("E3")]


def test_a_cooldown_holds_back_what_is_added_until_its_last_moment() -> None:
    """I1: an hour after a stop of another trade."""
    run = opened()
    run.machine.state.limits = Limits(cooldown_after_stop=3_600_000)
    run.machine.state.last_stop_at = run.now - 3_599_999
    run.open(MORE)
    assert "stop" in refused(run)

    assert entries(run.later(1).open(MORE)) == [run.key("E3")]


def test_a_mirror_drops_an_added_leg_that_is_too_small() -> None:
    """A3, B13: 1 of 2 legs can be had of one lot, by `too_small: fewer_legs`; else it adds nothing."""
    run, strict = mirror(TooSmall.FEWER_LEGS), mirror(TooSmall.REJECT)
    more = replace(request((97, 96), identity="r2", size=FixedQuantity(Decimal(1))), merge=Merge.KEEP)
    sent = [each.open(more, leader="main", into=each.trade_id(TWO_LEGS)) for each in (run, strict)]

    assert [entries(each) for each in sent] == [[run.key("E3")], []]
    assert legs(run)[2:] == [("E3", 1)]


def test_a_mirror_adds_only_to_the_trade_that_its_leader_added_to() -> None:
    """A3, B13: the slot holds a trade of its own here: that is left alone."""
    run = mirror(TooSmall.REJECT)
    sent = run.open(MORE, leader="main", into="0123456789")

    assert sent == []
    assert "trade 0123456789 is not open here" in refused(run)
    assert legs(run) == [("E1", 1000), ("E2", 1000)]


def test_a_mirror_that_waited_merges_once() -> None:
    """A9, B13: kept while its account wasn't well; merged when it was, it waits no more, and nothing is skipped."""
    run = mirror(TooSmall.REJECT)
    run.machine.state.troubles["stream"] = run.now
    asked = {"leader": "main", "into": run.trade_id(TWO_LEGS), "until": run.now + 30_000}
    assert run.open(MORE, **asked) == []
    run.machine.state.troubles.clear()
    assert entries(run.open(MORE, **asked)) == [run.key("E3")]

    run.later(30_000).step()

    assert [alert.kind for alert in run.alerts if alert.kind == "mirror_skipped"] == []


def test_the_stop_of_before_the_merge_is_nobodys_hand() -> None:
    """A11, B13, rel:F43: after a restart the venue shows 90 once more: 91 is set again, and nobody is taken for it."""
    run = opened()
    run.answer(run.open(REPLACING))
    shown = [replace(run.working(role, 1000), stop=Decimal(91)) for role in ("E2", "E3")]
    shown += [run.working(role, quantity) for role, quantity in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50))]
    run.know(*shown, run.stop_is(91))
    again = run.restarted().later(1_000)
    again.know(again.stop_is(91))
    again.know(again.cut(orders=shown, size=1000))

    back = again.later(1_000).know(again.stop_is(90))

    assert SetStop(SLOT, Decimal(91)) in back
    assert "foreign_edit" not in [alert.kind for alert in again.alerts]


def mirror(too_small: TooSmall) -> Driven:
    """The mirror of a leader's trade: E1 filled 1,000, E2 rests."""
    run = driven("mirror")
    run.machine.state.following = Following(leader="main", too_small=too_small)
    run.accept(run.open(TWO_LEGS, leader="main"))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    return run


def test_a_trade_is_no_limit_to_what_is_added_to_it() -> None:
    """I1, B13: one live trade is allowed, and 3 % at risk: the merged plan counts, not what it takes the place of."""
    run = opened()
    run.machine.state.limits = Limits(max_trades=1, max_risk_percent=Decimal(3))

    assert entries(run.open(MORE)) == [run.key("E3")]


@pytest.mark.parametrize(("tp1", "reason", "why"), [(True, "", "TP1 of the leader's"), (False, "manual", "is over")])
def test_a_mirror_adds_nothing_to_what_its_leader_has_done_with(tp1: bool, reason: str, why: str) -> None:
    """A4, A9, B13: the leader merged, then took its profit or closed before the mirror could merge."""
    run = following()
    run.step(told(run, tp1=tp1)._replace(reason=reason))

    assert run.open(MORE, leader="main", into=run.trade_id(TWO_LEGS)) == []
    assert why in refused(run)
