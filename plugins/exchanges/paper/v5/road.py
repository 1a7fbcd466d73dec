"""A price path that somebody pushes: it goes on by itself (or stands still) from wherever it was pushed to."""

from collections.abc import Iterator
from decimal import Decimal

from plugins.exchanges.paper.market.path import Move
from plugins.exchanges.paper.market.synthetic import Synthetic

STILL_EVERY = 3_600_000
"""A price that stands still is looked at so seldom, in milliseconds."""


class Road:
    """One symbol's price from *price* at time *at* on; *walk* None = it stands still."""

    def __init__(self, symbol: str, price: Decimal, at: int, walk: Synthetic | None = None) -> None:
        """The path begins at *price*."""
        self.symbol = symbol
        self.price = price
        self._at = at
        self._walk = walk

    def start(self) -> tuple[Decimal, int]:
        """Where it begins."""
        return self.price, self._at

    def moves(self) -> Iterator[Move]:
        """The steps without end, each from where the price was last."""
        number, at = 0, self._at
        every = STILL_EVERY if self._walk is None else self._walk.every
        while True:
            number += 1
            at += every
            if self._walk is not None:
                self.price = self._walk.step(number, self.price)
            yield Move(self.price, at)
