"""Who talks and where: users, chats, and the messages in them, each with all its versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.botapi.entities import Formatted
from tests.botapi.files import Document, Photo
from tests.botapi.keyboards import Keyboard, ReplyKeyboard

Json = dict[str, object]


class Kind(StrEnum):
    """What a chat is."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Standing(StrEnum):
    """What the bot is to a chat."""

    WELCOME = "welcome"
    UNKNOWN = "unknown"
    """Its person never wrote to the bot."""
    BLOCKED = "blocked"
    KICKED = "kicked"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    username: str = ""
    is_bot: bool = False

    def as_json(self) -> Json:
        """The Bot API's User."""
        found: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        return found | ({"username": self.username} if self.username else {})


ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
"""Stands for an administrator who doesn't show who it is."""
SERVICE = User(777000, "Telegram")
"""Carries a channel's posts into its group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it is now; nothing of it changes but by a new version."""

    id: int
    chat: int
    date: int
    sender: User | None
    content: Formatted = field(default_factory=Formatted)
    photo: Photo | None = None
    document: Document | None = None
    keyboard: Keyboard = field(default_factory=Keyboard)
    edited: int = 0
    silent: bool = False
    protected: bool = False
    thread: int = 0
    reply_to: int = 0
    more: Mapping[str, object] = field(default_factory=dict)
    """Fields that only some messages have: sender_chat, forward_origin, author_signature."""

    @property
    def text(self) -> str:
        """What a person reads: the text, or what is written under the picture."""
        return self.content.text

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        """Each entity with its words."""
        return self.content.marks()

    @property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """What is written on the buttons, row by row."""
        return self.keyboard.labels()

    @property
    def picture(self) -> bytes | None:
        """The bytes that the bot sent as a picture."""
        return self.photo.body if self.photo else None

    def has_media(self) -> bool:
        """Whether its text is a caption."""
        return self.photo is not None or self.document is not None

    def essence(self) -> tuple[object, ...]:
        """What an edit has to change."""
        photo = self.photo and self.photo.unique
        document = self.document and self.document.stored.unique
        return self.content, photo, document, self.keyboard


@dataclass(slots=True)
class Chat:
    """A chat and what is in it, in order."""

    id: int
    kind: Kind
    name: str
    username: str = ""
    standing: Standing = Standing.WELCOME
    moved_to: int = 0
    """The supergroup that a group became."""
    threads: set[int] = field(default_factory=set)
    versions: dict[int, list[Message]] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    toasts: list[str] = field(default_factory=list)
    """What answers to presses showed, the latest last."""
    actions: list[str] = field(default_factory=list)
    reply_keyboard: ReplyKeyboard = field(default_factory=ReplyKeyboard)
    pinned: list[int] = field(default_factory=list)

    @property
    def messages(self) -> list[Message]:
        """What a person sees, the latest last."""
        return [kept[-1] for number, kept in self.versions.items() if number not in self.deleted]

    def find(self, number: int) -> Message | None:
        """The message, unless it is gone."""
        return self.versions[number][-1] if number in self.versions and number not in self.deleted else None

    def keep(self, message: Message) -> None:
        """A new message, or a new version of one."""
        self.versions.setdefault(message.id, []).append(message)

    def as_json(self) -> Json:
        """The Bot API's Chat."""
        name = "first_name" if self.kind is Kind.PRIVATE else "title"
        found: Json = {"id": self.id, "type": str(self.kind), name: self.name}
        return found | ({"username": self.username} if self.username else {})


def message_json(message: Message, chat: Chat, *, with_reply: bool = True) -> Json:
    """The Bot API's Message; what it replies to comes along once, as far as it is still there."""
    found: Json = {"message_id": message.id, "date": message.date, "chat": chat.as_json(), **message.more}
    if message.sender is not None:
        found["from"] = message.sender.as_json()
    text, entities = ("caption", "caption_entities") if message.has_media() else ("text", "entities")
    optional: Json = {
        "edit_date": message.edited,
        "message_thread_id": message.thread,
        "has_protected_content": message.protected,
        text: message.content.text,
        entities: [each.as_json() for each in message.content.entities],
        "photo": message.photo and message.photo.as_json(),
        "document": message.document and message.document.as_json(),
        "reply_markup": message.keyboard.as_json() if message.keyboard.rows else None,
    }
    found |= {name: value for name, value in optional.items() if value}
    replied = chat.find(message.reply_to) if with_reply else None
    if replied is not None:
        found["reply_to_message"] = message_json(replied, chat, with_reply=False)
    return found
