"""/cancel: leave what is being asked."""

from plugins.frontends.telegram.rooms.leading import home
from plugins.frontends.telegram.screen import Screen
from plugins.frontends.telegram.turn import Turn


async def cancel(turn: Turn) -> Screen:
    """Forget the question and the half-entered trade; nothing that was done is undone."""
    from plugins.frontends.telegram.trade.record import drop  # not above: the wizard is built of these rooms' words

    began = drop(turn)
    what = "The trade you began to enter is forgotten. " if began else ""
    return Screen(f"{what}Nothing was changed, and nothing is being asked any more.", home())
