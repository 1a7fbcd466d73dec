"""What people are told: typed alerts (D1). Words are made of them in `core.alert_text`, never here.

An alert is a frame (who, where, when, how it was learned) around a body. The body's class is the alert's kind; *cause*
makes it unique within (account, trade, kind), so that the same fact learned twice alerts once (D2).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.desired import StopKind
from core.user_alerts import Watched
from core.words import Environment, Side


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One price with its quantity, as listed in alerts. *price* None = at market."""

    role: str
    price: Decimal | None
    quantity: Decimal


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
class StopMoved:
    """The stop moved. *kind* BREAKEVEN is the move after a take-profit; *by* names who."""

    old: Decimal | None
    new: Decimal
    kind: StopKind
    covers: Decimal
    by: str


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


@dataclass(frozen=True, slots=True)
class EntriesCancelled:
    """Unfilled entries were cancelled. *by*: tp1, operator, venue, app, expired, missed, leader."""

    entries: tuple[LevelLine, ...]
    by: str


@dataclass(frozen=True, slots=True)
class EntryFailed:
    """An entry was refused or died and is given up (B4); the trade lives on what filled."""

    role: str
    price: Decimal | None
    quantity: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class StopHit:
    """The stop fired. *profit* quote units by average entry before fees (negative = loss); None as for TargetHit."""

    price: Decimal
    quantity: Decimal
    kind: StopKind
    profit: Decimal | None


@dataclass(frozen=True, slots=True)
class PositionClosed:
    """The trade is over. *percent* is net P&L of the margin used; *duration* in milliseconds from first to last fill.

    *reason* is one of G2's. *late* is how many milliseconds after the closing execution it was handled.
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
class ExternalChange:
    """The position changed by something that isn't ours (B11). *what*: manual, liquidation, adl.

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
class ProtectionMissing:
    """A position is not proven to have a stop. *wanted* is the stop that should be there, *doing* what happens now.

    *passed*: the stop is there, the market is past it, and it has not fired.
    """

    position: Decimal
    wanted: Decimal
    seen: Decimal | None
    doing: str
    passed: bool = False


@dataclass(frozen=True, slots=True)
class ProtectionRestored:
    """The stop is proven again."""

    stop: Decimal
    position: Decimal


@dataclass(frozen=True, slots=True)
class BreakevenFailed:
    """The breakeven stop could not be set (B9). *doing*: "closing at market" or "kept the old stop"."""

    wanted: Decimal
    in_force: Decimal | None
    reason: str
    doing: str


@dataclass(frozen=True, slots=True)
class CloseFailed:
    """Closing at market does not get through; it is tried again. *position* is still open."""

    position: Decimal
    reason: str


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
    """A mirror's position is not its leader's, scaled. Quantities of both, and what was expected."""

    leader: str
    leader_quantity: Decimal
    quantity: Decimal
    expected: Decimal


@dataclass(frozen=True, slots=True)
class EntriesHeld:
    """The entry gate holds entries back (I1)."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountDegraded:
    """An account is not as it should be: entries wait, exits go on.

    *what*: connection, stream, rate, breaker, key, clock, orders, cut, symbol, hands.
    """

    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class AccountRestored:
    """An account is well again; *seconds* it lasted."""

    what: str
    seconds: int


@dataclass(frozen=True, slots=True)
class ServiceDegraded:
    """The service itself is not as it should be. *what*: loop, memory, disk, database, backup, outbox, frontend."""

    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class ServiceRestored:
    """The service is well again."""

    what: str


@dataclass(frozen=True, slots=True)
class OrphanFound:
    """An order of ours without a live trade was found and is being cancelled (C7)."""

    key: str
    detail: str


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
class EntriesPaused:
    """Somebody paused (or resumed) new entries."""

    paused: bool
    by: str


@dataclass(frozen=True, slots=True)
class StoreDamaged:
    """The store did not pass its check; *doing* says what was done about it."""

    detail: str
    doing: str


@dataclass(frozen=True, slots=True)
class AuditFailed:
    """The live auditor found something that should never be, twice: *detail* names the invariant."""

    detail: str


@dataclass(frozen=True, slots=True)
class PluginFailed:
    """A plugin raised or hung; *doing* says what goes on without it."""

    plugin: str
    detail: str
    doing: str


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


Body = (
    TradeOpened
    | TradeMerged
    | EntryFilled
    | LimitFilled
    | TargetHit
    | TargetsRebalanced
    | TargetsReplaced
    | StopMoved
    | TargetMoved
    | PartClosed
    | EntriesCancelled
    | EntryFailed
    | StopHit
    | PositionClosed
    | ExternalChange
    | ForeignEdit
    | ProtectionMissing
    | ProtectionRestored
    | BreakevenFailed
    | CloseFailed
    | ActionFailed
    | MirrorSkipped
    | MirrorDiffers
    | EntriesHeld
    | AccountDegraded
    | AccountRestored
    | ServiceDegraded
    | ServiceRestored
    | OrphanFound
    | TradeRebuilt
    | TradeUnknown
    | GhostFill
    | LateClose
    | EntriesPaused
    | StoreDamaged
    | AuditFailed
    | PluginFailed
    | UserAlert
    | DailyReport
)

CRITICAL = (
    StopHit,
    ProtectionMissing,
    BreakevenFailed,
    CloseFailed,
    AccountDegraded,
    StoreDamaged,
    AuditFailed,
    GhostFill,
    TradeUnknown,
)
"""Bodies that are always critical; a PositionClosed is after a liquidation, an ADL or an emergency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that people are told.

    *at* is the venue time of the fact, *learned_late* None when the stream told it, else how many milliseconds after
    the fact an audit found it. *cause* is unique within (account, trade, kind). *account*, *symbol*, *side* and *trade*
    are "" or None where they don't apply (service alerts). *chat* is fixed when the trade is created (D3).
    """

    body: Body
    account: str
    environment: Environment
    at: int
    cause: str
    symbol: str = ""
    side: Side | None = None
    trade: str = ""
    learned_late: int | None = None
    chat: str = ""

    @property
    def kind(self) -> str:
        """The body's name in snake case: trade_opened, limit_filled, ..."""
        return kind_of(type(self.body))

    @property
    def critical(self) -> bool:
        """Whether it can't be switched off and goes first."""
        if isinstance(self.body, PositionClosed):
            return self.body.reason in ("liquidation", "adl", "emergency")
        return isinstance(self.body, CRITICAL)


def kind_of(body: type) -> str:
    """The kind an alert body's class stands for.

    >>> kind_of(LimitFilled)
    'limit_filled'
    """
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in body.__name__).lstrip("_")
