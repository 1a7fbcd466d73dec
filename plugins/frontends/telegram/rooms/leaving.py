"""/cancel: leave what is being asked."""

from plugins.frontends.telegram.rooms.leading import home
from plugins.frontends.telegram.screen import Screen
from plugins.frontends.telegram.turn import Turn

DRAFT = "draft"
"""Where the trade wizard keeps what was entered."""


async def cancel(turn: Turn) -> Screen:
    """Forget the question and the half-entered trade; nothing that was done is undone."""
    began = turn.memory.pop(DRAFT, None) is not None
    what = "The trade you began to enter is forgotten. " if began else ""
    return Screen(f"{what}Nothing was changed, and nothing is being asked any more.", home())
