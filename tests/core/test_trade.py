"""What a strategy may ask of a trade's orders: live, over, booked, executed, complete (B7, rel:R2)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.ledger import book, empty
from core.trade import Line, LineState, Trade
from core.words import OrderSide
from ports.contract.samples import filled, plan

LINE = Line("E1", 0, LineState.WORKING, Decimal("0.018"))


def trade(line: Line | None, fills: int = 0) -> Trade:
    """A trade whose E1 is as *line* says, with so many executions of 0.010 booked."""
    ledger = empty(OrderSide.BUY)
    for seq in range(fills):
        ledger = book(ledger, filled(f"x{seq}", seq).what, "E1")  # type: ignore[arg-type] # it is an execution
    return Trade(plan(), ledger, {} if line is None else {"E1": line})


@pytest.mark.parametrize(
    ("line", "fills", "live", "over", "complete"),
    [
        (None, 0, False, False, False),
        (LINE, 0, True, False, False),
        (replace(LINE, state=LineState.SENT), 0, True, False, False),
        (replace(LINE, state=LineState.IDLE), 0, False, False, False),
        (replace(LINE, state=LineState.IDLE, given_up=True), 0, False, True, False),
        (replace(LINE, given_up=True), 0, True, False, False),
        (replace(LINE, state=LineState.ENDED), 0, False, True, False),
        (replace(LINE, state=LineState.ENDED, filled=Decimal("0.010")), 0, False, False, False),
        (replace(LINE, state=LineState.ENDED, filled=Decimal("0.010")), 1, False, True, False),
        (replace(LINE, state=LineState.ENDED, filled=Decimal("0.010"), dead=Decimal("0.010")), 1, False, False, False),
        (replace(LINE, state=LineState.ENDED, filled=Decimal("0.010"), complete=True), 1, False, True, True),
        (replace(LINE, state=LineState.ENDED, filled=Decimal("0.010"), complete=True), 0, False, False, False),
    ],
)
def test_an_order_is_over_once_its_end_is_booked(
    line: Line | None, fills: int, live: bool, over: bool, complete: bool
) -> None:
    """rel:R2, B7: dead is not booked; given up and working is not over yet."""
    asked = trade(line, fills)

    assert (asked.live("E1"), asked.over("E1"), asked.complete("E1")) == (live, over, complete)
    assert asked.line("E1") is line
    assert {asked.live("E2"), asked.over("E2"), asked.complete("E2")} == {False}


@pytest.mark.parametrize(
    ("said", "fills", "dead", "executed"),
    [("0", 0, "0", "0"), ("0.005", 0, "0", "0.005"), ("0.005", 1, "0", "0.010"), ("0.015", 2, "0.010", "0.015")],
)
def test_what_was_executed_is_the_larger_word(said: str, fills: int, dead: str, executed: str) -> None:
    """8.2: by the ledger, or by the venue's word where that knows of more; earlier revisions apart."""
    line = replace(LINE, filled=Decimal(said), dead=Decimal(dead))

    assert trade(line, fills).executed(line) == Decimal(executed)
