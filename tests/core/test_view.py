"""A view as plain JSON values (J1): exact text for numbers, nothing left that isn't plain, nothing invented."""

from decimal import Decimal

import pytest

from core.view import EntryStatus, Mark, MarketStatus, as_json


@pytest.mark.parametrize(
    ("view", "plain"),
    [
        (Mark.PARTIAL, "partial"),
        (Decimal("1.50"), "1.5"),
        (Decimal("1E+3"), "1000"),
        ({"a": Decimal("0.10"), 5: None}, {"a": "0.1", "5": None}),
        ((Decimal(1), [Mark.FILLED, 2]), ["1", ["filled", 2]]),
        (True, True),
        (None, None),
        ("x", "x"),
        (
            EntryStatus(1, None, Decimal("2.0"), Decimal(0), Mark.WAITING),
            {"number": 1, "price": None, "planned": "2", "filled": "0", "mark": "waiting", "average": None},
        ),
        ((MarketStatus("BTCUSDT", Decimal(5), 7),), [{"symbol": "BTCUSDT", "last": "5", "at": 7}]),
    ],
)
def test_every_part_of_a_view_is_plain(view: object, plain: object) -> None:
    """J1: words by value, a Decimal by its digits without an exponent, rows as lists."""
    assert as_json(view) == plain
    assert type(as_json(view)) is type(plain)


def test_what_is_no_part_of_a_view_is_refused() -> None:
    """A float in a view would be an invented number: a mistake of ours, named by its type."""
    with pytest.raises(TypeError, match=r"^a float is no part of a view$"):
        as_json({"price": 1.5})
