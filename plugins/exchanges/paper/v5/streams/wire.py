"""One WebSocket connection's way out: frames in order, through the weather, never holding up the venue."""

import asyncio
import uuid
from typing import Any

import orjson
from aiohttp import WSCloseCode, web

from plugins.exchanges.paper.v5.weather import FAIR_FRAME, Weather

Frame = dict[str, Any]
MOST_WAITING = 10_000
"""Frames that may wait for a slow reader before its connection is given up."""


class Wire:
    """Sends frames. `put` never waits; `run` sends until the connection ends."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, weather: Weather) -> None:
        """Nothing is sent until `run`."""
        self.id = str(uuid.uuid4())
        self.account = ""
        self._socket = socket
        self._transport = transport
        self._weather = weather
        self._queue: asyncio.Queue[tuple[float, bytes, int | None, bool] | None] = asyncio.Queue()
        self._held: list[tuple[float, bytes]] = []
        self._last = 0.0

    def say(self, frame: Frame) -> None:
        """Send an answer: the weather only delays it, as it does everything."""
        fate = self._weather.frame(self.account, "")
        self._add(frame, fate.delay if fate.copies else 0)

    def put(self, topic: str, frame: Frame) -> None:
        """Send a topic's frame, as the weather lets it."""
        fate = self._weather.frame(self.account, topic)
        if fate == FAIR_FRAME:
            self._add(frame, 0)
            return
        due, data = self._due(fate.delay), orjson.dumps(frame)
        if fate.hold:
            self._held.append((due, data))
            asyncio.get_running_loop().call_later(fate.delay / 1_000 + 0.2, self._let_go)
            return
        for _ in range(fate.copies):
            self._queue.put_nowait((due, data, None, False))
        if fate.close is not None or fate.reset:
            self._queue.put_nowait((due, b"", fate.close, fate.reset))
        self._let_go()

    async def run(self) -> None:
        """Send what was put, each at its time, until the connection ends."""
        loop = asyncio.get_running_loop()
        while (each := await self._queue.get()) is not None:
            due, data, close, reset = each
            wait = due - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            if self._socket.closed:
                return
            if reset and self._transport is not None:
                self._transport.abort()
                return
            if close is not None:
                await self._socket.close(code=close)
                return
            try:
                await self._socket.send_str(data.decode())
            except (ConnectionError, RuntimeError):
                return

    def end(self) -> None:
        """Send nothing more."""
        self._queue.put_nowait(None)

    def drop(self, code: int | None) -> None:
        """End the connection now: with a close frame, or with None by tearing it."""
        if code is None and self._transport is not None:
            self._transport.abort()
        else:
            self._queue.put_nowait((0.0, b"", code or int(WSCloseCode.GOING_AWAY), False))

    def _add(self, frame: Frame, delay: int) -> None:
        self._queue.put_nowait((self._due(delay), orjson.dumps(frame), None, False))
        if self._queue.qsize() > MOST_WAITING and self._transport is not None:
            self._transport.abort()
        self._let_go()

    def _due(self, delay: int) -> float:
        """When a frame leaves: never before the one in front of it."""
        self._last = max(self._last, asyncio.get_running_loop().time() + delay / 1_000)
        return self._last

    def _let_go(self) -> None:
        """What was held back leaves behind the frame that overtook it."""
        held, self._held = self._held, []
        for due, data in held:
            self._queue.put_nowait((due, data, None, False))
