"""ccxt's private stream: begun anew whenever it breaks."""

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from core.facts import Stream, VenueFact
from plugins.exchanges.ccxt import streams
from plugins.exchanges.ccxt.reads import Reads
from plugins.exchanges.ccxt.streams import WATCHED, Streams

pytestmark = pytest.mark.integration


class Breaking:
    """ccxt.pro's Bybit: a stream that stands, and breaks once it was told that it does."""

    def __init__(self) -> None:
        """Connected and subscribed."""
        self.clients = {"wss://x/v5/private": SimpleNamespace(isConnected=True, subscriptions=dict.fromkeys(WATCHED))}
        self.told = asyncio.Event()
        self.downs = 0
        self.watch_orders = self.watch_my_trades = self.watch_positions = self._watch

    async def _watch(self) -> Any:
        await self.told.wait()
        raise OSError("reset")

    def put(self, facts: Iterable[VenueFact]) -> None:
        """Break when it is up; count when it is down."""
        (fact,) = facts
        assert isinstance(fact, Stream)
        self.downs += not fact.up
        self.told.set() if fact.up else self.told.clear()


async def test_a_stream_that_stood_is_begun_anew_at_once(monkeypatch: Any) -> None:
    """rel:F19, rel:I11: after five breaks in as many weeks each one left the account without a stream for 30 s."""
    monkeypatch.setattr(streams, "PAUSES", (0, 3_600))
    venue = Breaking()
    running = asyncio.create_task(Streams(venue, Reads("main", venue, lambda: 1), venue.put, lambda: 1).run())
    async with asyncio.timeout(10):
        while venue.downs < 3:  # noqa: ASYNC110 - it tells what it is told only
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
