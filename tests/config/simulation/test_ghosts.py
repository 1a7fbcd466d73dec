"""Dead entries that execute: what the venue may still do with an order that it said had ended."""

from decimal import Decimal

import pytest

from config.simulation.ghosts import dead_entry, met
from config.simulation.story import SYMBOL
from config.simulation.telling import tell
from core.identity import key_text
from plugins.exchanges.paper.stepped import SteppedVenue
from plugins.exchanges.paper.venue.orders import NewOrder


def test_no_dead_entry_executes_in_the_other_position_mode() -> None:
    """An order that can still execute is alive, and with one alive no venue switches the mode (110028).

    Its position could be neither closed nor protected: every request for its slot is refused.
    """
    stepped = SteppedVenue({SYMBOL: tell(1).instrument})
    stepped.add("main", Decimal(10_000))
    stepped.venue.set_price(SYMBOL, Decimal(100))
    key = key_text("main", "T000000001", "E1", 0)
    stepped.venue.place("main", NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(1), price=Decimal(90), link=key))
    stepped.venue.cancel("main", key)
    account, hand = stepped.venue.state.accounts["main"], stepped.hand("main")
    assert dead_entry(account, 0) is not None

    hand.switch_mode(SYMBOL, hedge=True)

    assert dead_entry(account, 0) is None


def test_what_executed_in_full_is_no_ghost() -> None:
    """rel:F31: nothing of it is left to execute: as a ghost it would execute nothing, and prove nothing."""
    stepped = SteppedVenue({SYMBOL: tell(1).instrument})
    stepped.add("main", Decimal(10_000))
    stepped.venue.set_price(SYMBOL, Decimal(100))
    key = key_text("main", "T000000001", "E1", 0)
    stepped.venue.place("main", NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(1), link=key))
    account = stepped.venue.state.accounts["main"]

    assert [order.link for order in account.closed.values()] == [key]
    assert dead_entry(account, 0) is None


@pytest.mark.parametrize(
    ("second", "role", "against"), [("Sell", "E1", True), ("Buy", "E1", False), ("Sell", "X", False)]
)
def test_entries_meet_whichever_of_them_executes_first(second: str, role: str, against: bool) -> None:
    """A market entry that executes after a dead one, the other way, nets it just the same."""
    stepped = SteppedVenue({SYMBOL: tell(1).instrument})
    stepped.add("main", Decimal(10_000))
    stepped.venue.set_price(SYMBOL, Decimal(100))
    for side, trade, which in (("Buy", "T000000001", "E1"), (second, "T000000002", role)):
        key = key_text("main", trade, which, 0)
        stepped.venue.place("main", NewOrder(symbol=SYMBOL, side=side, quantity=Decimal(1), link=key))

    assert met(stepped.venue.state.accounts["main"]) is against
