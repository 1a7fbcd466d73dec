"""Chats that got another address by themselves (a Telegram group that became a supergroup): kept, and told once."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import structlog

from core.engine.service import Tell
from core.errors import Unavailable
from ports.clock import Clock
from ports.notifier import Moving, Notifier
from ports.persistence import Store

log = structlog.get_logger("tandem.moves")

CHAT = "chat"
LOOK = 5_000
"""Milliseconds between two looks at what the notifiers have heard."""

Places = Callable[[str], Sequence[str]]


class Moves:
    """Sees to it that what a notifier learns of its chats outlives restarts, and that somebody mends the configuration.

    *places* says where in the configuration a chat's number stands.
    """

    def __init__(self, store: Store, notifiers: Mapping[str, Notifier], tell: Tell, places: Places) -> None:
        """Nothing is read here."""
        self._store = store
        self._notifiers = notifiers
        self._tell = tell
        self._places = places
        self._kept: dict[str, dict[str, str]] = {}
        self._stored: dict[str, dict[str, str]] = {}

    async def recall(self) -> None:
        """Tell the notifiers what was known before."""
        for name in self._moving():
            found = json.loads(await self._store.recall(_name(name)) or "{}")
            self._kept[name] = {str(chat): str(to) for chat, to in found.items()}
            self._stored[name] = dict(self._kept[name])
        await self.look()

    async def run(self, clock: Clock) -> None:
        """Look until cancelled; a store that refuses is asked again at the next look."""
        while True:
            await clock.sleep(LOOK)
            with suppress(Unavailable):
                await self.look()

    async def look(self) -> None:
        """Keep what is new and tell it; a notifier that was put in another's place is told what that one knew."""
        for name, notifier in self._moving().items():
            kept = self._kept.setdefault(name, {})
            for chat in kept.keys() - notifier.moved.keys():
                notifier.follow(chat, kept[chat])
            news = {chat: to for chat, to in notifier.moved.items() if kept.get(chat) != to}
            for chat, to in news.items():
                await self._say(name, chat, to)
                kept[chat] = to
            if kept != self._stored.get(name, {}):
                await self._store.remember(_name(name), json.dumps(kept))
                self._stored[name] = dict(kept)

    async def _say(self, name: str, chat: str, to: str) -> None:
        log.warning("chat moved", notifier=name, chat=chat, to=to)
        places = self._places(chat)
        if places:
            where = ", ".join(places)
            await self._tell(
                CHAT,
                f"group {chat} has become a supergroup with the number {to}. Everything goes there already. In the "
                f"configuration write {to} instead of {chat} (in {where}), then restart",
            )

    def _moving(self) -> dict[str, Moving]:
        each: dict[str, object] = dict(self._notifiers)
        return {name: notifier for name, notifier in each.items() if isinstance(notifier, Moving)}


def _name(notifier: str) -> str:
    return f"moved:{notifier}"
