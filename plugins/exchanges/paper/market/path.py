"""What a price path is made of: moves from one price to the next, each in its own time."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Move:
    """The price goes straight to *to*, arriving at *at*.

    *gap*: nothing trades between, so jumped stops fill at *to*.
    """

    to: Decimal
    at: int
    gap: bool = False


class Path(Protocol):
    """One symbol's prices to come. A path may offer whole bars, so that untouched ones are skipped in bulk."""

    symbol: str

    def start(self) -> tuple[Decimal, int]:
        """The first price and its time."""
        ...

    def moves(self) -> Iterator[Move]:
        """Everything after the start, in order."""
        ...
