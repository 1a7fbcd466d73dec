"""The end of a trade, and what somebody else did to it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PositionClosed:
    """The trade is over. *percent* is net P&L of the margin used; *duration* in milliseconds from first to last fill.

    *reason* is one of G2's. *average_entry* None of what was entered: an emergency took it over, and
    nobody knows what it made.
    """

    reason: str
    entered: Decimal
    average_entry: Decimal | None
    average_exit: Decimal | None
    gross: Decimal
    fees: Decimal
    funding: Decimal
    net: Decimal
    percent: Decimal | None
    duration: int
    targets_hit: int
    targets: int
    entries_filled: int
    entries: int


@dataclass(frozen=True, slots=True)
class CloseFailed:
    """Closing at market does not get through; it is tried again. *position* is still open."""

    position: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class GhostFill:
    """An entry filled after its trade was closing or closed; it is being flattened at once (B10)."""

    role: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class LateClose:
    """A close was handled later than it should: *milliseconds* after the execution."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class ExternalChange:
    """The position changed by something that isn't ours (B11). *what*: manual, liquidation, adl.

    Or *along*: what the user had bought while an order for all that the slot held was on its way went with ours.
    *quantity* is positive when the position grew. *ours* is our part now, *position* all that the slot holds.
    """

    what: str
    quantity: Decimal
    price: Decimal
    ours: Decimal
    position: Decimal


@dataclass(frozen=True, slots=True)
class ForeignEdit:
    """Somebody changed or cancelled an order or stop of ours in the exchange's app (A11). *what* is a sentence."""

    role: str
    what: str
    kept: bool


@dataclass(frozen=True, slots=True)
class OrphanFound:
    """An order of ours without a live trade was found and is being cancelled (C7)."""

    key: str
    detail: str
