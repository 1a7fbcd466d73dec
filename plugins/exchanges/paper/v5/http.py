"""The way of a request: through the weather, past signature and rates, to its handler, and back (V5 guide)."""

import asyncio
import copy
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from plugins.exchanges.paper.v5 import auth, batches, envelope
from plugins.exchanges.paper.v5.calls import Call
from plugins.exchanges.paper.v5.envelope import Body
from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.rates import Allowance, Rates
from plugins.exchanges.paper.v5.routes import BY_PATH, Route
from plugins.exchanges.paper.v5.tape import Tape
from plugins.exchanges.paper.v5.weather import Answer, Fate, Loss, Weather
from plugins.exchanges.paper.v5.world import WireWorld
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.events import Event, Executed, PositionUpdated
from plugins.exchanges.paper.venue.words import VenueError

LOST_FOR = 30
"""Seconds for which a lost request keeps its caller waiting, if the caller does."""
STAMPS = 20_000
PAST_EVERY = 50
"""Milliseconds between two copies of an account, while the weather answers reads from the past."""


FILL = "fill"
"""The path of a stamp that is an execution: when it happened, before any frame of it left."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When the venue received a call, by a monotonic clock in nanoseconds, and which orders it named."""

    at: int
    account: str
    path: str
    links: tuple[str, ...]


class Desk:
    """Answers calls, by HTTP and from the trade stream alike."""

    def __init__(self, world: WireWorld, tape: Tape, weather: Weather, rates: Rates) -> None:
        """Nothing is opened here."""
        self.world = world
        self.tape = tape
        self.weather = weather
        self.rates = rates
        self.stamps: deque[Stamp] = deque(maxlen=STAMPS)
        self.calls: Counter[str] = Counter()
        self.unprotected = 0
        """The longest time, in nanoseconds, for which any position was without a stop."""
        self._naked: dict[tuple[str, str, int], int] = {}
        self._past: dict[str, deque[tuple[int, Account]]] = {}
        world.events.append(self._happened)

    def now(self) -> int:
        """The venue's clock, as wrong as the weather has it."""
        return self.world.now() + self.weather.skew()

    def answer(
        self, route: Route, key: ApiKey | None, params: Mapping[str, Any], *, stale: int = 0
    ) -> tuple[Body, Allowance | None]:
        """Carry a call out; what is refused is answered in the envelope."""
        now = self.now()
        allowance = None
        try:
            call = Call(self.world, self.tape, params, now, key, self._as_of(key, stale) if stale else None)
            if key is not None:
                if route.writes and key.read_only:
                    raise VenueError(10005, "Permission denied, please check your API key permissions.")  # noqa: TRY301
                units = len(batches.parts_of(call)) if route.batch else 1
                allowance = self.rates.ask(key.uid, route.path, units, self.world.now())
                if not allowance.granted:
                    raise VenueError(10006, "Too many visits! Exceeded the API Rate Limit.")  # noqa: TRY301
            self._stamp(route, key, params)
            if route.batch and allowance is not None:
                parts = batches.run(call, route.handler, allowance.granted)
                return envelope.batch(parts.answers, parts.codes, now), allowance
            return envelope.ok(route.handler(call), now), allowance
        except VenueError as error:
            return envelope.refused(error.code, error.message, now), allowance

    def _happened(self, events: Sequence[Event]) -> None:
        """Stamp executions, and measure how long a position is naked."""
        at = time.monotonic_ns()
        for event in events:
            if isinstance(event, Executed):
                self.stamps.append(Stamp(at, event.account, FILL, (event.link,)))
            elif isinstance(event, PositionUpdated):
                slot = (event.account, event.symbol, event.index)
                if event.size and event.stop is None:
                    self._naked.setdefault(slot, at)
                elif (since := self._naked.pop(slot, None)) is not None:
                    self.unprotected = max(self.unprotected, at - since)

    def unprotected_so_far(self) -> int:
        """The longest naked time, those that still last included, in nanoseconds."""
        at = time.monotonic_ns()
        return max([self.unprotected, *(at - since for since in self._naked.values())])

    def _stamp(self, route: Route, key: ApiKey | None, params: Mapping[str, Any]) -> None:
        if not route.writes or key is None:
            return
        parts = params.get("request") if route.batch else [params]
        links = tuple(str(part.get("orderLinkId", "")) for part in parts or ())
        self.stamps.append(Stamp(time.monotonic_ns(), key.account, route.path, links))

    def remember(self) -> None:
        """Keep how the accounts are now, for reads that are answered from the past."""
        now = self.world.now()
        for name, account in self.world.venue.state.accounts.items():
            kept = self._past.setdefault(name, deque(maxlen=400))
            if not kept or now - kept[-1][0] >= PAST_EVERY:
                kept.append((now, copy.deepcopy(account)))

    def _as_of(self, key: ApiKey | None, stale: int) -> Account | None:
        if key is None:
            return None
        until = self.world.now() - stale
        kept = self._past.get(key.account, ())
        return next((account for at, account in reversed(kept) if at <= until), kept[0][1] if kept else None)


class Http:
    """The HTTP side: one handler for all paths."""

    def __init__(self, desk: Desk) -> None:
        """Nothing is opened here."""
        self._desk = desk

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, as the weather lets it."""
        desk = self._desk
        address = request.remote or ""
        body = await request.read()
        known = desk.world.keys.find(request.headers.get("X-BAPI-API-KEY", ""))
        account = known.account if known is not None else ""
        desk.calls[account] += 1
        fate = desk.weather.request(account, request.path)
        if fate.loss in (Loss.REQUEST, Loss.RESET):
            return await _lose(request, fate)
        if fate.inbound:
            await asyncio.sleep(fate.inbound / 1_000)
        if fate.instead is not None:
            return await self._send(fate, _instead(fate.instead, desk.now()), None)
        if not desk.rates.admits(address, desk.world.now()):
            return web.Response(status=403, text="access too frequent")
        answer, allowance = self._carry(request, body, address, fate)
        if isinstance(answer, web.Response):
            return answer
        if fate.loss is not Loss.NONE:
            return await _lose(request, fate)
        if fate.after is not None:
            return await self._send(fate, _instead(fate.after, desk.now()), None)
        return await self._send(fate, _response(answer), allowance)

    def _carry(
        self, request: web.Request, body: bytes, address: str, fate: Fate
    ) -> tuple[Body | web.Response, Allowance | None]:
        desk = self._desk
        route = BY_PATH.get((request.method, request.path))
        if route is None:
            return web.Response(status=404, text="404 page not found"), None
        if request.method == "GET" and body:
            return web.Response(status=403, text="a GET request carries no body"), None
        query = request.raw_path.partition("?")[2]
        try:
            payload = query if route.method == "GET" else body.decode()
            params = dict(parse_qsl(query, keep_blank_values=True)) if route.method == "GET" else _json(body)
            key = None
            if route.signed:
                key = auth.check(desk.world.keys, auth.headers(request.headers), payload, desk.now(), address)
        except VenueError as error:
            return envelope.refused(error.code, error.message, desk.now()), None
        except UnicodeDecodeError:
            return envelope.refused(10001, "params error: the body is no text", desk.now()), None
        if getattr(desk.weather, "remembers", False):
            desk.remember()
        stale = fate.stale if route.method == "GET" else 0
        return desk.answer(route, key, params, stale=stale)

    async def _send(self, fate: Fate, response: web.Response, allowance: Allowance | None) -> web.Response:
        if allowance is not None:
            response.headers["X-Bapi-Limit"] = str(allowance.cap)
            response.headers["X-Bapi-Limit-Status"] = str(allowance.left)
            response.headers["X-Bapi-Limit-Reset-Timestamp"] = str(allowance.reset)
        if fate.outbound:
            await asyncio.sleep(fate.outbound / 1_000)
        return response


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise VenueError(10001, "params error: the body is no JSON") from None
    if not isinstance(found, dict):
        raise VenueError(10001, "params error: the body is no object")
    return found


def _response(body: Body) -> web.Response:
    return web.Response(body=envelope.written(body), content_type="application/json")


def _instead(answer: Answer, now: int) -> web.Response:
    if answer.status != 200:
        return web.Response(status=answer.status, text=answer.message)
    response = _response(envelope.refused(answer.code, answer.message, now))
    response.headers["X-Bapi-Limit-Reset-Timestamp"] = str(now)
    return response


async def _lose(request: web.Request, fate: Fate) -> web.StreamResponse:
    """Leave the caller without an answer: silent until it gives up, or with the connection torn."""
    transport = request.transport
    if fate.loss in (Loss.REQUEST, Loss.RESPONSE):
        await asyncio.sleep(LOST_FOR)  # a caller that leaves cancels this
    if transport is not None:
        transport.abort()
    return web.Response(status=500)
