"""Where chats are now: Telegram gives a group that becomes a supergroup another number (Bot API, migrate_to_chat_id).

Inside, a chat keeps the number with which it is configured; only here and at Telegram it has the new one. A new number
is believed for one reason alone: Telegram said it, of a configured chat (in that chat, or to a request of ours).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ports.notifier import Moving, Notifier

if TYPE_CHECKING:
    from telegram import Update


@dataclass(slots=True)
class Whereabouts:
    """Of one bot's chats. The notifier that lends the bot knows them too, and the service keeps what it knows."""

    notifiers: Mapping[str, Notifier]
    lender: str
    groups: Collection[int]
    _own: dict[str, str] = field(default_factory=dict)

    @property
    def _moved(self) -> Mapping[str, str]:
        lender: object = self.notifiers.get(self.lender)
        return lender.moved if isinstance(lender, Moving) else self._own

    def now(self, chat: int) -> int:
        """The number that *chat* has at Telegram."""
        return int(self._moved.get(str(chat), chat))

    def home(self, number: int) -> int:
        """The chat that has this number at Telegram now."""
        if number in self.groups:
            return number
        return next((chat for chat in self.groups if self.now(chat) == number), number)

    def follow(self, chat: int, to: int) -> None:
        """Telegram says that *chat* is at *to* from now on."""
        lender: object = self.notifiers.get(self.lender)
        if isinstance(lender, Moving):
            lender.follow(str(chat), str(to))
        else:
            self._own[str(chat)] = str(to)

    def hear(self, update: "Update") -> bool:
        """Whether this is Telegram's word that a group of ours has another number; it is believed then."""
        said = update.message
        if said is None or not said.migrate_to_chat_id or said.chat.id not in self.groups:
            return False
        self.follow(said.chat.id, said.migrate_to_chat_id)
        return True
