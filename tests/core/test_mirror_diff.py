"""A mirror beside its leader: what its own plan makes of the leader's fills, and what explains less (rel:I14)."""

from decimal import Decimal

from core.account.inputs import Operate
from core.facts import ActKind, EndReason
from core.mirror_diff import compared, expected_entry
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
