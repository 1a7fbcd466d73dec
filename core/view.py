"""What is shown: plain values for consoles, chats and ``--json``, built from machines, venues and the store.

Nothing here decides anything, and nothing is invented: a number that is not known is None and is shown as a dash.
Quantities are base units, amounts quote units, percentages of 100, times venue milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from typing import Any

from core.desired import Phase, StopKind
from core.money import text
from core.words import Environment, OrderSide, Side


class Mark(StrEnum):
    """What became of one planned order, as one word."""

    WAITING = "waiting"
    """Not sent yet, or held back."""
    WORKING = "working"
    PARTIAL = "partial"
    FILLED = "filled"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EntryStatus:
    """One planned leg. *price* None = at market; *average* is what its fills cost, None before the first."""

    number: int
    price: Decimal | None
    planned: Decimal
    filled: Decimal
    mark: Mark
    average: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """One take-profit: *total* by the latest split, *filled* part included; *share* in percent after B6, if known."""

    number: int
    price: Decimal
    total: Decimal
    filled: Decimal
    mark: Mark
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StopStatus:
    """The stop in force. *proven*: the venue showed it (B4); None once it no longer matters."""

    price: Decimal
    kind: StopKind
    proven: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeStatus:
    """One trade on one account, live or over. *open_pnl* is at *last*, before fees; gross, fees, net are realised."""

    trade: str
    account: str
    environment: Environment
    strategy: str
    symbol: str
    side: Side
    phase: Phase
    position: Decimal
    entered: Decimal
    average_entry: Decimal | None
    entries: tuple[EntryStatus, ...]
    targets: tuple[TargetStatus, ...]
    stop: StopStatus | None
    leverage: Decimal
    margin: Decimal
    gross: Decimal
    fees: Decimal
    funding: Decimal
    net: Decimal
    opened_at: int
    origin: str = ""
    last: Decimal | None = None
    open_pnl: Decimal | None = None
    liquidation: Decimal | None = None
    leader: str | None = None
    reason: str | None = None
    closed_at: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorStatus:
    """A live trade's supervision (J1). *differences*: where the venue shows other than is wished, one phrase each."""

    trade: str
    account: str
    environment: Environment
    symbol: str
    side: Side
    phase: Phase
    protected: bool | None
    last_fact: str = ""
    last_fact_at: int | None = None
    last_audit_at: int | None = None
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStatus:
    """One open order. *price* None = at market, *trigger* is a conditional's; *trade*, *role* "" when it isn't ours."""

    key: str
    account: str
    environment: Environment
    symbol: str
    side: OrderSide
    quantity: Decimal
    filled: Decimal
    price: Decimal | None
    reduce_only: bool
    trigger: Decimal | None = None
    stop: Decimal | None = None
    trade: str = ""
    role: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionStatus:
    """What one slot holds. *ours* is the part that trades of ours own, the rest is the user's."""

    account: str
    environment: Environment
    symbol: str
    side: Side
    size: Decimal
    ours: Decimal
    average_entry: Decimal | None
    last: Decimal | None
    stop: Decimal | None
    open_pnl: Decimal | None = None
    liquidation: Decimal | None = None
    trade: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PotentialStatus:
    """What open trades would still bring, before fees; None where it can't be known.

    *tp1*, *targets*: what is left of the first, of all take-profits is filled. *stops*: every stop fires now;
    *stops_filled*: every entry that may still fill does so first.
    """

    tp1: Decimal | None
    targets: Decimal | None
    stops: Decimal | None
    stops_filled: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatus:
    """One account's money and health. *troubles* empty = healthy; *held* says why new entries wait (pause, limits).

    *lost*: what of its trades the store has lost, and nobody watches over.
    """

    account: str
    environment: Environment
    follows: str | None = None
    equity: Decimal | None = None
    available: Decimal | None = None
    margin_used: Decimal | None = None
    open_pnl: Decimal | None = None
    live_trades: int = 0
    potential: PotentialStatus | None = None
    troubles: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarketStatus:
    """A symbol's last traded price."""

    symbol: str
    last: Decimal
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStatus:
    """One alert that went out: *title* is its one line, *text* the whole."""

    at: int
    account: str
    kind: str
    title: str
    text: str
    critical: bool = False
    trade: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """The whole service at one moment (*at*). *running* False: read from the store, nobody is trading now."""

    at: int
    running: bool
    version: str = ""
    profile: str = ""
    started_at: int | None = None
    accounts: tuple[AccountStatus, ...] = ()
    markets: tuple[MarketStatus, ...] = ()
    trades: tuple[TradeStatus, ...] = ()
    positions: tuple[PositionStatus, ...] = ()
    orders: tuple[OrderStatus, ...] = ()
    monitors: tuple[MonitorStatus, ...] = ()
    alerts: tuple[AlertStatus, ...] = ()
    troubles: tuple[str, ...] = ()


def as_json(view: object) -> object:
    """Any view as plain JSON values: every Decimal as exact text, counts and times as integers, None as null.

    >>> as_json(MarketStatus("BTCUSDT", Decimal("60000.10"), 5))
    {'symbol': 'BTCUSDT', 'last': '60000.1', 'at': 5}
    """
    match view:
        case Enum():
            return view.value
        case None | str() | int():
            return view
        case Decimal():
            return text(view)
        case tuple() | list():
            return [as_json(value) for value in view]
        case Mapping():
            return {str(key): as_json(value) for key, value in view.items()}
        case _:
            kind: Any = type(view)
            return {name: as_json(getattr(view, name)) for name in _names(kind)}


@cache
def _names(kind: type) -> tuple[str, ...]:
    if not is_dataclass(kind):
        raise TypeError(f"a {kind.__name__} is no part of a view")
    return tuple(field.name for field in fields(kind))
