"""The Telegram front end with the strict Bot API and the unchanged python-telegram-bot, over any application."""

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from telegram.ext import ExtBot

from core.engine.application import FrontDoor
from core.engine.control import Handler as Command
from core.engine.memory_store import MemoryStore
from plugins.clocks.system import SystemClock
from plugins.frontends.telegram.shell.frontend import TelegramFrontend
from plugins.frontends.telegram.shell.settings import TelegramFrontendSettings
from plugins.frontends.telegram.turn import Handler
from ports.notifier import Delivery, Receipt
from tests.botapi.people import Person
from tests.botapi.server import BotApi, bot_api

os.environ.setdefault("PTB_TIMEDELTA", "true")  # without it the library warns of its own retry_after
HURRY = 50
"""How many times faster than the world the test's clock runs."""


class Fast(SystemClock):
    """Time that a test pushes on; who sleeps, sleeps short."""

    def __init__(self) -> None:
        """At the real time."""
        super().__init__()
        self.ahead = 0

    def now(self) -> int:
        """The real time and what was pushed."""
        return super().now() + self.ahead

    async def sleep(self, milliseconds: int) -> None:
        """A short while."""
        await asyncio.sleep(milliseconds / 1_000 / HURRY)


class Lender:
    """A notifier that lends its bot and tells nobody anything."""

    def __init__(self, name: str, bot: object, moved: Mapping[str, str]) -> None:
        """Around a bot."""
        self.name = name
        self.bot = bot
        self.moved = dict(moved)

    def follow(self, chat: str, to: str) -> None:
        """A group has another number."""
        self.moved[chat] = to

    async def start(self) -> None:
        """Open already."""

    async def close(self) -> None:
        """The test closes it."""

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Nothing is sent here."""
        raise AssertionError(delivery)


@dataclass
class Talking:
    """What a test does and looks at."""

    api: BotApi
    frontend: TelegramFrontend
    store: MemoryStore
    clock: Fast
    told: list[tuple[str, str]]
    running: "asyncio.Task[None]"
    lender: Lender

    async def shows(self, person: Person, text: str) -> None:
        """Wait until the bot's latest message to somebody holds these words."""
        await self.api.until(lambda: text in self.words(person))

    def words(self, person: Person) -> str:
        """The bot's latest message to somebody; "" before the first."""
        mine = [each for each in person.sees if each.sender == person.world.bot]
        return mine[-1].text if mine else ""

    def chosen(self) -> list[str]:
        """The toasts that were shown over pressed buttons, in order."""
        return [text for call in self.api.calls_of("answerCallbackQuery") if (text := call.given.text("text"))]


@asynccontextmanager
async def talking(
    screens: Mapping[str, Handler],
    commands: Mapping[str, str],
    *,
    handlers: Mapping[str, Command] | None = None,
    api: BotApi | None = None,
    store: MemoryStore | None = None,
    acting: Collection[str] = (),
    moved: Mapping[str, str] | None = None,
    **settings: Any,
) -> AsyncIterator[Talking]:
    """A front end that serves Alice (7, trader) and Victor (8, viewer), polling."""
    if api is None:
        async with (
            bot_api() as fresh,
            talking(
                screens, commands, handlers=handlers, api=fresh, store=store, acting=acting, moved=moved, **settings
            ) as found,
        ):
            yield found
        return
    store, clock, told = store or MemoryStore(), Fast(), list[tuple[str, str]]()

    async def tell(what: str, detail: str) -> None:
        told.append((what, detail))

    model = TelegramFrontendSettings.model_validate({"users": {7: "trader", 8: "viewer"}, "poll": 1, **settings})
    async with ExtBot(api.token, base_url=api.base_url, base_file_url=api.base_file_url) as bot:
        menu = {name: (screen, f"{name}.") for name, screen in commands.items()}
        lender = Lender("telegram", bot, moved or {})
        frontend = TelegramFrontend("telegram", model, {"telegram": lender}, screens, menu, acting)
        await frontend.start(FrontDoor(handlers or {}, store, clock, tell))
        running = asyncio.create_task(frontend.run())
        try:
            yield Talking(api, frontend, store, clock, told, running, lender)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await frontend.close()
