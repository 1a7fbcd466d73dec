"""What people asked to be told: their own alerts, and the day's report."""

from dataclasses import dataclass
from decimal import Decimal

from core.user_alerts import Watched


@dataclass(frozen=True, slots=True)
class UserAlert:
    """A rule that somebody defined fired. *found* is the figure that met its *value*, *last* the price then."""

    id: str
    watched: Watched
    value: Decimal
    found: Decimal
    last: Decimal | None
    repeat: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account in a report. *at_stops* is what closing every position at its stop would bring; None = not known."""

    account: str
    equity: Decimal | None
    available: Decimal | None
    positions: int
    open_pnl: Decimal | None
    at_stops: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReport:
    """The 24 hours to *until* (local, as text): what leaders' trades came to, and how each account stands now."""

    until: str
    accounts: tuple[AccountLine, ...]
    opened: int
    closed: int
    wins: int
    losses: int
    net: Decimal
    fees: Decimal
    funding: Decimal
    best: Decimal | None
    worst: Decimal | None
    mirrors: tuple[tuple[str, int, Decimal], ...] = ()
    """Each mirror with the trades that it closed and their net."""
