"""The fake Bot API as a server on loopback: what a test starts, speaks through, and looks at.

async with bot_api() as api:
    alice = api.person(7, "Alice")
    ...  # the bot runs with base_url=api.base_url
    alice.say("/start")
    await api.until(lambda: alice.last.text == "Welcome")
    alice.press("Confirm")

It hasn't got: Markdown, webhooks, topics (but for `Chat.threads`), media other than photos and documents, answers to
inline queries, members of groups, the privacy mode (it hears all in a group), and what happens between other people.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from tests.botapi.chats import Chat, Json, Kind, Standing, User
from tests.botapi.clock import Clock
from tests.botapi.floods import NO_LIMITS, Floods, Limits
from tests.botapi.front import Call, Front
from tests.botapi.people import Group, Person
from tests.botapi.trouble import Trouble
from tests.botapi.updates import Update
from tests.botapi.world import World

TOKEN = "7000000001:FAKE-canary-of-the-bot-api-in-tests"
HANG_UP = 0.2
"""Seconds that open connections get when the server ends."""
MEGABYTE = 1024 * 1024


class BotApi:
    """One Telegram for one bot. Nothing is opened before `start`."""

    def __init__(
        self, *, token: str = TOKEN, limits: Limits = NO_LIMITS, seed: int = 1, clock: Clock | None = None
    ) -> None:
        self.token = token
        self.world = World(clock or Clock())
        self.trouble = Trouble(seed)
        self.floods = Floods(limits)
        self.front = Front(token, self.world, self.trouble, self.floods)
        self._port = 0
        self._runner: web.AppRunner | None = None

    @property
    def calls(self) -> list[Call]:
        """Every request with our token, in order."""
        return self.front.calls

    @property
    def base_url(self) -> str:
        """For the client, which adds token and method."""
        return f"http://127.0.0.1:{self._port}/bot"

    @property
    def base_file_url(self) -> str:
        """For the client, which adds token and path."""
        return f"http://127.0.0.1:{self._port}/file/bot"

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        app = web.Application(client_max_size=64 * MEGABYTE)
        self.front.mount(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=HANG_UP, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening; connections are refused until `start`. Nothing that is known is lost."""
        if self._runner is not None:
            for connection in list(self._runner.server.connections if self._runner.server else ()):
                if connection.transport is not None:
                    connection.transport.abort()
            await self._runner.cleanup()
            self._runner = None

    def person(self, number: int, name: str = "", username: str = "", *, knows_bot: bool = True) -> Person:
        """Somebody; with *knows_bot* the bot may write first, as to one who once pressed Start."""
        known = number in self.world.chats
        person = Person(self.world, User(number, name or f"User {number}", username))
        chat = person.chat
        if not known and not knows_bot:
            chat.standing = Standing.UNKNOWN
        return person

    def group(self, number: int, title: str = "Traders", kind: Kind = Kind.SUPERGROUP, username: str = "") -> Group:
        """A group or channel in which the bot is; ids are negative."""
        return Group(self.world, self.world.open(Chat(number, kind, title, username)))

    def channel(self, number: int, title: str = "Signals") -> Group:
        """A channel in which the bot is an administrator."""
        return self.group(number, title, Kind.CHANNEL)

    def deliver(self, kind: str, body: Json) -> Update | None:
        """Any update at all, as it stands."""
        return self.world.updates.add(kind, body)

    def calls_of(self, method: str) -> list[Call]:
        """What was asked of one method, refused or not."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    async def confirmed(self) -> None:
        """Return once the bot has fetched every update and asked for what comes after."""
        await self.until(lambda: not self.world.updates.waiting)

    async def until(self, holds: Callable[[], object]) -> None:
        """Return once something holds; it is looked at after every request and every act."""
        await self.world.bell.until(holds, lambda: [(call.method, call.status) for call in self.calls[-12:]])


@asynccontextmanager
async def bot_api(
    *, token: str = TOKEN, limits: Limits = NO_LIMITS, seed: int = 1, clock: Clock | None = None
) -> AsyncIterator[BotApi]:
    """The fake, listening; what went wrong in it itself is raised at the end."""
    api = BotApi(token=token, limits=limits, seed=seed, clock=clock)
    await api.start()
    try:
        yield api
    finally:
        api.trouble.clear()
        await api.close()
    if api.front.bugs:
        raise ExceptionGroup("the fake Bot API has a bug", api.front.bugs)
