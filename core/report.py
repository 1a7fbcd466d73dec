"""What there is to say about one trade on one account, live or ended: numbers from the plan and the ledger only."""

from dataclasses import dataclass
from decimal import Decimal

from core.desired import Phase, StopKind
from core.words import Side


@dataclass(frozen=True, slots=True)
class EntryReport:
    """One planned leg."""

    leg: int
    price: Decimal | None
    planned: Decimal
    filled: Decimal


@dataclass(frozen=True, slots=True)
class TargetReport:
    """One planned take-profit; *target* is its total by the latest split."""

    level: int
    price: Decimal
    target: Decimal
    filled: Decimal
    hit: bool = False


@dataclass(frozen=True, slots=True)
class StopReport:
    """The last stop in force; stays after the close."""

    price: Decimal
    kind: StopKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeReport:
    """One trade on one account. One row per planned leg and level in plan order, zeros included.

    *reason* is a closing reason of G2, None while the trade is open. *first_fill_at* and *last_fill_at* are when the
    position began and last changed; None before, and in reports from before they were kept. *closed_at* is the venue's
    time of the execution that ended it, *known_at* when that was known and nothing of it worked any more: much later
    where a stop fired while nobody looked.
    """

    id: str
    account: str
    strategy: str
    origin: str
    symbol: str
    side: Side
    phase: Phase
    reason: str | None
    entered: Decimal
    position: Decimal
    average_entry: Decimal | None
    gross: Decimal
    fees: Decimal
    funding: Decimal
    net: Decimal
    entries: tuple[EntryReport, ...]
    targets: tuple[TargetReport, ...]
    stop: StopReport | None
    leverage: Decimal
    margin: Decimal
    leader: str | None
    opened_at: int
    closed_at: int | None = None
    note: str = ""
    first_fill_at: int | None = None
    last_fill_at: int | None = None
    known_at: int | None = None
