"""Alerts into Telegram's chats. What can go wrong, and in whose words it is said, is the client's matter."""

from collections.abc import Mapping

from plugins.notifiers.telegram.cards import card, plain
from plugins.notifiers.telegram.client import Moved, TelegramClient
from plugins.notifiers.telegram.settings import TelegramSettings
from ports.errors import Declined
from ports.notifier import Delivery, Pace, Receipt

MINUTE = 60_000
MOVES = 3
"""How often a chat may have moved on the way; more is a circle."""


class TelegramNotifier:
    """Writes cards; lends its bot to a front end in the same process. See Notifier, Chatting, Moving and LendsBot."""

    at_once = 8
    together = 10

    def __init__(self, settings: TelegramSettings, *, name: str) -> None:
        """Nothing is opened before the first alert."""
        self.name = name
        self._client = TelegramClient(settings, name)
        self._settings = settings
        self._moved: dict[str, str] = {}

    @property
    def home(self) -> str:
        """See Chatting.home."""
        return self._settings.chat

    @property
    def bot(self) -> object:
        """See LendsBot.bot: an ExtBot of python-telegram-bot, with our rate limiter."""
        return self._client.bot

    @property
    def moved(self) -> Mapping[str, str]:
        """See Moving.moved."""
        return self._moved

    def follow(self, chat: str, to: str) -> None:
        """See Moving.follow."""
        self._moved[chat] = to

    async def start(self) -> None:
        """See Notifier.start: Telegram may be down and the service still starts (E7)."""

    async def close(self) -> None:
        """See Notifier.close."""
        await self._client.close()

    def pace(self, chat: str) -> Pace:
        """See Chatting.pace: groups are slower than people."""
        if chat.startswith(("-", "@")):
            return Pace(self._settings.group_rate, MINUTE)
        return Pace(1 if self._settings.chat_interval else 0, self._settings.chat_interval)

    async def deliver(self, delivery: Delivery) -> Receipt:
        """See Notifier.deliver."""
        return await self.deliver_together((delivery,))

    async def deliver_together(self, deliveries: tuple[Delivery, ...]) -> Receipt:
        """See Chatting.deliver_together: silent only where each of them is."""
        chat = deliveries[0].chat or self.home
        if not chat:
            raise Declined(f"{self.name}: there is no chat for this alert; set alerts.default_chat")
        silent = all(delivery.silent for delivery in deliveries)
        try:
            return Receipt(await self._sent(chat, card(deliveries), html=True, silent=silent))
        except Declined:
            # Should Telegram ever read our markup otherwise than we do, an alert without it beats none.
            return Receipt(await self._sent(chat, plain(deliveries), html=False, silent=silent))

    async def _sent(self, chat: str, text: str, *, html: bool, silent: bool) -> str:
        """A group that became another one is followed there."""
        for _ in range(MOVES):
            try:
                return await self._client.send(self._moved.get(chat, chat), text, html=html, silent=silent)
            except Moved as news:
                self._moved[chat] = news.chat
        raise Declined(f"{self.name}: chat {chat} moved {MOVES} times; put its new number into the configuration")
