"""The rules of people's own alerts in the store, and as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.codec import Unreadable, codec
from core.errors import Stopped
from core.user_alert_rules import KINDS
from core.user_alerts import Rule
from core.view import as_json
from ports.persistence import Store

NAME = "user_alerts"


@dataclass(frozen=True, slots=True)
class Rules:
    """All that is kept: the rules in the order in which they were made, and equity's peaks for drawdowns."""

    rules: tuple[Rule, ...] = ()
    peaks: Mapping[str, Decimal] = field(default_factory=dict)


_CODEC = codec(Rules)


async def recall(store: Store) -> Rules:
    """What was kept. Raises Stopped where it can't be read."""
    written = await store.recall(NAME)
    if written is None:
        return Rules()
    try:
        found: Rules = _CODEC.read(json.loads(written))
    except (Unreadable, ValueError) as error:
        raise Stopped(f"people's own alerts in the store can't be read: {error}; restore a backup") from None
    return found


async def keep(store: Store, rules: Rules) -> None:
    """Put them in the place of what was kept, durably."""
    if _CODEC.write is None:
        raise TypeError("rules have an exact text")
    await store.remember(NAME, json.dumps(_CODEC.write(rules)))


def rule_json(rule: Rule) -> dict[str, object]:
    """A rule for lists, with its kind in words."""
    kind = KINDS[rule.watched]
    return {
        "id": rule.id,
        "kind": rule.watched.value,
        "group": kind.group,
        "about": kind.about,
        "unit": kind.unit,
        "value": as_json(rule.value),
        "symbol": rule.symbol,
        "account": rule.account,
        "owner": rule.owner,
        "note": rule.note,
        "repeat": rule.repeat,
        "enabled": rule.enabled,
        "made_at": rule.made_at,
        "fired": rule.fired,
        "fired_at": rule.fired_at,
    }
