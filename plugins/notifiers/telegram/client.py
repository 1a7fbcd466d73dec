"""The one place that speaks to Telegram: python-telegram-bot behind our own errors, its token never shown.

Everything a person could read (errors, logs) is redacted here: the library names the token in its addresses and in one
of its errors.
"""

import base64
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import quote

import httpx
from telegram import LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from plugins.notifiers.telegram.settings import TelegramSettings
from ports.errors import Declined, RateLimited, Unavailable, Unreached

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_MORE_SECONDS = 0.25
"""Added to what Telegram says in a 429: it counts in whole seconds and forgives nobody who comes early."""
FEW, EVENLY = 3, 1.15
"""Requests leave a few at a time and slower than allowed: those few and a second's others must be within the limit."""


class Moved(Exception):
    """The group became another one, whose number is *chat*."""

    def __init__(self, chat: str) -> None:
        """Keep the new number."""
        self.chat = chat
        super().__init__(chat)


def _request(seconds: float, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=seconds,
        read_timeout=seconds,
        write_timeout=seconds,
        pool_timeout=seconds,
        media_write_timeout=2 * seconds,
        httpx_kwargs={"follow_redirects": False},
    )


class TelegramClient:
    """One bot with its connections and its rate limiter. The bot may be used by others while the client is open."""

    def __init__(self, settings: TelegramSettings, name: str) -> None:
        """Nothing is connected before the first request; *name* is how messages call this bot."""
        _quieten()
        token, seconds = settings.token.reveal(), settings.timeout / 1_000
        self.name = name
        self._hidden = _forms(token)
        self._connections = (_request(seconds, 2), _request(seconds, 16))
        self.bot = ExtBot(
            token,
            base_url=settings.base_url,
            base_file_url=settings.base_file_url,
            get_updates_request=self._connections[0],
            request=self._connections[1],
            rate_limiter=AIORateLimiter(FEW, FEW * EVENLY / settings.overall_rate, settings.group_rate, 60),
        )

    async def close(self) -> None:
        """End the connections; safe to call twice."""
        await self.bot.shutdown()
        for each in self._connections:
            await each.shutdown()

    async def send(self, chat: str, text: str, *, html: bool, silent: bool) -> str:
        """A message, its reference. Raises Moved, Declined, RateLimited, Unreached or Unavailable."""
        async with self.translated(chat):
            sent = await self.bot.send_message(
                chat,
                text,
                parse_mode="HTML" if html else None,
                disable_notification=silent,
                link_preview_options=NO_PREVIEW,
            )
        return f"{sent.chat_id}/{sent.message_id}"

    @asynccontextmanager
    async def translated(self, chat: str) -> AsyncIterator[None]:
        """Raise what the library raises as our own errors, by class, without its causes: those hold the address."""
        try:
            yield
        except ChatMigrated as error:
            raise Moved(str(error.new_chat_id)) from None
        except TelegramError as error:
            raise self._said(error, chat) from None

    def _said(self, error: TelegramError, chat: str) -> Exception:
        words = self.redacted(str(error))
        match error:
            case RetryAfter():
                wait = error.retry_after
                seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
                return RateLimited(f"{self.name}: Telegram asks for {seconds:g} s of silence", seconds + _MORE_SECONDS)
            case InvalidToken():
                return Unreached(
                    f"{self.name}: Telegram does not know this bot's token; ask BotFather for the right one, "
                    "put it where the configuration's token points, and restart"
                )
            case Forbidden():
                return Declined(f"{self.name}: chat {chat} is closed to the bot ({words}); press Start there again")
            case BadRequest():
                return Declined(f"{self.name}: chat {chat} refuses ({words}); check the chat's number")
            case Conflict():
                return Unavailable(
                    f"{self.name}: another program uses this bot ({words}); stop it, or change the token"
                )
        if isinstance(error.__cause__, _NEVER_SENT):
            return Unreached(f"{self.name}: Telegram can't be reached ({words}); look at the network")
        return Unavailable(f"{self.name}: no answer from Telegram ({words}); it is tried again")

    def redacted(self, words: str) -> str:
        """Words without the token, however it is written."""
        for form in self._hidden:
            words = words.replace(form, "***")
        return words


def _forms(token: str) -> tuple[str, ...]:
    """The token as it may appear: plain, quoted for an address, in base 64, and its secret half alone."""
    secret = token.partition(":")[2] or token
    encoded = base64.b64encode(token.encode()).decode()
    return tuple(sorted({token, quote(token, safe=""), encoded, encoded.rstrip("="), secret}, key=len, reverse=True))


def _quieten() -> None:
    """Nobody may log addresses, and with them the token, nor every 429 with its traceback."""
    # The library's switch for waits as timedeltas; without it each 429 would warn.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.INFO)
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
