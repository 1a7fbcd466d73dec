"""Dead entries that execute: what the venue may still do with an order that it said had ended."""

from decimal import Decimal

from config.simulation.ghosts import dead_entry
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
