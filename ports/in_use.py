"""Which symbols an account has something on, as a look at it shows: their prices may have to wake a trade."""

from core.facts import Cut
from core.identity import parse_key


def in_use(cut: Cut) -> list[str]:
    """Symbols of which something is held, or on which an order of ours works.

    An adapter streams their prices from then on: after a start nobody places or asks for anything there.
    """
    held = {position.slot.symbol for position in cut.positions if position.size}
    return sorted(held | {order.slot.symbol for order in cut.orders if parse_key(order.key) is not None})
