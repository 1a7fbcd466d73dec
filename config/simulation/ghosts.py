"""Ghosts (rel:F31): the venue ends an entry with nothing, or only a part, executed, and executes it all the same."""

from decimal import Decimal

from config.simulation.story import SYMBOL, is_entry
from core.money import floor_to
from plugins.exchanges.paper.venue import filling
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.words import CancelType, OrderStatus


def dead_entry(account: Account, number: int) -> Order | None:
    """One of the account's entries that ended with something left to execute; *number* chooses.

    None of before a switch of the position mode: the venue switches only where no order is left (110028).
    """
    hedge = SYMBOL in account.hedge
    dead = (order for order in account.closed.values() if order.leaves > 0 and (order.index > 0) == hedge)
    found = [order for order in dead if is_entry(order.link)]
    return found[number % len(found)] if found else None


def execute(venue: Venue, order: Order, number: int) -> None:
    """Execute what a dead entry has left, or a part of it: with its stop, at its price."""
    left, step = order.leaves, venue.state.instruments[SYMBOL].step
    part = max(floor_to(left * Decimal(number % 10) / 10, step), step) if number % 3 == 0 else left
    filling.fill(venue.state, order, min(part, left), order.price or venue.state.last[SYMBOL], maker=True)
    if order.open:
        filling.end(venue.state, order, OrderStatus.CANCELLED, CancelType.UNKNOWN, "EC_NoError")


def met(account: Account) -> bool:
    """Whether an entry of ours executed against what another held the other way, whichever of them came first (A8)."""
    return any(each.closed and is_entry(each.link) for each in account.executions)
