"""Every screen by its name, and every command with the sentence that the menu shows."""

from collections.abc import Mapping

from plugins.frontends.telegram import rooms, trade
from plugins.frontends.telegram.turn import Handler

COMMANDS: Mapping[str, tuple[str, str]] = {name: (each.screen, each.help) for name, each in rooms.COMMANDS.items()}
"""Name -> (screen, sentence)."""


def screens() -> Mapping[str, Handler]:
    """Every screen there is."""
    return {**rooms.screens(), **trade.screens()}
