"""What was traded: minute bars, the running one among them, and the latest trades. In memory, bounded."""

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from core.instrument import Instrument
from plugins.exchanges.paper.market.synthetic import Synthetic

MINUTE = 60_000
KEPT_MINUTES = 10_000
BEFORE = 1_500
"""Minutes that the tape shows from before the market opened: else no chart could be drawn at first.

More than a day, so that yesterday's bar is there at any hour.
"""
TRADES_KEPT = 1_000
BASE_VOLUME = Decimal(10)

INTERVALS = {
    **{str(minutes): minutes for minutes in (1, 3, 5, 15, 30, 60, 120, 240, 360, 720)},
    "D": 1_440,
    "W": 10_080,
    "M": 43_200,
}
"""Bybit's names of intervals, in minutes. A month counts as thirty days."""


@dataclass(slots=True)
class Bar:
    """One bar; *at* is when it opened, in milliseconds."""

    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(0)

    def trade(self, price: Decimal, quantity: Decimal) -> None:
        """One more trade in it."""
        self.high, self.low, self.close = max(self.high, price), min(self.low, price), price
        self.volume += quantity


@dataclass(frozen=True, slots=True)
class Print:
    """One public trade."""

    number: int
    symbol: str
    price: Decimal
    size: Decimal
    side: str
    at: int


class Tape:
    """All symbols. `traded` is a listener of the world."""

    def __init__(self, instruments: dict[str, Instrument]) -> None:
        """Empty."""
        self._instruments = instruments
        self._bars: dict[str, deque[Bar]] = {}
        self._prints: dict[str, deque[Print]] = {}
        self._numbers = 0

    def begin(self, symbol: str, price: Decimal, at: int, *, walk: bool) -> None:
        """Show a past that ends at *price*: a seeded walk backwards, or a market that stood still."""
        tick = self._instruments[symbol].tick
        past = Synthetic(symbol, price, tick, seed=7, at=at, every=MINUTE, volatility=Decimal("0.05"))
        bars = deque[Bar](maxlen=KEPT_MINUTES)
        minute, close = at - at % MINUTE, price
        for number in range(1, BEFORE + 1):
            start = past.step(number, close) if walk else price
            bars.appendleft(
                Bar(minute - number * MINUTE, start, max(start, close), min(start, close), close, BASE_VOLUME)
            )
            close = start
        bars.append(Bar(minute, price, price, price, price))
        self._bars[symbol] = bars
        self._prints[symbol] = deque(maxlen=TRADES_KEPT)

    def traded(self, symbol: str, price: Decimal, at: int) -> None:
        """The symbol trades at a price now."""
        bars = self._bars.get(symbol)
        if bars is None:
            return
        size = self._instruments[symbol].min_quantity
        side = "Buy" if price >= bars[-1].close else "Sell"
        self._fill_up(bars, at)
        bars[-1].trade(price, size)
        self._numbers += 1
        self._prints[symbol].append(Print(self._numbers, symbol, price, size, side, at))

    def bars(self, symbol: str, minutes: int, now: int) -> list[Bar]:
        """The symbol's bars of so many minutes, oldest first, the running one last."""
        bars = self._bars.get(symbol)
        if bars is None:
            return []
        self._fill_up(bars, now)
        if minutes == 1:
            return list(bars)
        length = minutes * MINUTE
        found: list[Bar] = []
        for bar in bars:
            at = bar.at - bar.at % length
            if not found or found[-1].at != at:
                found.append(Bar(at, bar.open, bar.high, bar.low, bar.close, bar.volume))
                continue
            last = found[-1]
            last.high, last.low = max(last.high, bar.high), min(last.low, bar.low)
            last.close, last.volume = bar.close, last.volume + bar.volume
        return found

    def prints(self, symbol: str) -> list[Print]:
        """The latest trades, oldest first."""
        return list(self._prints.get(symbol, ()))

    def prints_after(self, symbol: str, number: int) -> list[Print]:
        """The trades later than that *number*, oldest first."""
        new = list(takewhile(lambda each: each.number > number, reversed(self._prints.get(symbol, ()))))
        return new[::-1]

    def number(self, symbol: str) -> int:
        """The number of the symbol's latest trade, 0 before the first; it grows."""
        prints = self._prints.get(symbol)
        return prints[-1].number if prints else 0

    @staticmethod
    def _fill_up(bars: deque[Bar], now: int) -> None:
        """Minutes in which nothing traded stand at the last close."""
        while bars[-1].at + MINUTE <= now:
            close = bars[-1].close
            bars.append(Bar(bars[-1].at + MINUTE, close, close, close, close))
