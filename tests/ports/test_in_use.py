"""Of which symbols an account's prices have to be streamed (B8, rel:I9)."""

from decimal import Decimal

import pytest

from core.facts import Cut, PositionIs, Working
from core.identity import key_text
from core.words import OrderSide, Slot
from ports.in_use import in_use

OURS = key_text("main", "ABCDEFGHJK", "E1", 0)


def held(symbol: str, size: int) -> PositionIs:
    """A row of a look."""
    return PositionIs(Slot(symbol, 0), Decimal(size), 0, 1)


def working(symbol: str, key: str) -> Working:
    """An order that a look shows."""
    return Working(key, Slot(symbol, 0), OrderSide.BUY, Decimal(1), Decimal(5), Decimal(0), 0)


@pytest.mark.parametrize(
    ("orders", "positions", "symbols"),
    [
        ((), (held("A", 5), held("B", -5)), ["A", "B"]),
        ((working("A", OURS),), (), ["A"]),
        ((working("A", OURS),), (held("A", 5),), ["A"]),
        ((), (held("A", 0),), []),
        ((working("A", "another-programs"),), (), []),
    ],
)
def test_in_use_is_what_is_held_and_where_an_order_of_ours_works(
    orders: tuple[Working, ...], positions: tuple[PositionIs, ...], symbols: list[str]
) -> None:
    """B8, rel:I9: a stop that trails stands still without them; prices that nobody needs are none of the stream's."""
    assert in_use(Cut(0, 0, orders, (), (), positions)) == symbols
