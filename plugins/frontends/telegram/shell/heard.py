"""What came in from Telegram, as plain values, and whether it is served (E1, S1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plugins.frontends.telegram.shell.settings import TelegramFrontendSettings
from ports.frontend import Principal

if TYPE_CHECKING:
    from telegram import Message, Update, User

NAME_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Heard:
    """A message's *text*, or the *data* of a pressed button with the *press* that Telegram wants answered.

    *message* is the message itself, or the one under which the button is; *number* is the update's, rising.
    """

    number: int
    who: Principal
    chat: int
    user: int
    message: int
    text: str = ""
    data: str = ""
    press: str = ""
    pictured: bool = False
    """Whether the button's message is a picture: such a message can't become a text."""


def heard(update: "Update", settings: TelegramFrontendSettings, home: Callable[[int], int]) -> Heard | None:
    """What a person who is served said or pressed in a chat that is served; None for all else, which is not answered.

    *home* knows a chat by the number it has at Telegram now (`shell.whereabouts`).

    Edited messages, channel posts, inline queries, forwarded messages, messages through other bots and in the name of a
    chat (anonymous admins) are never acts.
    """
    if update.callback_query is not None:
        query = update.callback_query
        message = query.message
        if message is None or query.data is None or not _served(query.from_user, home(message.chat.id), settings):
            return None
        chat = home(message.chat.id)
        who = _principal(query.from_user, chat, settings)
        pictured = bool(getattr(message, "photo", None))
        return Heard(
            update.update_id, who, chat, query.from_user.id, message.message_id, data=query.data,
            press=query.id, pictured=pictured,
        )  # fmt: skip
    said = update.message
    if said is None or said.from_user is None or not _plain(said):
        return None
    chat = home(said.chat.id)
    if not _served(said.from_user, chat, settings):
        return None
    who = _principal(said.from_user, chat, settings)
    return Heard(update.update_id, who, chat, said.from_user.id, said.message_id, text=said.text or "")


def _plain(said: "Message") -> bool:
    """Whether the person wrote this here and now, in their own name."""
    return said.sender_chat is None and said.forward_origin is None and said.via_bot is None


def _served(user: "User", chat: int, settings: TelegramFrontendSettings) -> bool:
    return not user.is_bot and user.id in settings.users and (chat == user.id or chat in settings.chats)


def _principal(user: "User", chat: int, settings: TelegramFrontendSettings) -> Principal:
    name = "".join(one for one in user.first_name if one.isprintable())[:NAME_LENGTH].strip()
    return principal(user.id, chat, name, settings.users)


def principal(user: int, chat: int, name: str, users: Mapping[int, object]) -> Principal:
    """Who a user is to the application; KeyError for one who is not on the list (any more)."""
    from ports.frontend import Role

    return Principal(front="telegram", user=str(user), role=Role(str(users[user])), name=name, chat=str(chat))
