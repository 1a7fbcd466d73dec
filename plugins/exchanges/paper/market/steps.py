"""An explicit path: a list of prices, a step apart in time. The tool of tests and demonstrations."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from plugins.exchanges.paper.market.path import Move


class Steps:
    """Prices one after another, *every* milliseconds apart, beginning at *at*."""

    def __init__(self, symbol: str, prices: Sequence[Decimal], at: int = 0, every: int = 1_000) -> None:
        """The first price is the start."""
        if not prices:
            raise ValueError(f"{symbol}: a path needs a price to start from")
        self.symbol = symbol
        self.prices = tuple(prices)
        self.at = at
        self.every = every

    def start(self) -> tuple[Decimal, int]:
        """The first price and its time."""
        return self.prices[0], self.at

    def moves(self) -> Iterator[Move]:
        """The prices after the first."""
        for number, price in enumerate(self.prices[1:], 1):
            yield Move(price, self.at + number * self.every)
