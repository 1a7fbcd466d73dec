"""Take-profits: hit, resized, placed again, moved; and parts that somebody asked to be closed."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.alerts.level import LevelLine
from core.desired import StopKind


@dataclass(frozen=True, slots=True)
class TargetHit:
    """A take-profit's order filled in full. *profit* is quote units by average entry before fees, *percent* of entry.

    Both are None while no execution of an entry is known: there is nothing to reckon from.

    *remaining* is the position left, *next_targets* what still works, *stop* what covers the rest from now.
    """

    number: int
    of: int
    price: Decimal
    quantity: Decimal
    profit: Decimal | None
    percent: Decimal | None
    remaining: Decimal
    next_targets: tuple[LevelLine, ...]
    stop: Decimal | None
    stop_kind: StopKind


class RebalanceResult(StrEnum):
    """How a re-sizing of take-profits ended (C5)."""

    SUCCESS = "SUCCESS"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Resize:
    """One take-profit's quantity before and after; *error* says why it did not change ("" = it did)."""

    role: str
    old: Decimal
    new: Decimal
    error: str = ""


@dataclass(frozen=True, slots=True)
class TargetsRebalanced:
    """A re-sizing ended (C5). *resizes* are those whose quantity had to change, *levels* the number of take-profits."""

    result: RebalanceResult
    resizes: tuple[Resize, ...]
    levels: int
    position: Decimal
    why: str = ""


@dataclass(frozen=True, slots=True)
class TargetsReplaced:
    """Take-profits that were missing at the venue were placed again (C3); *why* they were missing, as far as known."""

    targets: tuple[LevelLine, ...]
    why: str


@dataclass(frozen=True, slots=True)
class TargetMoved:
    """An operator moved a take-profit."""

    role: str
    old: Decimal
    new: Decimal
    by: str


@dataclass(frozen=True, slots=True)
class PartClosed:
    """A part that somebody asked to be closed is (B14). *profit* as for TargetHit; *remaining* is the position left."""

    price: Decimal
    quantity: Decimal
    profit: Decimal | None
    remaining: Decimal
    by: str
