"""The few words every room uses: sides, slots, times.

Times are whole milliseconds since 1970-01-01 UTC (venue time unless a name says otherwise), see
docs/decisions/0002-times-are-milliseconds.md.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OrderSide(StrEnum):
    """What an order does to the net position: buy raises it, sell lowers it."""

    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> "OrderSide":
        """The other one."""
        return OrderSide.SELL if self is OrderSide.BUY else OrderSide.BUY

    def signed(self, quantity: Decimal) -> Decimal:
        """What *quantity* does to the net position; or a net position as a trade sees it that opens on this side.

        >>> OrderSide.SELL.signed(Decimal(2)), OrderSide.SELL.signed(Decimal(-2)), OrderSide.BUY.signed(Decimal(-2))
        (Decimal('-2'), Decimal('2'), Decimal('-2'))
        """
        return quantity if self is OrderSide.BUY else -quantity


class Side(StrEnum):
    """Which way a trade bets."""

    LONG = "long"
    SHORT = "short"

    opening: OrderSide
    """The order side that enters."""
    closing: OrderSide
    """The order side that exits."""

    @property
    def opposite(self) -> "Side":
        """The other one."""
        return Side.SHORT if self is Side.LONG else Side.LONG


Side.LONG.opening, Side.LONG.closing = OrderSide.BUY, OrderSide.SELL
Side.SHORT.opening, Side.SHORT.closing = OrderSide.SELL, OrderSide.BUY


class PositionMode(StrEnum):
    """How the venue keeps positions of one symbol: one net position, or long and short apart."""

    ONE_WAY = "one_way"
    HEDGE = "hedge"


class MarginMode(StrEnum):
    """Whether positions share the account's margin."""

    CROSS = "cross"
    ISOLATED = "isolated"


class Environment(StrEnum):
    """What kind of money an account holds (A10)."""

    LIVE = "live"
    DEMO = "demo"
    TESTNET = "testnet"
    PAPER = "paper"


class TriggerBy(StrEnum):
    """Which price fires a stop."""

    LAST = "last"
    MARK = "mark"


class Slot(NamedTuple):
    """Where a position lives at the venue: symbol and position index (0 one-way, 1 hedge long, 2 hedge short)."""

    symbol: str
    index: int  # type: ignore[assignment]  # the venue calls it so; nobody asks a slot for tuple.index


@cache
def slots_of(symbol: str) -> tuple[Slot, Slot, Slot]:
    """The slots that a symbol has in any mode, made once: they are gone through in every decision."""
    return Slot(symbol, 0), Slot(symbol, 1), Slot(symbol, 2)


def slot_for(symbol: str, side: Side, mode: PositionMode) -> Slot:
    """The slot that a trade on *side* uses in *mode*."""
    if mode is PositionMode.ONE_WAY:
        return Slot(symbol, 0)
    return Slot(symbol, 1 if side is Side.LONG else 2)


def iso(at: int) -> str:
    """A time as ISO 8601 text with milliseconds, UTC.

    >>> iso(1577836800000)
    '2020-01-01T00:00:00.000Z'
    """
    moment = _EPOCH + timedelta(milliseconds=at)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"
