"""What the embedded market's prices have been since the process began: one-minute bars, and longer ones of them.

Kept in memory only: the market is made up, and stands still while nobody runs it.
"""

from collections import deque
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

from ports.exchange import Candle

MINUTE = 60_000
KEPT = 7 * 24 * 60
"""Bars of each symbol: a week."""


class Bars:
    """Every symbol's bars; the last of each is the one that still runs."""

    def __init__(self) -> None:
        """None yet."""
        self._kept: dict[str, deque[Candle]] = {}

    def note(self, symbol: str, price: Decimal, at: int) -> None:
        """A price was seen. Called in the order of time; the price before opens the next bar, so there is no gap."""
        kept = self._kept.setdefault(symbol, deque(maxlen=KEPT))
        begins = at - at % MINUTE
        if not kept or kept[-1].at != begins:
            before = kept[-1].close if kept else price
            kept.append(Candle(begins, before, max(before, price), min(before, price), price, Decimal(0)))
            return
        last = kept[-1]
        if price != last.close:
            kept[-1] = Candle(begins, last.open, max(last.high, price), min(last.low, price), price, Decimal(0))

    def closed(self, symbol: str, minutes: int, limit: int, now: int) -> tuple[Candle, ...]:
        """The latest *limit* bars of so many minutes that are over *now*, oldest first."""
        length = minutes * MINUTE
        rows = groupby(self._kept.get(symbol, ()), lambda bar: bar.at - bar.at % length)
        over = [_joined(at, parts) for at, parts in rows if at + length <= now]
        return tuple(over[-limit:]) if limit > 0 else ()


def _joined(at: int, parts: Iterable[Candle]) -> Candle:
    bars = list(parts)
    high, low = max(bar.high for bar in bars), min(bar.low for bar in bars)
    return Candle(at, bars[0].open, high, low, bars[-1].close, Decimal(0))
