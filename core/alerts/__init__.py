"""What people are told: typed alerts (D1). Words are made of them in `core.alert_text`, never here.

An alert is a frame (who, where, when, how it was learned) around a body. The body's class is the alert's kind; *cause*
makes it unique within (account, trade, kind), so that the same fact learned twice alerts once (D2).

Bodies lie here by subject, their words in the module of the same name in `core.alert_text`; all are imported from here.
"""

from dataclasses import dataclass
from functools import cache

from core.alerts.asked import AccountLine, DailyReport, UserAlert
from core.alerts.endings import (
    CloseFailed,
    ExternalChange,
    ForeignEdit,
    GhostFill,
    LateClose,
    OrphanFound,
    PositionClosed,
)
from core.alerts.entries import (
    EntriesCancelled,
    EntryFailed,
    EntryFilled,
    LimitFilled,
    TradeMerged,
    TradeOpened,
)
from core.alerts.health import (
    RULES,
    UNWATCHED,
    AccountDegraded,
    AccountRestored,
    ActionFailed,
    AuditFailed,
    EntriesPaused,
    MirrorDiffers,
    MirrorSkipped,
    PluginFailed,
    ServiceDegraded,
    ServiceRestored,
    StoreDamaged,
)
from core.alerts.level import LevelLine
from core.alerts.losses import TradeRebuilt, TradeUnknown
from core.alerts.stops import BreakevenFailed, ProtectionMissing, ProtectionRestored, StopHit, StopMoved
from core.alerts.targets import (
    PartClosed,
    RebalanceResult,
    Resize,
    TargetHit,
    TargetMoved,
    TargetsRebalanced,
    TargetsReplaced,
)
from core.words import Environment, Side

__all__ = [
    "CRITICAL",
    "RULES",
    "UNWATCHED",
    "AccountDegraded",
    "AccountLine",
    "AccountRestored",
    "ActionFailed",
    "Alert",
    "AuditFailed",
    "Body",
    "BreakevenFailed",
    "CloseFailed",
    "DailyReport",
    "EntriesCancelled",
    "EntriesPaused",
    "EntryFailed",
    "EntryFilled",
    "ExternalChange",
    "ForeignEdit",
    "GhostFill",
    "LateClose",
    "LevelLine",
    "LimitFilled",
    "MirrorDiffers",
    "MirrorSkipped",
    "OrphanFound",
    "PartClosed",
    "PluginFailed",
    "PositionClosed",
    "ProtectionMissing",
    "ProtectionRestored",
    "RebalanceResult",
    "Resize",
    "ServiceDegraded",
    "ServiceRestored",
    "StopHit",
    "StopMoved",
    "StoreDamaged",
    "TargetHit",
    "TargetMoved",
    "TargetsRebalanced",
    "TargetsReplaced",
    "TradeMerged",
    "TradeOpened",
    "TradeRebuilt",
    "TradeUnknown",
    "UserAlert",
    "kind_of",
]

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

CRITICAL = frozenset(
    (
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
)
"""Bodies that are always critical, but for RULES.

So are UNWATCHED, and a PositionClosed after a liquidation, an ADL, an emergency.
"""


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
        if isinstance(self.body, ServiceDegraded):
            return self.body.what == UNWATCHED
        if isinstance(self.body, AccountDegraded):
            return self.body.what != RULES
        return type(self.body) in CRITICAL


def kind_of(body: type) -> str:
    """The kind an alert body's class stands for.

    >>> kind_of(LimitFilled)
    'limit_filled'
    """
    return _snake(body.__name__)


@cache
def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
