"""Opening a trade from a phone (E2, E3): step by step or in one line, the card with the risk, and what came of it.

Every step checks what is said against the market as it is; whether the whole can be opened is the application's to say.
A draft lives in the chat's memory; only its own person, with its own buttons, goes on with it.
"""

from collections.abc import Mapping

from plugins.frontends.telegram.trade import keeping, opening, wizard
from plugins.frontends.telegram.turn import Handler

ACTING = frozenset({"trade_open"})
"""The screen that acts; it is reached by a button that works once."""


def screens() -> Mapping[str, Handler]:
    """Every screen here, by its name."""
    return {**wizard.screens(), **opening.screens(), **keeping.screens()}
