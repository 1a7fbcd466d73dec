"""A caller of the venue server that signs as Bybit's guide says, and is no client library."""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from tests.wire import key_of

Body = dict[str, Any]


def now() -> int:
    """Milliseconds, as the server's clock."""
    return time.time_ns() // 1_000_000


def signing(key: ApiKey, payload: str, at: int | None = None, window: str = "5000") -> dict[str, str]:
    """The headers that sign exactly *payload*."""
    stamp = str(now() if at is None else at)
    return {
        "X-BAPI-API-KEY": key.key,
        "X-BAPI-TIMESTAMP": stamp,
        "X-BAPI-RECV-WINDOW": window,
        "X-BAPI-SIGN": key.signature(f"{stamp}{key.key}{window}{payload}"),
    }


class Caller:
    """One account's calls to a server. Methods return the whole envelope."""

    def __init__(self, server: VenueServer, web: aiohttp.ClientSession, key: ApiKey) -> None:
        """*key* signs every call."""
        self.server = server
        self.key = key
        self._web = web

    async def get(self, path: str, **params: object) -> Body:
        """GET /v5/*path*."""
        query = urlencode({name: str(value) for name, value in params.items()})
        return (await self.send("GET", path, query, signing(self.key, query, self.server.desk.now())))[0]

    async def post(self, path: str, **params: object) -> Body:
        """POST /v5/*path*."""
        body = json.dumps(params)
        return (await self.send("POST", path, body, signing(self.key, body, self.server.desk.now())))[0]

    async def send(self, method: str, path: str, payload: str, headers: dict[str, str]) -> tuple[Body, dict[str, str]]:
        """The body and the headers that answer these exact bytes."""
        query = f"?{payload}" if method == "GET" and payload else ""
        url = URL(f"{self.server.http}/v5/{path}{query}", encoded=True)
        data = payload.encode() if method == "POST" else None
        async with self._web.request(method, url, data=data, headers=headers) as answer:
            found: Body = await answer.json()
            return found, dict(answer.headers)

    async def status(self, method: str, path: str, data: bytes | None = None) -> int:
        """The HTTP status of an unsigned request to any path."""
        async with self._web.request(method, f"{self.server.http}{path}", data=data) as answer:
            return answer.status


@asynccontextmanager
async def calling(account: str = "main", clock: Callable[[], int] = now, **settings: Any) -> AsyncIterator[Caller]:
    """A caller for an account of a venue of its own, which goes by *clock*; *settings* are the server's."""
    server = VenueServer(WireSettings(**{"accounts": accounts(), **settings}), now=clock)
    await server.start()
    try:
        async with aiohttp.ClientSession() as web:
            yield Caller(server, web, key_of(server, account))
    finally:
        await server.close()
