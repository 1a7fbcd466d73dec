"""A seeded walk: a live market without any network. A pure function of its seed, so a restart goes on where it was.

The price wanders around its start on a slowly turning drift, on the tick, a step every *every* milliseconds. Step *n*
is found from the seed and *n* alone by a counter-based generator (SplitMix64), never from a clock or a stream of draws.
"""

from collections.abc import Iterator
from decimal import Decimal

from core.money import floor_to
from plugins.exchanges.paper.market.path import Move

_MASK = (1 << 64) - 1
_HALF = 1 << 63
PULL = Decimal("0.002")
"""How much of the distance to the anchor each step takes back."""


class Synthetic:
    """An endless walk of one symbol."""

    def __init__(
        self, symbol: str, start: Decimal, tick: Decimal, *, seed: int, at: int, every: int, volatility: Decimal
    ) -> None:
        """*volatility* is a step's typical size in percent of the price."""
        self.symbol = symbol
        self.every = every
        self._start = floor_to(start, tick)
        self._tick = tick
        self._seed = _mix(seed + sum(ord(letter) * 131**place for place, letter in enumerate(symbol)))
        self._at = at
        self._size = volatility / 100

    def start(self) -> tuple[Decimal, int]:
        """The first price and its time."""
        return self._start, self._at

    def moves(self, number: int = 0, price: Decimal | None = None) -> Iterator[Move]:
        """The steps after step *number*, going on from *price*."""
        price = self._start if price is None else price
        while True:
            number += 1
            price = self.step(number, price)
            yield Move(price, self._at + number * self.every)

    def step(self, number: int, price: Decimal) -> Decimal:
        """The price after step *number* when it was *price* before."""
        drift = _uniform(self._seed, number // 240) * self._size / 3
        noise = _uniform(self._seed ^ 0x5DEECE66D, number) * self._size * 2
        pull = (self._start - price) / self._start * PULL
        moved = floor_to(price * (1 + drift + noise + pull), self._tick)
        return max(moved, self._tick)


def _mix(value: int) -> int:
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def _uniform(seed: int, number: int) -> Decimal:
    """A number in [-1, 1), the same for the same arguments for ever."""
    return Decimal(_mix(seed + number * 0x9E3779B9) - _HALF) / _HALF
