"""Alerts in words: plain text without markup, for a person at 3 a.m. with a position open.

The first line says where and what happened, then come the numbers, then when and for which trade. Environments other
than live money stand first (A10). Nothing is computed here: every number is the alert's own.
"""

from collections.abc import Collection
from typing import assert_never

from core.alert_text import asked, endings, entries, health, losses, stops, targets
from core.alert_text.said import Said
from core.alerts import (
    AccountDegraded,
    AccountRestored,
    ActionFailed,
    Alert,
    AuditFailed,
    BreakevenFailed,
    CloseFailed,
    DailyReport,
    EntriesCancelled,
    EntriesPaused,
    EntryFailed,
    EntryFilled,
    ExternalChange,
    ForeignEdit,
    GhostFill,
    LateClose,
    LimitFilled,
    MirrorDiffers,
    MirrorSkipped,
    OrphanFound,
    PartClosed,
    PluginFailed,
    PositionClosed,
    ProtectionMissing,
    ProtectionRestored,
    ServiceDegraded,
    ServiceRestored,
    StopHit,
    StopMoved,
    StoreDamaged,
    TargetHit,
    TargetMoved,
    TargetsRebalanced,
    TargetsReplaced,
    TradeMerged,
    TradeOpened,
    TradeRebuilt,
    TradeUnknown,
    UserAlert,
)
from core.money_text import duration_text, moment_text
from core.words import Environment

SERVICE = "Tandem"
"""Who speaks where no account is meant."""


def text(alert: Alert, among: Collection[Environment] = ()) -> str:
    """The whole alert. *among*: the environments of all accounts; LIVE is named only where others are among them."""
    words = said(alert)
    return "\n".join((_first_line(alert, words, among), *words.lines, *_last_lines(alert)))


def title(alert: Alert, among: Collection[Environment] = ()) -> str:
    """The alert's first line, for consoles and lists."""
    return _first_line(alert, said(alert), among)


def said(alert: Alert) -> Said:
    """Headline and lines of the alert's body, without its frame."""
    match alert.body:
        case TradeOpened() | TradeMerged() | EntryFilled() | LimitFilled() | EntriesCancelled() | EntryFailed() as body:
            return entries.said(body)
        case TargetHit() | TargetsRebalanced() | TargetsReplaced() | TargetMoved() | PartClosed() as body:
            return targets.said(body, alert.side)
        case StopMoved() | StopHit() | ProtectionMissing() | ProtectionRestored() | BreakevenFailed() as body:
            return stops.said(body, alert.side)
        case PositionClosed() | CloseFailed() | GhostFill() | LateClose() as body:
            return endings.said(body)
        case ExternalChange() | ForeignEdit() | OrphanFound() as body:
            return endings.said(body)
        case ActionFailed() | MirrorSkipped() | MirrorDiffers() | AccountDegraded() | AccountRestored() as body:
            return health.said(body)
        case ServiceDegraded() | ServiceRestored() | EntriesPaused() | PluginFailed() as body:
            return health.said(body)
        case StoreDamaged() | AuditFailed() as body:
            return health.said(body)
        case UserAlert() | DailyReport() as body:
            return asked.said(body)
        case TradeRebuilt() | TradeUnknown() as body:
            return losses.said(body)
        case _:
            assert_never(alert.body)


def _first_line(alert: Alert, words: Said, among: Collection[Environment]) -> str:
    shown = alert.environment is not Environment.LIVE or any(one is not Environment.LIVE for one in among)
    tag = f"[{alert.environment.value.upper()}] " if shown else ""
    market = f"{alert.symbol} {alert.side.value.upper()}" if alert.side is not None else alert.symbol
    return tag + " · ".join(part for part in (alert.account or SERVICE, market, words.headline) if part)


def _last_lines(alert: Alert) -> tuple[str, ...]:
    late = alert.learned_late
    found = (f"(found by an audit {duration_text(late)} later)",) if late is not None else ()
    when = moment_text(alert.at)
    return (*found, f"{when} · {alert.trade}" if alert.trade else when)
