"""Screens onto phones and back: the only module here that calls the Bot API. Errors are sorted by what the caller does.

Bot API: https://core.telegram.org/bots/api (sendMessage, sendPhoto, editMessageText, editMessageMedia,
answerCallbackQuery, deleteMessage, setMyCommands, getUpdates).
"""

import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from plugins.frontends.telegram.shell.whereabouts import Whereabouts
from ports.errors import Declined, RateLimited, Stopped, TandemError, Unavailable

if TYPE_CHECKING:
    from telegram import Bot, InlineKeyboardMarkup, Update
    from telegram.error import TelegramError

log = structlog.get_logger("tandem.telegram")

KINDS = ("message", "callback_query")
TOAST = 190
"""Characters of the words over a pressed button; Telegram takes 200."""
Keys = Sequence[Sequence[tuple[str, str]]]
T = TypeVar("T")


class Twice(Exception):
    """Another poller uses this token (409). It may be an old instance, or somebody who has the token."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it is shown: HTML text, rows of (label, data), maybe a PNG with the text as its caption."""

    text: str
    keys: Keys = ()
    picture: bytes | None = None


class Phone:
    """Calls one bot. Raises Unavailable, RateLimited, Declined (this chat or message refuses), Stopped (the token)."""

    def __init__(self, bot: "Bot", whereabouts: Whereabouts) -> None:
        """*bot* is open already. Chats are called by their own numbers, wherever they are now."""
        self._bot = bot
        self._whereabouts = whereabouts

    @property
    def bot(self) -> str:
        """The bot's own number: the part of its token that is no secret."""
        return self._bot.token.partition(":")[0]

    async def send(self, chat: int, shown: Shown) -> int:
        """A new message; returns its id."""
        from telegram import LinkPreviewOptions

        markup, picture = _markup(shown.keys), shown.picture
        if picture is not None:
            sent = await self._in(
                chat,
                lambda at: self._bot.send_photo(
                    at, picture, caption=shown.text, parse_mode="HTML", reply_markup=markup, filename="tandem.png"
                ),
            )
            return sent.message_id
        sent = await self._in(
            chat,
            lambda at: self._bot.send_message(
                at, shown.text, parse_mode="HTML", reply_markup=markup,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
        )  # fmt: skip
        return sent.message_id

    async def edit(self, chat: int, message: int, shown: Shown) -> None:
        """Change a message in place, a text into a text or a picture into a picture. The same again is no error."""
        try:
            await self._in(chat, lambda at: self._edited(at, message, shown))
        except Declined as error:
            if "not modified" not in str(error).lower():
                raise Declined(f"message {message}: {error}") from None

    def _edited(self, at: int, message: int, shown: Shown) -> "Awaitable[object]":
        from telegram import InputMediaPhoto, LinkPreviewOptions

        markup = _markup(shown.keys)
        if shown.picture is not None:
            media = InputMediaPhoto(shown.picture, caption=shown.text, parse_mode="HTML", filename="tandem.png")
            return self._bot.edit_message_media(media, at, message, reply_markup=markup)
        return self._bot.edit_message_text(
            shown.text, at, message, parse_mode="HTML", reply_markup=markup,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )  # fmt: skip

    async def _in(self, chat: int, call: Callable[[int], Awaitable[T]]) -> T:
        """A request to a chat, where it is now. Told that it has just become another one, we follow, once."""
        from telegram.error import ChatMigrated

        try:
            return await _sorted(call(self._whereabouts.now(chat)))
        except ChatMigrated as error:
            self._whereabouts.follow(chat, error.new_chat_id)
        try:
            return await _sorted(call(self._whereabouts.now(chat)))
        except ChatMigrated as error:
            raise Declined(f"Telegram refuses: {error.message}") from None

    async def answer(self, press: str, toast: str = "") -> None:
        """Tell Telegram that a press was heard. That it can't be told ends nothing: the press may be too old."""
        try:
            await _sorted(self._bot.answer_callback_query(press, text=toast[:TOAST] or None))
        except TandemError as error:
            log.debug("press not answered", reason=str(error))

    async def delete(self, chat: int, message: int) -> None:
        """Take a message away; one that can't be is left."""
        try:
            await self._in(chat, lambda at: self._bot.delete_message(at, message))
        except (Declined, Unavailable) as error:
            log.debug("message not deleted", reason=str(error))

    async def commands(self, commands: Mapping[str, str]) -> None:
        """The command menu: names with their sentences."""
        await _sorted(self._bot.set_my_commands(list(commands.items())))

    async def updates(self, offset: int | None, wait: int) -> "tuple[Update, ...]":
        """What happened since *offset*; raises Twice when somebody else polls too.

        Of an update that can't be read nothing but its number comes.
        """
        from telegram.error import Conflict, TelegramError

        try:
            return await self._bot.get_updates(
                offset, timeout=wait, allowed_updates=list(KINDS), read_timeout=wait + 10
            )
        except Conflict:
            raise Twice from None
        except TelegramError as error:
            raise _as_ours(error) from None
        except Exception as error:  # noqa: BLE001 - whatever the library stumbles over: one of them is odd
            log.warning("updates read one by one", reason=type(error).__name__)
            return await self._one_by_one(offset)

    async def _one_by_one(self, offset: int | None) -> "tuple[Update, ...]":
        """The same updates as they are written, read each for itself: an odd one hides none of the others."""
        # The library would rather have its own method called, which reads all of them or none.
        warnings.filterwarnings("ignore", message="Please use 'Bot.get_updates'")
        asked: dict[str, object] = {"timeout": 0, "allowed_updates": list(KINDS)}
        if offset is not None:
            asked["offset"] = offset
        found: Any = await _sorted(self._bot.do_api_request("get_updates", api_kwargs=asked))
        return tuple(self._read(each) for each in found)

    def _read(self, written: dict[str, Any]) -> "Update":
        from telegram import Update

        try:
            return Update.de_json(written, self._bot)
        except Exception as error:  # noqa: BLE001 - as above
            kind = ", ".join(key for key in written if key != "update_id")
            log.warning("update skipped: it can't be read", update=written["update_id"], kind=kind, reason=repr(error))
            return Update(int(written["update_id"]))


def _markup(keys: Keys) -> "InlineKeyboardMarkup | None":
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup

    if not keys:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in keys]
    )


async def _sorted(call: Awaitable[T]) -> T:
    """The call, its errors as ours. A group that has become another one is the caller's affair: ChatMigrated."""
    from telegram.error import ChatMigrated, TelegramError

    try:
        return await call
    except ChatMigrated:
        raise
    except TelegramError as error:
        raise _as_ours(error) from None


def _as_ours(error: "TelegramError") -> TandemError:
    """A vendor's error as one of ours, by its class."""
    from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter

    match error:
        case RetryAfter():
            wait = error.retry_after
            seconds = wait if isinstance(wait, int | float) else wait.total_seconds()
            return RateLimited("Telegram asks for patience", float(seconds))
        case InvalidToken():
            return Stopped(
                "Telegram does not know this bot's token: put the one from @BotFather into the configuration"
            )
        case Forbidden() | BadRequest():
            return Declined(f"Telegram refuses: {error.message}")
        case _:
            return Unavailable(f"Telegram can't be reached: {type(error).__name__}")
