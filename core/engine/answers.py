"""Who waits for what a machine answers."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count

import structlog

from core.account.effects import Reply
from core.account.inputs import Adopt, Open, Operate, Release

log = structlog.get_logger("tandem.service")

Asked = Open | Operate | Adopt | Release
"""What a machine answers."""


class Answers:
    """Every question gets a number, and its answer comes back under it."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._asks = count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}

    async def to(self, each: Asked, post: Callable[[Asked], None], within: float) -> Reply:
        """Post the question and wait for its answer. Raises TimeoutError when none came *within* so many seconds."""
        number = next(self._asks)
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        post(replace(each, ask=number))
        try:
            async with asyncio.timeout(within):
                return await future
        finally:
            del self._waiting[number]

    def came(self, replies: Iterable[Reply]) -> None:
        """Hand answers out; one that nobody waits for any more is logged."""
        for reply in replies:
            future = self._waiting.get(reply.ask)
            if future is not None and not future.done():
                future.set_result(reply)
            elif reply.ask:
                why = reply.refusal.reasons if reply.refusal is not None else ()
                log.warning("an answer came too late", account=reply.account, about=reply.about, refused=why)
