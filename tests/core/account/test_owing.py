"""What the venue said of an order and has not listed yet is nobody else's doing (DESIGN 8.2, C8, B11)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from core.commands import Command
from core.desired import Phase
from core.facts import Cause, Ended, EndReason, Filled, PositionIs, Working
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven

REST = {"TP1": 850, "TP2": 50, "TP3": 50, "TP4": 50, "E2": 1000}


def looks(run: Driven, size: int, without: str, fills: Sequence[Filled] = ()) -> list[Command]:
    """Two looks, a while apart, that show so much held and all orders but one; what they make us send."""
    orders = [run.working(role, quantity) for role, quantity in REST.items() if role != without]
    sent = []
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(size), run.later(3_000).now, 7)
        sent += run.know(replace(run.cut(orders=orders, fills=fills), positions=(shown,)))
    return sent


def told(run: Driven, role: str, quantity: int) -> Ended | Working:
    """The venue's word that all of an order was executed, or only a part of it so far."""
    return run.ended(role, quantity) if quantity == REST[role] else run.working(role, REST[role], quantity)


@pytest.mark.parametrize(("role", "quantity", "size"), [("TP1", 850, 150), ("TP1", 400, 600), ("E2", 1000, 2000)])
def test_an_execution_that_is_only_listed_late_is_no_external_change(role: str, quantity: int, size: int) -> None:
    """B11, C8, 8.2: two looks agree on the size and list nothing: nobody is blamed, no take-profit is resized."""
    run = opened()
    run.know(told(run, role, quantity))
    done = run.fill(role, quantity, 98 if role == "E2" else 110, seq=6)
    assert looks(run, size, role if quantity == REST[role] else "") == []
    assert "external_change" not in [alert.kind for alert in run.alerts]

    run.know(done)

    assert (run.box.trade.ledger.position, run.box.trade.ledger.foreign) == (Decimal(size), Decimal(0))


def test_what_is_gone_besides_is_explained_as_ever() -> None:
    """C8, B11: TP1 ended with 850, and 50 are held where 150 should be: another hand took 100."""
    run = opened()
    run.know(told(run, "TP1", 850))
    looks(run, 50, "TP1")
    run.know(run.fill("TP1", 850, 110, seq=6))

    assert (run.box.trade.ledger.position, run.box.trade.ledger.taken) == (Decimal(50), Decimal(100))


def test_what_the_stop_took_with_it_is_no_ghost() -> None:
    """B10, D1, 8.4: 300 of E2 executed before the stop sold all 1,300, and are listed after it: nothing to flatten."""
    run = opened()
    run.know(run.ended("E2", 300, EndReason.CANCELLED))
    entered = run.fill("E2", 300, 98)
    run.answer(run.know(replace(run.fill("S", 1300, 90), key=None, cause=Cause.STOP), run.stop_is(None)))
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ("TP1", "TP2", "TP3", "TP4")))
    run.know(entered)

    assert [report.net for report in run.closed.values()] == [Decimal(-12_400)]
    assert "ghost_fill" not in [alert.kind for alert in run.alerts]


def test_an_order_that_executed_all_it_had_is_hit_whatever_its_end_is_called() -> None:
    """B7: "cancelled", with 850 of 850 executed, and no change of it on its way that would have made it larger."""
    run = opened()

    run.know(run.ended("TP1", 850, EndReason.CANCELLED), run.fill("TP1", 850, 110))

    assert run.box.phase is Phase.PROFIT_TAKING
