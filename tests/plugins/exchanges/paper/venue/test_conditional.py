"""Conditional orders: when they trigger, what they become, and when they don't."""

import pytest

from tests.plugins.exchanges.paper.desk import code, d, desk, fills, seen, statuses


@pytest.mark.parametrize(
    ("trigger", "direction", "refused"),
    [(101, 1, 0), (100, 1, 110092), (99, 1, 110092), (99, 2, 0), (100, 2, 110093), (101, 2, 110093), (101, 0, 10001)],
)
def test_a_trigger_lies_ahead(trigger: int, direction: int, refused: int) -> None:
    """A trigger that was passed already is refused."""
    assert code(lambda: desk().buy(1, trigger=trigger, direction=direction)) == refused


@pytest.mark.parametrize("direction", [1, 2])
def test_a_market_conditional(direction: int) -> None:
    """It waits untriggered, then takes at its trigger price."""
    trade = desk()
    at = 102 if direction == 1 else 98
    order = trade.sell(1, trigger=at, direction=direction)
    told = statuses(trade.venue.drain(), order)

    happened = trade.go(101 if direction == 1 else 99, 103 if direction == 1 else 97)

    assert told == ["Untriggered"]
    assert statuses(happened, order) == ["Triggered", "Filled"]
    assert fills(happened) == [("Sell", 1, at)]


def test_a_limit_conditional_rests_once_triggered() -> None:
    """A triggered limit that doesn't cross stands in the book and makes later."""
    trade = desk()
    order = trade.buy(1, 101, trigger=102, direction=1)

    happened = trade.go(103)
    assert statuses(happened, order) == ["Triggered", "New"]

    assert fills(trade.go(100)) == [("Buy", 1, 101)]


def test_a_limit_conditional_that_crosses_takes() -> None:
    """A triggered limit beyond the market executes at once, though the path moves away from its price."""
    trade = desk()
    trade.buy(1, 106, trigger=105, direction=1)

    assert fills(trade.go(110)) == [("Buy", 1, 105)]


def test_cancelled_before_its_trigger() -> None:
    """An untriggered order that is cancelled ends Deactivated and never executes."""
    trade = desk()
    order = trade.sell(1, trigger=99, direction=2, link="c")
    trade.venue.cancel("a", "c")

    assert order.status.value == "Deactivated"
    assert fills(trade.go(90)) == []


def test_ten_a_symbol() -> None:
    """An eleventh waiting conditional of a symbol is refused (110009); a triggered one makes room."""
    trade = desk()
    for _ in range(9):
        trade.buy(1, trigger=110, direction=1)
    trade.buy(1, trigger=101, direction=1)

    assert code(lambda: trade.buy(1, trigger=110, direction=1)) == 110009

    trade.go(102)
    assert code(lambda: trade.buy(1, trigger=110, direction=1)) == 0


def test_margin_is_looked_at_when_it_triggers() -> None:
    """It binds nothing while it waits, and is cancelled when the balance is short at its trigger (bybit 5)."""
    trade = desk()
    order = trade.buy(900, trigger=102, direction=1)
    trade.buy(900)

    happened = trade.go(103)

    assert (order.status.value, order.cancel_type.value) == ("Cancelled", "CancelByCannotAffordOrderCost")
    assert fills(happened) == []


@pytest.mark.parametrize("bought", [0, 1])
def test_reduce_only_is_looked_at_when_it_triggers(bought: int) -> None:
    """A reduce-only conditional is taken at size zero; at its trigger there must be something to reduce."""
    trade = desk()
    if bought:
        trade.buy(bought)
    order = trade.sell(3, trigger=98, direction=2, reduce_only=True)

    happened = trade.go(97)

    assert fills(happened) == ([("Sell", 1, 98)] if bought else [])
    assert seen(order.status.value, order.filled) == ("Cancelled", bought)
    assert trade.held().size == 0


def test_a_triggered_limit_respects_the_quota() -> None:
    """A reduce-only limit that enters the book by its trigger shares the position with what rests there."""
    trade = desk()
    trade.buy(3)
    trade.sell(3, 110, reduce_only=True)
    trade.sell(2, 105, trigger=98, direction=2, reduce_only=True)

    trade.go(97)

    assert sum(order.leaves for order in trade.account.orders.values()) == d(3)
