"""Help: every command with its sentence, and a page on each topic."""

from plugins.frontends.telegram.rooms.commands import COMMANDS
from plugins.frontends.telegram.rooms.leading import back, home, in_rows
from plugins.frontends.telegram.rooms.texts import fitted, said
from plugins.frontends.telegram.rooms.topics import TOPICS
from plugins.frontends.telegram.screen import Screen, go
from plugins.frontends.telegram.turn import Turn


async def help_(_: Turn) -> Screen:
    """All commands; buttons to the topics."""
    lines = [f"/{name} {said(command.help)}" for name, command in COMMANDS.items()]
    buttons = [go(topic.title, "topic", n=name) for name, topic in TOPICS.items()]
    return Screen(fitted(["<b>Help</b>", *lines, "", "<b>Topics</b>"]), (*in_rows(buttons, 2), *home()))


async def topic(turn: Turn) -> Screen:
    """One page."""
    found = TOPICS.get(turn.arguments.get("n", ""))
    if found is None:
        return Screen("There is no such page.", back("Help", "help"))
    return Screen(f"<b>{said(found.title)}</b>\n{found.text}", back("Help", "help"))
