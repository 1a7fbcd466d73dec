"""A mirror beside its leader: what its own plan makes of the leader's fills, and what explains less (rel:I14)."""

from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.facts import ActKind, EndReason
from core.mirror_diff import MirrorRow, absent, compared, expected_entry
from core.request import FixedQuantity
from core.trade import Trade
from tests.driving import driven
from tests.staging import request


def trade(account: str, *filled: str) -> Trade:
    """A trade of 1,000 in two limits on an account, of which these are filled; the others work."""
    machine = driven(account)
    commands = machine.open(request([99, 98]))
    machine.accept(commands)
    for role in filled:
        machine.know(machine.fill(role, 500, 99), machine.ended(role, 500))
    return machine.box_trade


def test_a_mirror_with_the_same_fills_is_as_expected() -> None:
    """I14: what the leader entered, scaled by the mirror's own legs."""
    row = compared(trade("main", "E1"), trade("mirror", "E1"))

    assert (row.expected, row.mirror_entered, row.explained, row.note) == (Decimal(500), Decimal(500), True, "")


def test_a_lagging_mirror_is_explained_by_its_working_entry() -> None:
    """A4: each account lives on its own fills; the order that may still fill is named."""
    row = compared(trade("main", "E1", "E2"), trade("mirror", "E1"))

    assert row.explained
    assert row.note == "mirror waits for E2"


def test_a_mirror_without_fill_and_without_order_differs() -> None:
    """I14: the leader entered twice what the mirror did, and nothing works there any more."""
    mirror = driven("mirror")
    mirror.accept(mirror.open(request([99, 98])))
    mirror.know(mirror.fill("E1", 500, 99), mirror.ended("E1", 500), mirror.ended("E2", 0))
    row = compared(trade("main", "E1", "E2"), mirror.box_trade)

    assert not row.explained
    assert "mirror lacks a fill" in row.note


def test_partial_fills_are_expected_in_part() -> None:
    """Half of the leader's first leg is half of the mirror's."""
    leader = driven("main")
    leader.accept(leader.open(request([99, 98])))
    leader.know(leader.fill("E1", 250, 99))

    assert expected_entry(leader.box_trade, trade("mirror")) == 250


def test_entries_that_were_taken_back_are_not_missed() -> None:
    """B7, A4: the mirror cancelled its second entry before it filled; the leader's had filled."""
    mirror = driven("mirror")
    mirror.accept(mirror.open(request([99, 98])))
    mirror.know(mirror.fill("E1", 500, 99), mirror.ended("E1", 500))
    mirror.step(Operate(mirror.box_trade.plan.trade, ActKind.CANCEL_ENTRIES, "test"))
    mirror.know(mirror.ended("E2", 0, EndReason.CANCELLED))
    row = compared(trade("main", "E1", "E2"), mirror.box_trade)

    assert row.explained
    assert "took its entries back" in row.note


def test_the_whole_row_of_two_trades() -> None:
    """I14: who, what, and both sides' figures; the one that is ahead is the mirror, so the leader is named."""
    row = compared(trade("main", "E1"), trade("mirror", "E1", "E2"))

    assert row == MirrorRow(
        leader="main",
        mirror="mirror",
        trade=row.trade,
        symbol="TESTUSDT",
        side="long",
        leader_entered=Decimal(500),
        leader_position=Decimal(500),
        leader_targets=0,
        mirror_entered=Decimal(1000),
        mirror_position=Decimal(1000),
        mirror_targets=0,
        expected=Decimal(500),
        explained=True,
        note="main waits for E2",
    )


def test_the_row_of_a_trade_that_the_mirror_does_not_hold() -> None:
    """A3: nothing is said of the mirror's figures, only why."""
    leader = hit("main")
    row = absent(leader, "mirror", "was skipped", explained=True)

    assert [row.leader, row.mirror, row.leader_entered, row.leader_position] == ["main", "mirror", 1000, 150]
    assert (row.mirror_entered, row.mirror_position, row.mirror_targets, row.expected) == (None, None, None, None)
    assert (row.leader_targets, row.explained, row.note) == (1, True, "was skipped")
    assert not absent(leader, "mirror", "", explained=False).explained


def hit(account: str) -> Trade:
    """A trade of 1,000 at market whose TP1 was hit."""
    machine = driven(account)
    machine.accept(machine.open(request()))
    machine.accept(machine.know(machine.fill("E1", 1000, 100), machine.ended("E1", 1000), machine.stop_is(90)))
    machine.know(machine.fill("TP1", 850, 110), machine.ended("TP1", 850))
    return machine.box_trade


def test_targets_are_counted_on_both_sides() -> None:
    """B7: what each account's own TP1 did."""
    row = compared(hit("main"), hit("mirror"))

    assert (row.leader_targets, row.mirror_targets, row.explained, row.note) == (1, 1, True, "")


@pytest.mark.parametrize(("filled", "explained"), [(498, True), (497, False)])
def test_less_than_a_lot_a_leg_is_no_difference(filled: int, explained: bool) -> None:
    """A2: two legs, so two lots may be missing by rounding; three may not."""
    mirror = driven("mirror")
    mirror.accept(mirror.open(request([99, 98])))
    mirror.know(mirror.fill("E1", filled, 99), mirror.ended("E1", filled), mirror.ended("E2", 0))

    assert compared(trade("main", "E1"), mirror.box_trade).explained is explained


def test_a_leg_that_only_one_has_is_not_expected() -> None:
    """A3: a mirror with fewer legs is expected to follow those that both have, by its own size."""
    leader = trade("main", "E1", "E2")
    mirror = driven("mirror")
    mirror.accept(mirror.open(request([99], size=FixedQuantity(Decimal(200)))))

    assert expected_entry(leader, mirror.box_trade) == 200
    assert expected_entry(mirror.box_trade, leader) == 0
