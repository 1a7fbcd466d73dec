"""One WebSocket connection: what it says, what it gets. Each kind of stream answers in its own form (V5 WebSocket)."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from plugins.exchanges.paper.v5.http import Desk
from plugins.exchanges.paper.v5.streams.wire import Frame, Wire

IDLE = 600
"""Seconds without a word from the client after which the connection is cut."""
MOST_LETTERS = 21_000
"""Letters in the arguments of one public connection."""


class Session(ABC):
    """One connection. Subclasses say what they can be asked."""

    def __init__(self, desk: Desk, wire: Wire, address: str) -> None:
        """*wire* is its way out."""
        self.desk = desk
        self.wire = wire
        self.address = address
        self.topics: list[str] = []

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Answer until the client leaves."""
        sender = asyncio.create_task(self.wire.run())
        try:
            while True:
                message = await socket.receive(timeout=IDLE)
                if message.type is not WSMsgType.TEXT:
                    break
                await self.heard(message.data)
        except TimeoutError:
            await socket.close()
        finally:
            self.wire.end()
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def heard(self, text: str) -> None:
        """Answer one message."""
        try:
            frame = orjson.loads(text)
            operation = str(frame.get("op", ""))
        except (orjson.JSONDecodeError, AttributeError):
            self.wire.say(self.failure("", "", "Invalid message"))
            return
        await self.asked(operation, frame)

    @abstractmethod
    async def asked(self, operation: str, frame: Frame) -> None:
        """Answer one operation."""

    def failure(self, operation: str, identity: str, reason: str) -> Frame:
        """A refusal in the form of the market-data and private streams."""
        return {"success": False, "ret_msg": reason, "conn_id": self.wire.id, "req_id": identity, "op": operation}

    def success(self, operation: str, identity: str, **more: Any) -> Frame:
        """An acceptance in the same form."""
        return {
            "success": True, "ret_msg": "", "op": operation, "conn_id": self.wire.id, "req_id": identity, **more,
        }  # fmt: skip

    def change_topics(self, operation: str, frame: Frame, refusal: str) -> list[str]:
        """Subscribe or unsubscribe; returns the new topics. *refusal* "" = all of them exist."""
        identity, wanted = str(frame.get("req_id", "")), [str(each) for each in frame.get("args") or ()]
        if refusal:
            self.wire.say(self.failure(operation, identity, refusal))
            return []
        if operation == "unsubscribe":
            self.topics = [topic for topic in self.topics if topic not in wanted]
            self.wire.say(self.success(operation, identity))
            return []
        new = [topic for topic in wanted if topic not in self.topics]
        self.topics += new
        self.wire.say(self.success(operation, identity))
        return new
