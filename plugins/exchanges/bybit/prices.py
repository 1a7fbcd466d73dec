"""Last prices from the public stream, for whoever reads them."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

Tick = tuple[str, Decimal, int]
FRESH = 5
"""Seconds for which a price from the stream counts as the present one."""
KEPT = 1_000


class Prices:
    """The latest price of each streamed symbol, and its readers. A reader that is too slow misses the oldest."""

    def __init__(self) -> None:
        """No prices yet."""
        self._last: dict[str, tuple[Decimal, float]] = {}
        self._readers: list[_Reader] = []

    def took(self, frame: dict[str, Any]) -> None:
        """A tickers frame, snapshot or delta; a delta without a last price changes nothing."""
        if not str(frame.get("topic", "")).startswith("tickers."):
            return
        row = frame.get("data") or {}
        symbol, text = row.get("symbol"), row.get("lastPrice")
        if not symbol or not text:
            return
        try:
            price = Decimal(str(text))
        except InvalidOperation:
            return
        self._last[symbol] = (price, time.monotonic())
        for reader in self._readers:
            reader.put((symbol, price, int(frame.get("ts") or 0)))

    def forget(self) -> None:
        """The stream is down: nothing it said holds any more."""
        self._last.clear()

    def fresh(self, symbol: str) -> Decimal | None:
        """The last price, when the stream showed it a moment ago."""
        known = self._last.get(symbol)
        return known[0] if known is not None and time.monotonic() - known[1] < FRESH else None

    async def read(self, symbols: Sequence[str]) -> AsyncIterator[Tick]:
        """Prices of *symbols* (none = all) as they come, until `close`."""
        reader = _Reader(frozenset(symbols))
        self._readers.append(reader)
        try:
            async for tick in reader.read():
                yield tick
        finally:
            self._readers.remove(reader)

    def close(self) -> None:
        """End every reader."""
        for reader in self._readers:
            reader.close()


class _Reader:
    def __init__(self, symbols: frozenset[str]) -> None:
        self._symbols = symbols
        self._ticks: deque[Tick] = deque(maxlen=KEPT)
        self._news = asyncio.Event()
        self._closed = False

    def put(self, tick: Tick) -> None:
        if not self._symbols or tick[0] in self._symbols:
            self._ticks.append(tick)
            self._news.set()

    def close(self) -> None:
        self._closed = True
        self._news.set()

    async def read(self) -> AsyncIterator[Tick]:
        while True:
            while self._ticks:
                yield self._ticks.popleft()
            if self._closed:
                return
            self._news.clear()
            await self._news.wait()
