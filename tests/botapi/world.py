"""All that the fake knows: the bot, people, chats, files, updates, presses. No HTTP in here."""

from collections import Counter
from dataclasses import dataclass, field, replace

from tests.botapi.chats import Chat, Json, Kind, Message, Standing, User, message_json
from tests.botapi.clock import Bell, Clock
from tests.botapi.entities import units
from tests.botapi.files import Files
from tests.botapi.refusals import TOO_OLD, Refusal, bad, forbidden
from tests.botapi.texts import CAPTION_LIMIT, TEXT_LIMIT
from tests.botapi.updates import Update, Updates

BOT = User(7_000_000_001, "Tandem", "tandem_test_bot", is_bot=True)
ANSWER_SECONDS = 15.0
"""For so long a press may be answered. Telegram doesn't say how long; people see about this."""
DELETABLE_SECONDS = 48 * 3600


@dataclass(slots=True)
class Press:
    """A button that somebody pressed, and what the bot answered, if it did."""

    id: str
    user: User
    chat: int
    until: float
    answered: bool = False
    toast: str = ""
    alert: bool = False
    update: Update | None = None
    """What told the bot of it."""


@dataclass(slots=True)
class World:
    """The state behind every method."""

    clock: Clock = field(default_factory=Clock)
    bell: Bell = field(default_factory=Bell)
    bot: User = BOT
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    files: Files = field(default_factory=Files)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """What setMyCommands left, by scope and language."""
    webhook: str = ""
    updates: Updates = field(init=False)
    _numbers: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.updates = Updates(self.clock, self.bell)

    def open(self, chat: Chat) -> Chat:
        """Make a chat known."""
        return self.chats.setdefault(chat.id, chat)

    def number(self, chat: Chat) -> int:
        """The next message id: each supergroup and channel counts for itself, all other chats count together."""
        own = chat.id if chat.kind in (Kind.SUPERGROUP, Kind.CHANNEL) else 0
        self._numbers[own] += 1
        return self._numbers[own]

    def post(self, message: Message) -> Message:
        """Put a new message into its chat, under the next id. Raises Refusal when it is too long."""
        _measured(message, new=True)
        return self._keep(replace(message, id=self.number(self.chats[message.chat])))

    def edit(self, message: Message) -> Message:
        """Put a new version into its chat; its date of edit is now."""
        _measured(message, new=False)
        return self._keep(replace(message, edited=self.clock.date()))

    def json(self, message: Message) -> Json:
        """The message as the Bot API tells of it."""
        return message_json(message, self.chats[message.chat])

    def find_chat(self, given: str) -> Chat:
        """The chat of a chat_id, as far as the bot may know it. Raises Refusal in Telegram's words."""
        if not given:
            raise bad("chat_id is empty")
        name = given.removeprefix("@")
        for chat in self.chats.values():
            public = chat.kind in (Kind.SUPERGROUP, Kind.CHANNEL) and chat.username == name
            if (public if given.startswith("@") else str(chat.id) == given) and chat.standing is not Standing.UNKNOWN:
                return chat
        raise bad("chat not found")

    def writable(self, given: str) -> Chat:
        """The chat of a chat_id, if the bot may write there."""
        chat = self.find_chat(given)
        if chat.moved_to:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, words, {"migrate_to_chat_id": chat.moved_to})
        match chat.standing:
            case Standing.BLOCKED:
                raise forbidden("bot was blocked by the user")
            case Standing.DEACTIVATED:
                raise forbidden("user is deactivated")
            case Standing.KICKED:
                raise forbidden(f"bot was kicked from the {chat.kind} chat")
        return chat

    def editable(self, chat_id: str, number: int) -> Message:
        """A message of the bot's own."""
        chat = self.writable(chat_id)
        if not number:
            raise bad("message identifier is not specified")
        message = chat.find(number)
        if message is None:
            raise bad("message to edit not found")
        if message.sender != self.bot and chat.kind is not Kind.CHANNEL:
            raise bad("message can't be edited")
        return message

    def deletable(self, chat_id: str, number: int) -> Message:
        """A message that the bot may take away."""
        chat = self.writable(chat_id)
        if not number:
            raise bad("message identifier is not specified")
        message = chat.find(number)
        if message is None:
            raise bad("message to delete not found")
        foreign = message.sender != self.bot and chat.kind is not Kind.PRIVATE
        if foreign or self.clock.date() - message.date > DELETABLE_SECONDS:
            raise bad("message can't be deleted")
        return message

    def answerable(self, press_id: str) -> Press:
        """A press that waits for its answer, for the last time."""
        press = self.presses.get(press_id)
        if press is None or press.answered or press.until < self.clock.now():
            raise bad(TOO_OLD)
        return press

    def _keep(self, message: Message) -> Message:
        self.chats[message.chat].keep(message)
        self.bell.ring()
        return message


def _measured(message: Message, *, new: bool) -> None:
    length = units(message.text)
    if message.has_media():
        if length > CAPTION_LIMIT:
            raise bad("message caption is too long" if new else "MEDIA_CAPTION_TOO_LONG")
    elif length > TEXT_LIMIT:
        raise bad("message is too long" if new else "MESSAGE_TOO_LONG")
    elif not length:
        raise bad("text must be non-empty")
