"""Accounts, mirrors, the service and its store: what is not as it should be, and what is well again."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """A command was refused for good or blocked after its tries (C4).

    *action* is a short phrase such as "place TP2".
    """

    action: str
    reason: str
    what_now: str


@dataclass(frozen=True, slots=True)
class MirrorSkipped:
    """A mirror did not open (A3), or did not add to its trade (B13: *adding*). *outcome*: rejected or skipped."""

    outcome: str
    reasons: tuple[str, ...]
    leader: str
    adding: bool = False


@dataclass(frozen=True, slots=True)
class MirrorDiffers:
    """A mirror's trade is not its leader's, scaled, and nothing explains it. Quantities are what was entered.

    *expected* on the mirror, None where that can't be told; *note* says what isn't as expected.
    """

    leader: str
    leader_quantity: Decimal
    quantity: Decimal
    expected: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class AccountDegraded:
    """An account is not as it should be: entries wait, exits go on.

    *what*: connection, start, stream, rate, breaker, key, clock, orders, cut, symbol, hands, rules (RULES), account.
    """

    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class AccountRestored:
    """An account is well again; *seconds* it lasted."""

    what: str
    seconds: int


RULES = "rules"
"""The venue changed the trading rules of a symbol with a live trade: told, and seen to."""


UNWATCHED = "accounts"
"""Live trades of accounts that aren't configured any more."""


@dataclass(frozen=True, slots=True)
class ServiceDegraded:
    """The service itself is not as it should be.

    *what*: loop, memory, disk, database, backup, watch, outbox, frontend, chat, accounts (UNWATCHED).
    """

    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class ServiceRestored:
    """The service is well again."""

    what: str


@dataclass(frozen=True, slots=True)
class EntriesPaused:
    """Somebody paused (or resumed) new entries."""

    paused: bool
    by: str


@dataclass(frozen=True, slots=True)
class PluginFailed:
    """A plugin raised or hung; *doing* says what goes on without it."""

    plugin: str
    detail: str
    doing: str


@dataclass(frozen=True, slots=True)
class StoreDamaged:
    """The store did not pass its check; *doing* says what was done about it."""

    detail: str
    doing: str


@dataclass(frozen=True, slots=True)
class AuditFailed:
    """The live auditor found something that should never be, twice: *detail* names the invariant."""

    detail: str
