"""What people want to be told, kind by kind (D3): with a sound, silently, or not in chats at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import get_args

from core.alerts import CRITICAL, Alert, Body, kind_of


class Setting(StrEnum):
    """How a kind of alert reaches chats. Files and lists have every alert, whatever is set."""

    ON = "on"
    SILENT = "silent"
    OFF = "off"


KINDS = tuple(kind_of(body) for body in get_args(Body))
ALWAYS_CRITICAL = frozenset(kind_of(body) for body in CRITICAL)
"""Kinds that can't be switched off."""

ABOUT: Mapping[str, str] = {
    "trade_opened": "A trade was accepted and its entries are on the way",
    "trade_merged": "A second request was added to a live trade",
    "entry_filled": "A market entry filled",
    "limit_filled": "A resting entry filled",
    "target_hit": "A take-profit filled",
    "targets_rebalanced": "The take-profits were sized anew",
    "targets_replaced": "Missing take-profits were placed again",
    "stop_moved": "The stop moved, to breakeven or by hand",
    "target_moved": "An operator moved a take-profit",
    "part_closed": "A part that somebody asked to be closed is",
    "entries_cancelled": "Unfilled entries were cancelled",
    "entry_failed": "An entry was refused and is given up",
    "stop_hit": "The stop was hit",
    "position_closed": "A trade is over, with its result; always told after a liquidation, an ADL or an emergency",
    "external_change": "Somebody else changed the position",
    "foreign_edit": "Somebody changed an order of ours in the exchange's app",
    "protection_missing": "A position is not proven to have a stop",
    "protection_restored": "The stop is proven again",
    "breakeven_failed": "A breakeven, trailing or moved stop could not be set",
    "close_failed": "Closing at market does not get through",
    "action_failed": "An order was refused for good",
    "mirror_skipped": "A mirror did not open",
    "mirror_differs": "A mirror's trade is not its leader's, scaled",
    "account_degraded": "An account is not as it should be",
    "account_restored": "An account is well again",
    "service_degraded": "Tandem itself is not as it should be",
    "service_restored": "Tandem itself is well again",
    "orphan_found": "An order without a trade was found",
    "trade_rebuilt": "A trade that the store had lost was made again of what the venue shows",
    "trade_unknown": "The store has lost a trade that can't be made again: a person must decide",
    "ghost_fill": "An entry filled after its trade was closing",
    "late_close": "A close was handled late",
    "entries_paused": "Somebody paused new entries, or resumed them",
    "store_damaged": "The store did not pass its check",
    "audit_failed": "Something was found that should never be",
    "plugin_failed": "A plugin raised or hung",
    "user_alert": "A price, a position or a risk reached what somebody had set",
    "daily_report": "The day's report: results, balances, what is open",
}
"""A sentence for each kind."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What was *chosen* in a front end, over the *defaults* of the configuration; every other kind is on."""

    chosen: Mapping[str, Setting] = field(default_factory=dict)
    defaults: Mapping[str, Setting] = field(default_factory=dict)

    def of(self, kind: str) -> Setting:
        """The setting of a kind. One that is always critical is never off, whatever was written."""
        found = self.chosen.get(kind, self.defaults.get(kind, Setting.ON))
        return Setting.ON if found is Setting.OFF and kind in ALWAYS_CRITICAL else found

    def wish(self, alert: Alert) -> Setting:
        """How this alert reaches chats: a critical one of a kind that mostly isn't is told aloud."""
        if alert.critical and alert.kind not in ALWAYS_CRITICAL:
            return Setting.ON
        return self.of(alert.kind)

    def prefer(self, kind: str, setting: Setting) -> "Preferences":
        """The same with one kind chosen."""
        return replace(self, chosen={**self.chosen, kind: setting})


def problems(settings: Mapping[str, Setting], known: Iterable[str] = KINDS) -> tuple[str, ...]:
    """What is wrong with these settings, a sentence each.

    >>> problems({"stop_hit": Setting.OFF, "late_close": Setting.OFF})
    ("stop_hit is critical and can't be switched off; on or silent",)
    """
    kinds = frozenset(known)
    unknown = [f"there is no kind of alert {kind!r}" for kind in settings if kind not in kinds]
    deaf = [kind for kind, setting in settings.items() if setting is Setting.OFF and kind in ALWAYS_CRITICAL]
    return (*unknown, *(f"{kind} is critical and can't be switched off; on or silent" for kind in deaf))
