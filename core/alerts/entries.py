"""Getting in: a trade opens or grows, entries fill, wait, fail, are cancelled."""

from dataclasses import dataclass
from decimal import Decimal

from core.alerts.level import LevelLine


@dataclass(frozen=True, slots=True)
class TradeOpened:
    """A plan was accepted and its entries are on the way. *shares* are the ladder's after B6."""

    entries: tuple[LevelLine, ...]
    targets: tuple[tuple[str, Decimal, Decimal], ...]
    stop: Decimal | None
    leverage: Decimal
    margin: Decimal
    follows: str | None


@dataclass(frozen=True, slots=True)
class TradeMerged:
    """A second request was merged into a trade (B13). *prices*: keep or replace; *entries* are what was added.

    *limits* is the n of C6 from now on. Targets are (role, price, share); stop and targets as they were, and as they
    are wished from now on. *margin* is the whole trade's, *added* of it what the new entries need.
    """

    prices: str
    entries: tuple[LevelLine, ...]
    limits: int
    old_stop: Decimal | None
    stop: Decimal | None
    old_targets: tuple[tuple[str, Decimal, Decimal], ...]
    targets: tuple[tuple[str, Decimal, Decimal], ...]
    margin: Decimal
    added: Decimal
    by: str


@dataclass(frozen=True, slots=True)
class EntryFilled:
    """A market entry filled: *quantity* of *planned*."""

    role: str
    price: Decimal
    quantity: Decimal
    planned: Decimal
    filled_total: Decimal
    average: Decimal


@dataclass(frozen=True, slots=True)
class LimitFilled:
    """A resting entry filled in full (C6).

    *number* is the leg's number, *own_count* of *of* is this account's count; *group_count* is the group's, filled in
    when the alert leaves (None = not part of a group), with *group_of*, its largest n: an account that did not merge
    has fewer limits. *working* lists the entries that still work.
    """

    number: int
    price: Decimal
    quantity: Decimal
    own_count: int
    of: int
    filled_total: Decimal
    average: Decimal
    working: tuple[LevelLine, ...]
    group_count: int | None = None
    group_of: int | None = None


@dataclass(frozen=True, slots=True)
class EntriesCancelled:
    """Unfilled entries were cancelled. *by*: tp1, operator, venue, app, expired, late, missed, leader, stop."""

    entries: tuple[LevelLine, ...]
    by: str


@dataclass(frozen=True, slots=True)
class EntryFailed:
    """An entry was refused or died and is given up (B4); the trade lives on what filled."""

    role: str
    price: Decimal | None
    quantity: Decimal
    reason: str
