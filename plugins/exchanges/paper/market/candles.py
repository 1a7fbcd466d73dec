"""A path through recorded candles: open, both extremes in a chosen order, close; gaps are walked too."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum

from core.words import Side
from plugins.exchanges.paper.market.path import Move
from ports.exchange import Candle


class Order(StrEnum):
    """Which extreme of a candle comes first."""

    OHLC = "ohlc"
    """Low first when close >= open, else high first."""
    WORST = "worst"
    """The one that hurts the trade first."""
    BEST = "best"
    """The one that helps the trade first."""


class Candles:
    """Candles as a path. Prices are used as they are, whether or not they lie on the tick."""

    def __init__(
        self, symbol: str, candles: Sequence[Candle], order: Order = Order.OHLC, side: Side = Side.LONG
    ) -> None:
        """*side* is the trade's, for WORST and BEST."""
        if not candles:
            raise ValueError(f"{symbol}: there is no candle")
        self.symbol = symbol
        self.candles = candles
        self.lows = [candle.low for candle in candles]
        self.highs = [candle.high for candle in candles]
        self._order = order
        self._side = side
        self.length = candles[1].at - candles[0].at if len(candles) > 1 else 60_000

    def start(self) -> tuple[Decimal, int]:
        """The first open and its time."""
        return self.candles[0].open, self.candles[0].at

    def end(self, index: int) -> int:
        """The time at which bar *index* closes."""
        return self.candles[index].at + self.length - 1

    def moves_in(self, index: int) -> tuple[Move, ...]:
        """The moves of one bar, the gap to its open first (none for the first bar)."""
        candle = self.candles[index]
        at, length = candle.at, self.length
        first, second = self._extremes(candle)
        within = (
            Move(first, at + length // 3),
            Move(second, at + 2 * length // 3),
            Move(candle.close, at + length - 1),
        )
        return within if index == 0 else (Move(candle.open, at, gap=True), *within)

    def moves(self) -> Iterator[Move]:
        """All bars' moves."""
        for index in range(len(self.candles)):
            yield from self.moves_in(index)

    def _extremes(self, candle: Candle) -> tuple[Decimal, Decimal]:
        hurts_low = self._side is Side.LONG
        low_first = {
            Order.OHLC: candle.close >= candle.open,
            Order.WORST: hurts_low,
            Order.BEST: not hurts_low,
        }[self._order]
        return (candle.low, candle.high) if low_first else (candle.high, candle.low)
