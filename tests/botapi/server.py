"""The fake Bot API as a server on loopback: what a test starts, speaks through, and looks at.

async with bot_api() as api:
    alice = api.person(7, "Alice")
    ...  # the bot runs with base_url=api.base_url
    alice.say("/start")
    await api.until(lambda: alice.last.text == "Welcome")
    alice.press("Confirm")
"""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tests.botapi.chats import Chat, Json, Kind, Standing, User
from tests.botapi.floods import NO_LIMITS, Floods, Limits
from tests.botapi.methods import METHODS, Method
from tests.botapi.params import Given, read_request
from tests.botapi.people import Group, Person
from tests.botapi.refusals import Refusal, not_modelled, unauthorized
from tests.botapi.trouble import Breaks, Fault, Holds, Refuses, Silent, SilentAfter, Tears, TearsAfter, Trouble
from tests.botapi.updates import Update
from tests.botapi.world import World

TOKEN = "7000000001:FAKE-canary-of-the-bot-api-in-tests"
HANG_UP = 0.2
"""Seconds that open connections get when the server ends."""
MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Call:
    """One request as it came, and how it was answered: an HTTP status, or 0 when it never was."""

    method: str
    given: Given
    at: float
    status: int = 0
    description: str = ""
    carried_out: bool = False

    @property
    def chat(self) -> int:
        """The chat it is about; 0 for none or for a name."""
        text = self.given.text("chat_id")
        return int(text) if text.removeprefix("-").isdigit() else 0


class BotApi:
    """One Telegram for one bot. Nothing is opened before `start`."""

    def __init__(self, *, token: str = TOKEN, limits: Limits = NO_LIMITS, seed: int = 1) -> None:
        self.token = token
        self.world = World()
        self.trouble = Trouble(seed)
        self.floods = Floods(limits)
        self.calls: list[Call] = []
        self.strangers: list[str] = []
        """Paths that were asked for with another token."""
        self.bugs: list[Exception] = []
        """What the fake itself couldn't do; raised when the test ends."""
        self._port = 0
        self._runner: web.AppRunner | None = None

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
        app.router.add_route("*", "/bot{token}/{method}", self._method)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
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

    async def until(self, holds: Callable[[], object]) -> None:
        """Return once something holds; it is looked at after every request and every act."""
        await self.world.bell.until(holds, lambda: [(call.method, call.status) for call in self.calls[-12:]])

    async def _method(self, request: web.Request) -> web.StreamResponse:
        token, name = request.match_info["token"], request.match_info["method"]
        if token != self.token:
            return self._foreign(token, name)
        try:
            given = await read_request(request)
        except Refusal as refusal:
            return _refused(refusal)
        call = Call(name, given, self.world.clock.now())
        self.calls.append(call)
        self.world.bell.ring()
        self.floods.note(name, call.chat, call.at)
        try:
            return await self._weathered(request, call, self.trouble.meeting(name, call.chat))
        finally:
            self.world.bell.ring()

    def _foreign(self, token: str, name: str) -> web.Response:
        """Nobody's token, or nothing that could be one. What was sent in its place is not kept."""
        self.strangers.append(name)
        number, _, secret = token.partition(":")
        return _refused(unauthorized() if number.isdigit() and secret else Refusal(404, "Not Found"))

    async def _weathered(self, request: web.Request, call: Call, fault: Fault | None) -> web.StreamResponse:
        match fault:
            case Refuses(refusal):
                return _answered(call, _refused(self.floods.told(call.chat, call.at, refusal)), refusal.description)
            case Breaks(status):
                page = f"<html><body><h1>{status}</h1></body></html>"
                return _answered(call, web.Response(status=status, text=page, content_type="text/html"), "no JSON")
            case Tears():
                return _torn(request)
            case Silent():
                return await _silence()
            case Holds(gate):
                await gate.wait()
        answer = await self._carried_out(call)
        match fault:
            case TearsAfter():
                return _torn(request)
            case SilentAfter():
                return await _silence()
        call.status = answer.status
        return answer

    async def _carried_out(self, call: Call) -> web.Response:
        try:
            method = METHODS.get(call.method.lower())
            if method is None:
                raise not_modelled(f"method {call.method}")  # noqa: TRY301
            result = await self._act(method, call)
        except Refusal as refusal:
            call.description = refusal.description
            return _refused(refusal)
        except Exception as error:
            self.bugs.append(error)
            raise
        call.carried_out = True
        return _json(200, {"ok": True, "result": result})

    async def _act(self, method: Method, call: Call) -> object:
        call.given.only(method.takes, method.name)
        if method.floods:
            self.floods.ask(method.name, call.chat, call.at)
        result = method.act(self.world, call.given)
        return await result if inspect.isawaitable(result) else result

    async def _download(self, request: web.Request) -> web.Response:
        token, path = request.match_info["token"], request.match_info["path"]
        if token != self.token:
            return self._foreign(token, "download")
        stored = self.world.files.by_path.get(path)
        if stored is None:
            return _refused(Refusal(404, "Not Found"))
        return web.Response(body=stored.body, content_type="application/octet-stream")


@asynccontextmanager
async def bot_api(*, token: str = TOKEN, limits: Limits = NO_LIMITS, seed: int = 1) -> AsyncIterator[BotApi]:
    """The fake, listening; what went wrong in it itself is raised at the end."""
    api = BotApi(token=token, limits=limits, seed=seed)
    await api.start()
    try:
        yield api
    finally:
        api.trouble.clear()
        await api.close()
    if api.bugs:
        raise ExceptionGroup("the fake Bot API has a bug", api.bugs)


def _json(status: int, body: Json) -> web.Response:
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")


def _refused(refusal: Refusal) -> web.Response:
    body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    return _json(refusal.code, body | ({"parameters": refusal.parameters} if refusal.parameters else {}))


def _answered(call: Call, answer: web.Response, description: str) -> web.Response:
    call.status, call.description = answer.status, description
    return answer


def _torn(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _silence() -> web.Response:
    """Nothing, until the caller hangs up or the server ends."""
    await asyncio.Event().wait()
    return web.Response()
