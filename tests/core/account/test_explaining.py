"""A change that two looks agreed on, and its execution that the venue lists only later (C8, rel:F20, rel:I6)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from core.commands import Place
from core.facts import Cause, EndReason, Filled, PositionIs, StopIs
from core.words import OrderSide
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven
from tests.staging import request

ROLES = ("TP1", "TP2", "TP3", "TP4", "E2")


def looks(run: Driven, size: int, fills: Sequence[Filled] = (), seq: int = 7) -> None:
    """Two looks, a while apart, that show so much and list these executions; all orders but a flat slot's work."""
    sizes = zip(ROLES, (850, 50, 50, 50, 1000), strict=True)
    orders = [run.working(role, quantity) for role, quantity in sizes] if size else []
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(size), run.later(3_000).now, seq)
        cut = replace(run.cut(orders=orders, fills=fills), positions=(shown,))
        run.answer(run.know(cut if size else replace(cut, stops=(StopIs(SLOT, None, run.now, seq),))))


def listed(run: Driven, quantity: int, price: int, cause: Cause = Cause.FOREIGN, seq: int = 6) -> Filled:
    """An execution of before the looks, of no order of ours."""
    sold = OrderSide.SELL
    return Filled(f"late{seq}", SLOT, None, sold, Decimal(quantity), Decimal(price), Decimal(0), cause, run.now, seq)


def held(run: Driven) -> tuple[int, int]:
    """(ours, the user's)."""
    ledger = run.box_trade.ledger
    return int(ledger.position), int(ledger.foreign)


def closed_unseen() -> Driven:
    """Nobody told of an execution: two looks agree that nothing is held, everything of the trade is gone: closed."""
    run = opened()
    looks(run, 0)
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ROLES))
    assert [report.reason for report in run.last.closed] == ["external"]
    return run


def test_what_is_listed_late_is_not_counted_twice() -> None:
    """B11, rel:I6: 400 were sold; booked twice, 400 of ours would count as the user's and be left open at the end."""
    run = opened()
    sold = listed(run, 400, 101)
    looks(run, 600)
    assert held(run) == (600, 0)

    looks(run, 600, [sold])

    assert held(run) == (600, 0)
    assert held(run.restarted()) == (600, 0)


@pytest.mark.parametrize(("quantity", "seq", "ours"), [(300, 6, 600), (400, 8, 200)])
def test_only_what_the_looks_held_already_takes_the_place(quantity: int, seq: int, ours: int) -> None:
    """C8: of 400 sold 300 are listed, and 100 stay explained; what was sold after the looks is one more reduction."""
    run = opened()
    looks(run, 600)

    run.know(listed(run, quantity, 101, seq=seq))

    assert held(run) == (ours, 0)


def test_an_entry_that_was_taken_for_the_users_is_ours() -> None:
    """B5, B11: the position grew by 400 that no execution explained: it was E2, and the ladder gets its share."""
    run = opened()
    looks(run, 1400)
    assert held(run) == (1000, 400)

    run.know(run.fill("E2", 400, 98, seq=6))

    assert held(run) == (1400, 0)


def test_a_stop_that_is_listed_after_its_trade_was_closed() -> None:
    """rel:I10, G2: the loss is booked where it belongs, and the reason with it; no second close is told."""
    run = closed_unseen()

    run.later(3_000).know(listed(run, 1000, 90, Cause.STOP))

    assert [(report.reason, int(report.gross)) for report in run.last.closed] == [("stop", -10_000)]
    assert [alert.kind for alert in run.alerts].count("position_closed") == 1


def test_a_flat_slot_that_lists_leave_out_is_free_again() -> None:
    """A7, C8: its age is unknown, and it was believed: the next request is not refused over what isn't held."""
    run = opened()
    known = run.fill("E1", 1000, 100, seq=1)
    looks(run, 0, [known], seq=-1)
    run.know(*(run.ended(role, 0, EndReason.VENUE) for role in ROLES))

    sent = run.open(request(("market",), identity="r2"))

    assert [type(each) for each in sent] == [Place]
