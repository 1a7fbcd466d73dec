"""What happens to a request: whose token, through the weather, past the flood limits, to its method, and back."""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from tests.botapi.chats import Json
from tests.botapi.floods import Floods
from tests.botapi.methods import METHODS
from tests.botapi.params import Given, read_request
from tests.botapi.refusals import Refusal, not_modelled, unauthorized
from tests.botapi.trouble import (
    Breaks,
    Delays,
    Fault,
    Holds,
    Refuses,
    Silent,
    SilentAfter,
    Tears,
    TearsAfter,
    Trouble,
)
from tests.botapi.world import World

DOWNLOAD = "download"


@dataclass(slots=True)
class Call:
    """One request as it came, and how it was answered: an HTTP status, or 0 when it never was."""

    method: str
    given: Given
    at: float
    status: int = 0
    description: str = ""
    carried_out: bool = False
    over: bool = False
    """It was answered, or whoever asked has hung up."""

    @property
    def chat(self) -> int:
        """The chat it is about; 0 for none or for a name."""
        text = self.given.text("chat_id")
        return int(text) if text.removeprefix("-").isdigit() else 0


Act = Callable[[Call], Awaitable[web.Response]]


class Front:
    """Answers requests, and keeps what was asked."""

    def __init__(self, token: str, world: World, trouble: Trouble, floods: Floods) -> None:
        self.token = token
        self.world = world
        self.trouble = trouble
        self.floods = floods
        self.calls: list[Call] = []
        self.strangers: list[str] = []
        """Methods that were asked for with another token."""
        self.bugs: list[Exception] = []
        """What the fake itself couldn't do."""

    def mount(self, app: web.Application) -> None:
        """Take both kinds of address: methods, and files to download."""
        app.router.add_route("*", "/bot{token}/{method}", self._method)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)

    async def _method(self, request: web.Request) -> web.StreamResponse:
        token, name = request.match_info["token"], request.match_info["method"]
        if token != self.token:
            return self._foreign(token, name)
        try:
            given = await read_request(request)
        except Refusal as refusal:
            return _refused(refusal)
        return await self._met(request, Call(name, given, self.world.clock.now()), self._act)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        token, path = request.match_info["token"], request.match_info["path"]
        if token != self.token:
            return self._foreign(token, DOWNLOAD)
        return await self._met(request, Call(DOWNLOAD, Given({"path": path}), self.world.clock.now()), self._fetch)

    async def _met(self, request: web.Request, call: Call, act: Act) -> web.StreamResponse:
        """Carry a call out as the weather lets it; whoever waits for something looks before and after."""
        self.calls.append(call)
        self.world.bell.ring()
        self.floods.note(call.method, call.chat, call.at)
        try:
            return await self._weathered(request, call, act, self.trouble.meeting(call.method, call.chat))
        finally:
            call.over = True
            self.world.bell.ring()

    def _foreign(self, token: str, name: str) -> web.Response:
        """Nobody's token, or nothing that could be one. What was sent in its place is not kept."""
        self.strangers.append(name)
        number, _, secret = token.partition(":")
        return _refused(unauthorized() if number.isdigit() and secret else Refusal(404, "Not Found"))

    async def _weathered(self, request: web.Request, call: Call, act: Act, fault: Fault | None) -> web.StreamResponse:
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
        answer = await self._carried_out(call, act)
        match fault:
            case TearsAfter():
                return _torn(request)
            case SilentAfter():
                return await _silence()
            case Delays(seconds):
                await asyncio.sleep(seconds)
        call.status = answer.status
        return answer

    async def _carried_out(self, call: Call, act: Act) -> web.Response:
        try:
            answer = await act(call)
        except Refusal as refusal:
            call.description = refusal.description
            return _refused(refusal)
        except Exception as error:
            self.bugs.append(error)
            raise
        call.carried_out = True
        return answer

    async def _act(self, call: Call) -> web.Response:
        method = METHODS.get(call.method.lower())
        if method is None:
            raise not_modelled(f"method {call.method}")
        call.given.only(method.takes, method.name)
        if method.floods:
            self.floods.ask(method.name, call.chat, call.at)
        result = method.act(self.world, call.given)
        return _json(200, {"ok": True, "result": await result if inspect.isawaitable(result) else result})

    async def _fetch(self, call: Call) -> web.Response:
        stored = self.world.files.by_path.get(call.given.text("path"))
        if stored is None:
            raise Refusal(404, "Not Found")
        return web.Response(body=stored.body, content_type="application/octet-stream")


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
