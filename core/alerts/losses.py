"""Trades that the store has lost: made again, or left to a person (C7)."""

from dataclasses import dataclass
from decimal import Decimal

from core.alerts.level import LevelLine


@dataclass(frozen=True, slots=True)
class TradeRebuilt:
    """The store had lost a trade; it was made again of what the venue shows, and goes on (C7).

    *entries* wait still, *targets* are what works, *position* is ours at *average*.
    """

    position: Decimal
    average: Decimal
    stop: Decimal
    entries: tuple[LevelLine, ...]
    targets: tuple[LevelLine, ...]


@dataclass(frozen=True, slots=True)
class TradeUnknown:
    """The store has lost a trade, and the venue shows too little of it to go on (C7): a person must decide.

    *keys* are its open orders, *position* what the slot holds, signed; nothing of it is cancelled meanwhile.
    """

    reasons: tuple[str, ...]
    keys: tuple[str, ...]
    position: Decimal
    stop: Decimal | None
