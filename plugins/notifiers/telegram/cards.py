"""Alerts as Telegram shows them: HTML for a phone's screen, made of the typed alerts by pure functions.

The words are those of `core.alert_text`; here they get their form: a sign, a bold headline, where it is, the numbers in
short lines (orders in columns), the time in people's own zone. Everything that comes from elsewhere is escaped (S10).
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from core.alert_text import SERVICE, said
from core.alert_text.said import Said
from core.alerts import (
    AccountRestored,
    ActionFailed,
    Alert,
    EntryFailed,
    EntryFilled,
    ExternalChange,
    ForeignEdit,
    LateClose,
    LimitFilled,
    MirrorDiffers,
    MirrorSkipped,
    OrphanFound,
    PluginFailed,
    PositionClosed,
    ProtectionRestored,
    RebalanceResult,
    ServiceDegraded,
    ServiceRestored,
    StopMoved,
    TargetHit,
    TargetsRebalanced,
    TargetsReplaced,
    TradeMerged,
    TradeOpened,
    TradeRebuilt,
)
from core.money_text import duration_text
from core.words import Environment
from ports.notifier import Delivery
from ports.times import full_time

LONGEST = 4_000
"""Characters of a message as Telegram counts them, after its markup is read; it takes 4,096."""
LONGEST_LINE = 160
WIDEST = 36
"""What a phone shows of columns without scrolling."""
MOST_LINES = (40, 24, 16, 10, 6, 4, 2)
"""How many lines each alert may have; the first of these with which the message fits is taken."""

CRITICAL, GOOD, BAD, PLAIN = "🚨", "✅", "⚠️", "🔹"

_GOOD = (
    *(TradeOpened, TradeMerged, EntryFilled, LimitFilled, TargetHit, TargetsReplaced, StopMoved),
    *(ProtectionRestored, AccountRestored, ServiceRestored),
)
_BAD = (
    *(EntryFailed, ActionFailed, ExternalChange, ForeignEdit, MirrorSkipped, MirrorDiffers, OrphanFound, LateClose),
    *(ServiceDegraded, PluginFailed, TradeRebuilt),
)
_ROLE = re.compile(r"(E|TP)\d{1,3} ")
_JOINT = " · "


def card(deliveries: tuple[Delivery, ...]) -> str:
    """One message of one or more alerts, short enough for Telegram whatever they hold."""
    cards = (_card(deliveries, most) for most in MOST_LINES)
    return next((text for text in cards if _units(text) <= LONGEST), _card(deliveries, 0))


def plain(deliveries: tuple[Delivery, ...]) -> str:
    """The same without markup, for a chat that refused it."""
    return re.sub(r"<[^>]*>", "", card(deliveries)).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def sign(alert: Alert) -> str:
    """Good, bad, critical or neither, at a glance."""
    if alert.critical:
        return CRITICAL
    match alert.body:
        case PositionClosed(average_entry=None):
            return PLAIN
        case PositionClosed(net=net, entered=entered):
            return (PLAIN if not entered or net == 0 else GOOD) if net >= 0 else BAD
        case TargetsRebalanced(result=RebalanceResult.PARTIAL | RebalanceResult.FAILED):
            return BAD
        case body if isinstance(body, _GOOD):
            return GOOD
        case body if isinstance(body, _BAD):
            return BAD
        case _:
            return PLAIN


def _card(deliveries: tuple[Delivery, ...], most: int) -> str:
    sections = []
    above = ""
    for delivery in deliveries:
        where = _where(delivery.alert)
        sections.append("\n".join(_section(delivery, "" if where == above else where, most)))
        above = where
    trade = deliveries[-1].alert.trade
    return "\n\n".join(sections) + (f"{_JOINT}<code>{_safe(trade)}</code>" if trade else "")


def _section(delivery: Delivery, where: str, most: int) -> Iterator[str]:
    alert = delivery.alert
    words = said(alert)
    tag = f"[{alert.environment.value.upper()}] " if alert.environment is not Environment.LIVE else ""
    yield f"{sign(alert)} {tag}<b>{_safe(words.headline)}</b>"
    if where:
        yield where
    yield from _marks(delivery)
    yield from _body(words, most)
    if alert.learned_late is not None:
        yield f"<i>found by an audit {duration_text(alert.learned_late)} later</i>"
    yield full_time(alert.at, delivery.zone)


def _where(alert: Alert) -> str:
    side = alert.side.value.upper() if alert.side is not None else ""
    market = " ".join(part for part in (alert.symbol, side) if part)
    return _safe(_JOINT.join(part for part in (alert.account or SERVICE, market) if part))


def _marks(delivery: Delivery) -> Iterator[str]:
    if delivery.repeat:
        yield "🔁 <b>repeat</b>: you may have seen this"
    if delivery.late:
        yield f"⏱ <b>late</b> by {duration_text(delivery.late)}"


def _body(words: Said, most: int) -> Iterator[str]:
    """The lines, orders as columns; of too many the rest is counted."""
    lines = [part for line in words.lines for part in (line.split(_JOINT) if _ROLE.match(line) else [line])]
    kept, left = lines[:most], len(lines) - most
    for role, group in groupby(kept, _role):
        some = list(group)
        yield from _columns(some) if role else map(_safe, some)
    if left > 0:
        yield f"<i>and {left} more</i>"


def _role(line: str) -> str:
    """What kind of order a line is about: E or TP; "" when it is about none."""
    found = _ROLE.match(line)
    return found[1] if found else ""


def _columns(lines: list[str]) -> Iterator[str]:
    """Orders under each other, word below word; one alone needs no columns, and a long one would not fit in them."""
    if len(lines) < 2 or any(len(line) > WIDEST for line in lines):
        yield from (_safe(line) for line in lines)
        return
    rows = [_clean(line).split() for line in lines]
    widths = [max(len(row[at]) for row in rows if len(row) > at) for at in range(max(map(len, rows)))]
    shown = "\n".join(" ".join(word.ljust(widths[at]) for at, word in enumerate(row)).rstrip() for row in rows)
    yield f"<pre>{escape(shown, quote=False)}</pre>"


def _safe(text: str) -> str:
    return escape(_clean(text), quote=False)


def _clean(text: str) -> str:
    """What people can read of it, in one line of bearable length."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return shown if len(shown) <= LONGEST_LINE else f"{shown[: LONGEST_LINE - 1]}…"


def _units(text: str) -> int:
    """How long a message is, as Telegram counts: in UTF-16, the markup aside."""
    bare = re.sub(r"<[^>]*>", "", text)
    return len(re.sub(r"&(?:lt|gt|amp);", "x", bare).encode("utf-16-le")) // 2
