"""All stream connections of the venue: who is connected, and who is told what."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal

from aiohttp import web

from plugins.exchanges.paper.v5.http import Desk
from plugins.exchanges.paper.v5.streams.private import PrivateSession, frames
from plugins.exchanges.paper.v5.streams.public import PublicSession
from plugins.exchanges.paper.v5.streams.session import Session
from plugins.exchanges.paper.v5.streams.trade import TradeSession
from plugins.exchanges.paper.v5.streams.wire import Wire
from plugins.exchanges.paper.venue.events import Event

PATHS: dict[str, type[Session]] = {
    "/v5/private": PrivateSession,
    "/v5/public/linear": PublicSession,
    "/v5/trade": TradeSession,
}
LOOK = 0.1
"""Seconds between two looks at the market (Bybit pushes tickers as often)."""


class StreamHub:
    """Listens to the world and tells the connections."""

    def __init__(self, desk: Desk) -> None:
        """The world is listened to from now on."""
        self._desk = desk
        self._sessions: list[Session] = []
        self._moved: set[str] = set()
        desk.world.events.append(self._happened)
        desk.world.traded.append(self._traded)

    def mount(self, app: web.Application) -> None:
        """Answer at the streams' paths."""
        for path in PATHS:
            app.router.add_get(path, self._connect)

    async def run(self) -> None:
        """Show the public market until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            moved, self._moved = frozenset(self._moved), set()
            for session in tuple(self._sessions):
                if moved and isinstance(session, PublicSession):
                    session.look(moved)

    def drop_all(self, code: int | None) -> None:
        """End every connection: with a close frame of this code, or with None by tearing it."""
        for session in tuple(self._sessions):
            session.wire.drop(code)

    @property
    def connections(self) -> int:
        """How many are connected."""
        return len(self._sessions)

    def subscribed(self, account: str) -> set[str]:
        """The private topics that an account's connections have subscribed to."""
        return {topic for each in self._sessions if each.wire.account == account for topic in each.topics}

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if not self._desk.weather.connects("", request.path):
            return web.Response(status=503, text="the stream is not open")
        socket = web.WebSocketResponse(autoping=True, max_msg_size=1 << 20)
        await socket.prepare(request)
        transport = request.transport
        wire = Wire(socket, transport if isinstance(transport, asyncio.Transport) else None, self._desk.weather)
        session = PATHS[request.path](self._desk, wire, request.remote or "")
        self._sessions.append(session)
        try:
            await session.run(socket)
        finally:
            self._sessions.remove(session)
        return socket

    def _happened(self, events: Sequence[Event]) -> None:
        by_account: dict[str, list[Event]] = {}
        for event in events:
            by_account.setdefault(event.account, []).append(event)
        for account, theirs in by_account.items():
            listening = [
                each for each in self._sessions if isinstance(each, PrivateSession) and each.wire.account == account
            ]
            if listening:
                told = frames(self._desk.world, account, theirs)
                for session in listening:
                    session.happened(told)

    def _traded(self, symbol: str, _: Decimal, __: int) -> None:
        self._moved.add(symbol)
