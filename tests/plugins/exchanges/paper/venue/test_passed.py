"""An attached stop that the market lies past already when its order executes: what comes of it is a policy."""

import pytest

from core.money import ZERO
from plugins.exchanges.paper.venue.policies import Passed, Policies
from tests.plugins.exchanges.paper.desk import SYMBOL, Desk, d, desk, fills, seen


def _gapped(policy: Passed, side: str = "Buy") -> Desk:
    """A limit 2 away with its stop 10 away, and a price that jumps 15 over both."""
    trade = desk(policies=Policies(passed=policy))
    sign = 1 if side == "Buy" else -1
    trade.place(side, 1, 100 - 2 * sign, stop=100 - 10 * sign)
    trade.venue.drain()
    trade.venue.set_price(SYMBOL, d(100 - 15 * sign))
    return trade


@pytest.mark.parametrize("side", ["Buy", "Sell"])
def test_it_fires_at_once(side: str) -> None:
    """B4: what the order opened is closed at the price that there is."""
    trade = _gapped(Passed.FIRES, side)
    other, entered, left = ("Sell", 98, 85) if side == "Buy" else ("Buy", 102, 115)

    assert fills(trade.venue.drain()) == [(side, 1, entered), (other, 1, left)]
    assert seen(trade.held().size, trade.held().stop) == (0, None)


def test_it_fires_where_an_order_is_placed_or_amended_across_the_market() -> None:
    """B4: the price was 100 when it was asked for and 85 when it came."""
    trade = desk(85)
    trade.buy(1, 98, stop=90)
    assert trade.held().size == 0

    order = trade.buy(1, 80, stop=79)
    trade.venue.amend("a", order.id, price=d(98), stop=d(90))

    assert trade.held().size == 0


def test_it_is_dropped() -> None:
    """B4: the position has no stop at all; one that it had already stays."""
    trade = _gapped(Passed.DROPPED)
    assert seen(trade.held().size, trade.held().stop) == (1, None)

    trade.venue.set_levels("a", SYMBOL, 0, stop=d(80))
    trade.buy(1, 98, stop=90)

    assert seen(trade.held().size, trade.held().stop) == (2, 80)


@pytest.mark.parametrize("side", ["Buy", "Sell"])
def test_it_waits_for_a_crossing(side: str) -> None:
    """B4: nothing fires at 85 or 80, nor at the stop itself; over it and back again it does."""
    trade = _gapped(Passed.WAITS, side)
    way = [85, 80, 90, 89, 91, 95] if side == "Buy" else [115, 120, 110, 111, 109, 105]
    trade.venue.drain()

    assert fills(trade.go(*way)) == []
    assert fills(trade.go(way[0])) == [("Sell" if side == "Buy" else "Buy", 1, 90 if side == "Buy" else 110)]


def test_a_new_stop_does_not_wait() -> None:
    """B4: set below the market afterwards, it fires as any other."""
    trade = _gapped(Passed.WAITS)
    trade.venue.set_levels("a", SYMBOL, 0, stop=d(80))
    trade.venue.drain()

    assert fills(trade.go(79)) == [("Sell", 1, 80)]


def test_what_fires_finds_no_volume() -> None:
    """C8: the stop stays for the rest, and fires when there is some again."""
    trade = desk(85)
    trade.venue.state.volume[SYMBOL] = d(1)
    trade.buy(1, 98, stop=90)
    assert seen(trade.held().size, trade.held().stop) == (1, 90)
    trade.venue.state.volume.pop(SYMBOL, ZERO)

    trade.venue.set_price(SYMBOL, d(85))

    assert trade.held().size == 0
