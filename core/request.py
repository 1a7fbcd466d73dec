"""What somebody asks for: one trade, in prices and shares, before any account has been looked at."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.money import ONE
from core.words import Side, TriggerBy


@dataclass(frozen=True, slots=True)
class EntrySpec:
    """One entry wished for: *price* None = at market. *weight* is its share of the total, relative to the others'."""

    price: Decimal | None
    weight: Decimal = ONE


@dataclass(frozen=True, slots=True)
class MarginPercent:
    """Size by a share of the account's available balance used as margin (percent)."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class MarginUsdt:
    """Size by an amount of margin in USDT."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class RiskPercent:
    """Size so that the stop loses this share of equity (percent), fees both ways included."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class FixedQuantity:
    """Size by the total quantity in base units."""

    value: Decimal


Size = MarginPercent | MarginUsdt | RiskPercent | FixedQuantity

DEFAULT_VALID_FOR = 60_000


class Merge(StrEnum):
    """Whose prices count when a request adds to a live trade (B13): stop and take-profits, never the entries."""

    KEEP = "keep"
    """The trade's, as they stand now."""
    REPLACE = "replace"
    """The request's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A trade as asked for (B1). *id* makes it unique: the same id twice opens once (A9).

    *shares* are the take-profits' percentages, None = the strategy's. *at* is when it was made and *valid_for* how many
    milliseconds later it may still be sent. *confirmed*: the person was shown and accepted what B2 asks about (a limit
    that fills at once). *entry_ttl* and *time_limit* in milliseconds, None = the strategy's.
    """

    id: str
    strategy: str
    symbol: str
    side: Side
    entries: tuple[EntrySpec, ...]
    take_profits: tuple[Decimal, ...]
    stop: Decimal | None
    leverage: Decimal
    size: Size
    at: int
    shares: tuple[Decimal, ...] | None = None
    valid_for: int = DEFAULT_VALID_FOR
    confirmed: bool = False
    entry_ttl: int | None = None
    time_limit: int | None = None
    cancel_if_missed: bool | None = None
    trigger_by: TriggerBy | None = None
    origin: str = "cli"
    note: str = ""
    principal: str = ""
    chat: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    """What a third-party strategy reads beyond these, as text."""
    merge: Merge | None = None
    """What to do where the symbol and side have a trade already; None = refuse. Else it opens as any request."""
