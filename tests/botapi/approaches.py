"""Every way in which somebody can approach the bot: the matrix of strangers takes them from here (S1)."""

from collections.abc import Callable, Mapping

from tests.botapi.chats import Chat, Kind, Message
from tests.botapi.people import Group, Person
from tests.botapi.server import BotApi
from tests.botapi.updates import Update

CHANNEL = -1_000_000_000_777
Approach = Callable[[BotApi, Person, Chat, str], Update | None]
"""Somebody, in some chat, with some words."""


def _says(_: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    return person.say(text, chat=chat)


def _edits(_: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    person.say("something harmless", chat=chat)
    return person.edit(chat.messages[-1], text)


def _presses(_: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    """The words are the button's data; the message is the latest in the chat, whoever wrote it."""
    bare = Message(id=0, chat=chat.id, date=0, sender=person.world.bot)
    return person.press_data(text, chat.messages[-1] if chat.messages else bare).update


def _photographs(_: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    return person.send_photo(_DOT, text, chat=chat)


def _forwards(_: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    return person.forward(text, chat=chat)


def _asks_inline(_: BotApi, person: Person, _chat: Chat, text: str) -> Update | None:
    return person.ask_inline(text)


def _hides_as_admin(api: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    return _group(api, person, chat).anonymously(text)


def _posts(api: BotApi, _person: Person, _chat: Chat, text: str) -> Update | None:
    return api.channel(CHANNEL).post(text)


def _edits_post(api: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    _posts(api, person, chat, "something harmless")
    return api.channel(CHANNEL).edit_post(text)


def _carries(api: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    return _group(api, person, chat).carries(text, api.channel(CHANNEL).chat)


def _business(api: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    body = {"message_id": 1, "date": api.world.clock.date(), "chat": chat.as_json(), "from": person.user.as_json()}
    return api.deliver("business_message", body | {"text": text, "business_connection_id": "b"})


def _joins(api: BotApi, person: Person, chat: Chat, text: str) -> Update | None:
    body = {
        "chat": _group(api, person, chat).chat.as_json(),
        "from": person.user.as_json(),
        "user_chat_id": person.user.id,
    }
    return api.deliver("chat_join_request", body | {"date": api.world.clock.date(), "bio": text})


APPROACHES: Mapping[str, Approach] = {
    "message": _says,
    "edited message": _edits,
    "button": _presses,
    "photo": _photographs,
    "forward": _forwards,
    "inline query": _asks_inline,
    "anonymous admin": _hides_as_admin,
    "channel post": _posts,
    "edited channel post": _edits_post,
    "linked channel": _carries,
    "business message": _business,
    "join request": _joins,
}
"""By name. What needs a group is done in one of the person's own, when the chat is a private one."""

_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001"
    "e221bc330000000049454e44ae426082"
)
"""A PNG of one grey dot."""


def _group(api: BotApi, person: Person, chat: Chat) -> Group:
    return Group(person.world, chat) if chat.kind is not Kind.PRIVATE else api.group(-(10**12) - person.user.id)
