"""Every screen by its name, and every command with the sentence that the menu shows."""

from collections.abc import Mapping

from plugins.frontends.telegram import rooms, trade
from plugins.frontends.telegram.turn import Handler

COMMANDS: Mapping[str, tuple[str, str]] = {name: (each.screen, each.help) for name, each in rooms.COMMANDS.items()}
"""Name -> (screen, sentence)."""

ACTING = frozenset({*rooms.ACTING, *trade.ACTING})
"""The screens that act: only a button that works once leads there."""


def screens() -> Mapping[str, Handler]:
    """Every screen there is."""
    return {**rooms.screens(), **trade.screens()}
