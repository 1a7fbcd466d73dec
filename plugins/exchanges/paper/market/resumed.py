"""A synthetic walk that goes on from where a kept world stood."""

from collections.abc import Iterator
from decimal import Decimal

from plugins.exchanges.paper.market.path import Move
from plugins.exchanges.paper.market.synthetic import Synthetic


class Resumed:
    """Goes on after step *number*, at *price* and time *at*."""

    def __init__(self, walk: Synthetic, number: int, price: Decimal, at: int) -> None:
        """The path begins at *price*."""
        self.symbol = walk.symbol
        self._walk = walk
        self._number = number
        self._price = price
        self._at = at

    def start(self) -> tuple[Decimal, int]:
        """Where it stood."""
        return self._price, self._at

    def moves(self) -> Iterator[Move]:
        """The steps after that, without end."""
        number, price, at = self._number, self._price, self._at
        while True:
            number += 1
            at += self._walk.every
            price = self._walk.step(number, price)
            yield Move(price, at)
