"""Clients of the venue server for benches: its control surface, and a bare one that only echoes its fills."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any, Self

import aiohttp


class ControlClient:
    """Talks to /venue/. Open it as an async context."""

    def __init__(self, http: str) -> None:
        """*http* is the server's address."""
        self._http = http
        self._web: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the connections."""
        self._web = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close them."""
        if self._web is not None:
            await self._web.close()

    async def state(self) -> dict[str, Any]:
        """All that the venue tells beside its protocol."""
        async with self._session().get(f"{self._http}/venue/state") as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def act(self, name: str, **asked: object) -> None:
        """Act at the venue beside its protocol; raises RuntimeError with the venue's reason."""
        async with self._session().post(f"{self._http}/venue/{name}", json=asked) as answer:
            if answer.status != 200:
                raise RuntimeError(await answer.text())

    async def echo(self, key: Mapping[str, str], symbol: str) -> None:
        """Answer each execution of an account with one signed request, and do nothing else, until cancelled."""
        expires = int(time.time() * 1_000) + 10_000
        async with self._session().ws_connect(self._http.replace("http", "ws", 1) + "/v5/private") as socket:
            await socket.send_json({"op": "auth", "args": [key["key"], expires, _sign(key, f"GET/realtime{expires}")]})
            await socket.send_json({"op": "subscribe", "args": ["execution"]})
            async for message in socket:
                if "topic" in json.loads(message.data):
                    await self._answer(key, symbol)

    async def _answer(self, key: Mapping[str, str], symbol: str) -> None:
        body = json.dumps({"category": "linear", "symbol": symbol, "orderLinkId": "nothing"})
        at = str(int(time.time() * 1_000))
        headers = {
            "X-BAPI-API-KEY": key["key"],
            "X-BAPI-TIMESTAMP": at,
            "X-BAPI-RECV-WINDOW": "5000",
            "X-BAPI-SIGN": _sign(key, f"{at}{key['key']}5000{body}"),
            "Content-Type": "application/json",
        }
        async with self._session().post(f"{self._http}/v5/order/cancel", data=body, headers=headers) as answer:
            await answer.read()

    def _session(self) -> aiohttp.ClientSession:
        if self._web is None:
            raise RuntimeError("the client is not open")
        return self._web


def _sign(key: Mapping[str, str], payload: str) -> str:
    return hmac.new(key["secret"].encode(), payload.encode(), hashlib.sha256).hexdigest()
