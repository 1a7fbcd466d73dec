"""Last prices from the public stream, for whoever reads them."""

import time
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ports.read_queue import ReadQueue

Tick = tuple[str, Decimal, int]
FRESH = 5
"""Seconds for which a price from the stream counts as the present one."""
KEPT = 1_000


class Prices:
    """The latest price of each streamed symbol, and its readers. A reader that is too slow misses the oldest."""

    def __init__(self) -> None:
        """No prices yet."""
        self._last: dict[str, tuple[Decimal, float]] = {}
        self._readers: list[tuple[frozenset[str], ReadQueue[Tick]]] = []

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
        if not price.is_finite() or price <= 0:
            return
        self._last[symbol] = (price, time.monotonic())
        for wanted, reader in self._readers:
            if not wanted or symbol in wanted:
                reader.put(((symbol, price, int(frame.get("ts") or 0)),))

    def forget(self) -> None:
        """The stream is down: nothing it said holds any more."""
        self._last.clear()

    def fresh(self, symbol: str) -> Decimal | None:
        """The last price, when the stream showed it a moment ago."""
        known = self._last.get(symbol)
        return known[0] if known is not None and time.monotonic() - known[1] < FRESH else None

    async def read(self, symbols: Sequence[str]) -> AsyncIterator[Tick]:
        """Prices of *symbols* (none = all) as they come, until `close`."""
        reader: ReadQueue[Tick] = ReadQueue(KEPT)
        entry = (frozenset(symbols), reader)
        self._readers.append(entry)
        try:
            async for tick in reader.read():
                yield tick
        finally:
            self._readers.remove(entry)

    def close(self) -> None:
        """End every reader."""
        for _, reader in self._readers:
            reader.close()
