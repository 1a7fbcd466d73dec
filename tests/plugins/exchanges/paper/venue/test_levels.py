"""Levels of a position and of an order, mark prices, and cancelling all (V5 trading-stop page)."""

from decimal import Decimal

import pytest

from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.orders import NewOrder
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import CancelType, VenueError

BTC = "BTCUSDT"


@pytest.fixture
def venue() -> Venue:
    """One account that holds 0.1 since 60,000."""
    rules = {name: each.instrument(name) for name, each in PaperVenueSettings().all_instruments().items()}
    made = Venue(VenueState(rules, now=1_000, last={BTC: Decimal(60_000)}))
    made.add_account("main", Decimal(10_000), Decimal("0.00055"), Decimal("0.0002"))
    made.place("main", NewOrder(symbol=BTC, side="Buy", quantity=Decimal("0.1"), link="in"))
    return made


def size(venue: Venue) -> Decimal:
    """What is held."""
    return venue.state.accounts["main"].position(BTC, 0).size


def levels(venue: Venue) -> list[tuple[str, str]]:
    """The open orders that the venue keeps for the position."""
    orders = venue.state.accounts["main"].orders.values()
    return [(order.stop_order_type, str(order.quantity)) for order in orders if order.stop_order_type]


def test_full_levels_are_absolute_and_follow_the_position(venue: Venue) -> None:
    """None leaves one, zero clears it, and the same again is 34040."""
    venue.set_levels("main", BTC, 0, stop=Decimal(58_000), take_profit=Decimal(65_000))
    with pytest.raises(VenueError, match="34040"):
        venue.set_levels("main", BTC, 0, stop=Decimal(58_000))
    venue.set_levels("main", BTC, 0, take_profit=Decimal(0))
    held = venue.state.accounts["main"].position(BTC, 0)
    assert (held.stop, held.take_profit) == (Decimal(58_000), None)
    venue.set_price(BTC, Decimal(58_000))
    assert size(venue) == 0
    assert held.stop is None


def test_partial_levels_add_up_and_go_with_the_position(venue: Venue) -> None:
    """rel:F14: each is an order of its own; at most twenty (110061)."""
    for _ in range(10):
        venue.set_levels("main", BTC, 0, stop=Decimal(58_000), take_profit=Decimal(65_000), size=Decimal("0.01"))
    assert len(levels(venue)) == 20
    with pytest.raises(VenueError, match="110061"):
        venue.set_levels("main", BTC, 0, stop=Decimal(58_000), size=Decimal("0.01"))
    venue.place("main", NewOrder(symbol=BTC, side="Sell", quantity=Decimal("0.1"), reduce_only=True))
    assert levels(venue) == []
    closed = venue.state.accounts["main"].closed.values()
    assert sum(1 for order in closed if order.cancel_type is CancelType.BY_TPSL_CLEAR) == 20


def test_an_orders_own_levels_grow_with_what_it_fills(venue: Venue) -> None:
    """TpslMode Partial: one pair an order, sized by its fills; the position's stop stays as it is."""
    new = NewOrder(
        symbol=BTC, side="Buy", quantity=Decimal("0.02"), link="more", stop=Decimal(59_000), tpsl_mode="Partial"
    )
    venue.place("main", new)
    assert levels(venue) == [("PartialStopLoss", "0.02")]
    assert venue.state.accounts["main"].position(BTC, 0).stop is None
    venue.set_price(BTC, Decimal(59_000))
    assert size(venue) == Decimal("0.1")


def test_a_stop_by_mark_price_waits_for_the_mark(venue: Venue) -> None:
    """The last price may pass it; the mark may not."""
    venue.set_levels("main", BTC, 0, stop=Decimal(58_000), trigger_by="MarkPrice")
    venue.set_mark(BTC, Decimal(60_000))
    venue.set_price(BTC, Decimal(57_000))
    assert size(venue) == Decimal("0.1")
    venue.set_mark(BTC, Decimal(57_900))
    assert size(venue) == 0


def test_all_orders_are_cancelled_or_only_one_kind(venue: Venue) -> None:
    """Resting, conditional, or both."""
    venue.place("main", NewOrder(symbol=BTC, side="Buy", quantity=Decimal("0.01"), price=Decimal(59_000), link="a"))
    trigger = NewOrder(symbol=BTC, side="Buy", quantity=Decimal("0.01"), trigger=Decimal(61_000), direction=1, link="b")
    venue.place("main", trigger)
    assert [order.link for order in venue.cancel_all("main", BTC, conditional=True)] == ["b"]
    assert [order.link for order in venue.cancel_all("main", None)] == ["a"]
