"""What people do: they write, press, send pictures, forward, block. Each act becomes the update that Telegram sends."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count

from tests.botapi.chats import ANONYMOUS, SERVICE, Chat, Json, Kind, Message, Standing, User
from tests.botapi.entities import Formatted
from tests.botapi.phone import draw
from tests.botapi.texts import tidy
from tests.botapi.transcript import transcript
from tests.botapi.updates import Update
from tests.botapi.world import ANSWER_SECONDS, Press, World

_PRESSES = count(4_382_000_000_001)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone. What a method returns is the update; None when the bot doesn't ask for its kind."""

    world: World
    user: User

    @property
    def chat(self) -> Chat:
        """The chat between this person and the bot."""
        return self.world.open(Chat(self.user.id, Kind.PRIVATE, self.user.first_name, self.user.username))

    @property
    def sees(self) -> list[Message]:
        """What stands in that chat, the latest last."""
        return self.chat.messages

    @property
    def last(self) -> Message:
        """The latest message from the bot in that chat."""
        mine = [message for message in self.sees if message.sender == self.world.bot]
        assert mine, f"the bot never wrote to {self.user.first_name}; there is {[each.text for each in self.sees]}"
        return mine[-1]

    @property
    def screen(self) -> str:
        """That chat written down."""
        return transcript(self.chat)

    def phone(self) -> bytes:
        """That chat drawn, as a PNG to look at."""
        return draw(self.chat, self.world.bot)

    def say(self, text: str, *, chat: Chat | None = None, reply_to: int = 0, thread: int = 0) -> Update | None:
        """Write a text, in a group when *chat* is given."""
        message = self._message(chat, content=tidy(Formatted(text)), reply_to=reply_to, thread=thread)
        return _arrives(self.world, "message", message)

    def edit(self, message: Message, text: str) -> Update | None:
        """Change what was written."""
        edited = self.world.edit(replace(message, content=tidy(Formatted(text))))
        return self.world.updates.add("edited_message", self.world.json(edited))

    def send_photo(self, body: bytes, caption: str = "", *, chat: Chat | None = None) -> Update | None:
        """Send a picture; Telegram makes it smaller."""
        photo = self.world.files.photo(body)
        message = self._message(chat, content=tidy(Formatted(caption)), photo=photo)
        return _arrives(self.world, "message", message)

    def send_file(self, body: bytes, name: str, kind: str = "application/octet-stream") -> Update | None:
        """Send a file as it is."""
        return _arrives(
            self.world, "message", self._message(None, document=self.world.files.document(body, name, kind))
        )

    def forward(self, text: str, origin: User | None = None, *, chat: Chat | None = None) -> Update | None:
        """Pass on what somebody else wrote; without *origin* that somebody hides."""
        told: Json = {"type": "user", "sender_user": origin.as_json()} if origin else _HIDDEN
        more = {"forward_origin": told | {"date": self.world.clock.date()}}
        return _arrives(self.world, "message", self._message(chat, content=tidy(Formatted(text)), more=more))

    def ask_inline(self, query: str) -> Update | None:
        """Type the bot's name and a query into some other chat."""
        body: Json = {"id": str(next(_PRESSES)), "from": self.user.as_json(), "query": query, "offset": ""}
        return self.world.updates.add("inline_query", body)

    def press(self, label: str, message: Message | None = None, *, chat: Chat | None = None) -> Press:
        """Press a button: of *message* as it stood when it was looked at, or of the latest that has such a one."""
        seen = [message] if message else list(reversed((chat or self.chat).messages))
        for each in seen:
            for button in each.keyboard.buttons():
                if button.text == label and button.data:
                    return self.press_data(button.data, each)
        raise AssertionError(f"no button {label!r}; there are {[each.labels for each in seen if each.labels]}")

    def press_data(self, data: str, message: Message) -> Press:
        """Press a button with any data under a message, as a changed client can."""
        press = Press(str(next(_PRESSES)), self.user, message.chat, self.world.clock.now() + ANSWER_SECONDS)
        self.world.presses[press.id] = press
        body: Json = {"id": press.id, "from": self.user.as_json(), "chat_instance": f"-{abs(message.chat)}7"}
        body |= {"message": _pressed(self.world, message), "data": data}
        press.update = self.world.updates.add("callback_query", body)
        return press

    def block(self) -> Update | None:
        """Want nothing from the bot any more."""
        self.chat.standing = Standing.BLOCKED
        return _membership(self.world, self.chat, self.user, "member", "kicked")

    def unblock(self) -> Update | None:
        """Let the bot write again."""
        self.chat.standing = Standing.WELCOME
        return _membership(self.world, self.chat, self.user, "kicked", "member")

    def _message(self, chat: Chat | None, **what: object) -> Message:
        place = chat or self.chat
        if place.kind is Kind.PRIVATE and place.standing is Standing.UNKNOWN:
            place.standing = Standing.WELCOME
        bare = Message(id=0, chat=place.id, date=self.world.clock.date(), sender=self.user)
        return self.world.post(replace(bare, **what))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Group:
    """A group or a channel, and what happens in it without a person's name."""

    world: World
    chat: Chat

    def anonymously(self, text: str) -> Update | None:
        """An administrator who hides behind the group writes."""
        return self._says(text, "message", ANONYMOUS, {"sender_chat": self.chat.as_json()})

    def carries(self, text: str, channel: Chat) -> Update | None:
        """The post of a linked channel arrives by itself."""
        origin = {"type": "channel", "chat": channel.as_json(), "message_id": 1, "date": self.world.clock.date()}
        more = {"sender_chat": channel.as_json(), "is_automatic_forward": True, "forward_origin": origin}
        return self._says(text, "message", SERVICE, more)

    def post(self, text: str) -> Update | None:
        """A channel's post; nobody is its sender."""
        return self._says(text, "channel_post", None, {"sender_chat": self.chat.as_json()})

    def edit_post(self, text: str) -> Update | None:
        """The latest post is changed."""
        edited = self.world.edit(replace(self.chat.messages[-1], content=tidy(Formatted(text))))
        return self.world.updates.add("edited_channel_post", self.world.json(edited))

    def kick_bot(self, by: User) -> Update | None:
        """The bot has to leave."""
        self.chat.standing = Standing.KICKED
        return _membership(self.world, self.chat, by, "member", "kicked")

    def become(self, supergroup: Chat) -> None:
        """The group moves to a supergroup and leaves its id behind."""
        self.chat.moved_to = supergroup.id

    def upgrade(self, supergroup: Chat, by: User) -> None:
        """The same, with the two service messages by which Telegram tells of it."""
        self.become(supergroup)
        for chat, said in (
            (self.chat, {"migrate_to_chat_id": supergroup.id}),
            (supergroup, {"migrate_from_chat_id": self.chat.id}),
        ):
            body: Json = {
                "message_id": 1,
                "date": self.world.clock.date(),
                "chat": chat.as_json(),
                "from": by.as_json(),
            }
            self.world.updates.add("message", body | said)

    def _says(self, text: str, kind: str, sender: User | None, more: Mapping[str, object]) -> Update | None:
        message = Message(id=0, chat=self.chat.id, date=self.world.clock.date(), sender=sender, more=more)
        return _arrives(self.world, kind, self.world.post(replace(message, content=tidy(Formatted(text)))))


_HIDDEN: Json = {"type": "hidden_user", "sender_user_name": "Somebody"}


def _arrives(world: World, kind: str, message: Message) -> Update | None:
    return world.updates.add(kind, world.json(message))


def _pressed(world: World, message: Message) -> Json:
    """The message as it is now; of one that is gone only its place is told."""
    now = world.chats[message.chat].find(message.id)
    if now is not None:
        return world.json(now)
    return {"message_id": message.id, "date": 0, "chat": world.chats[message.chat].as_json()}


def _membership(world: World, chat: Chat, by: User, old: str, new: str) -> Update | None:
    body: Json = {"chat": chat.as_json(), "from": by.as_json(), "date": world.clock.date()}
    members = {f"{when}_chat_member": _member(world, status) for when, status in (("old", old), ("new", new))}
    return world.updates.add("my_chat_member", body | members)


def _member(world: World, status: str) -> Json:
    return {"status": status, "user": world.bot.as_json()} | ({"until_date": 0} if status == "kicked" else {})
