"""What a chat remembers of a trade that somebody is making up: one for each person, over restarts, as JSON.

Only the person who began it can go on with it: its buttons carry its *id*, and a group's memory keeps people apart.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from core.draft import Draft, Part, draft_from, draft_json
from core.money import decimal, text
from core.typed import Unit
from plugins.frontends.telegram.turn import Turn

PATIENCE = 300_000
"""Milliseconds that a step waits for its answer (E2)."""
MEMORY = "draft"
VERSION = 2


class Unreadable(Exception):
    """What is remembered was written by another version, or is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """*identity* is the request's id, whatever card it is opened from: so that it can't be opened twice (A9).

    *part* is what is being asked, None = the card. *editing*: from the card, and back to it. *confirmed*: the person
    accepted that a limit fills at once. *left* is what was given up for this one, with its own identity: an order to
    open it may be on its way still. *sent* is what such an order said, while what came of it isn't known.
    """

    identity: str
    draft: Draft
    at: int
    part: Part | None = None
    editing: bool = False
    unit: Unit = Unit.PERCENT
    confirmed: bool = False
    left: "Record | None" = None
    sent: Draft | None = None
    promised: Mapping[str, Decimal] = field(default_factory=dict)
    """What each account that opens would lose at most, as the card said."""

    @property
    def id(self) -> str:
        """Short enough for a button."""
        return hashlib.sha256(self.identity.encode()).hexdigest()[:8]

    @property
    def seen(self) -> str:
        """What a card showed: a confirmation holds for just this, risk and all, also where a later card got lost."""
        promised = {account: text(loss) for account, loss in self.promised.items()}
        shown = json.dumps([draft_json(self.draft), self.confirmed, promised], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()[:8]

    def over(self, now: int) -> bool:
        """Whether nobody answered for too long."""
        return now - self.at > PATIENCE


def begun(turn: Turn, draft: Draft) -> Record:
    """A new one; what was there before stays beside it, to be gone on with."""
    try:
        before = recalled(turn)
    except Unreadable:
        before = None
    left = None if before is None else replace(before, left=None) if before.draft.symbol else before.left
    return Record(identity=turn.identity, draft=draft, at=turn.now, left=left)


def recalled(turn: Turn) -> Record | None:
    """The person's own, None when there is none. Raises Unreadable; it is forgotten then."""
    kept = turn.memory.get(MEMORY)
    if kept is None:
        return None
    try:
        found = kept["by"].get(turn.who.user) if kept["version"] == VERSION else {}
        return None if found is None else _record(found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        turn.memory.pop(MEMORY, None)
        raise Unreadable from error


def keep(turn: Turn, record: Record) -> None:
    """Remember it as it is now."""
    kept = turn.memory.get(MEMORY)
    if not isinstance(kept, dict) or kept.get("version") != VERSION:
        kept = turn.memory[MEMORY] = {"version": VERSION, "by": {}}
    kept["by"][turn.who.user] = _json(record)


def drop(turn: Turn) -> bool:
    """Forget the person's own; whether there was any."""
    kept = turn.memory.get(MEMORY)
    if not isinstance(kept, dict) or not isinstance(kept.get("by"), dict):
        return turn.memory.pop(MEMORY, None) is not None
    return kept["by"].pop(turn.who.user, None) is not None


def changed(record: Record, **fields: Any) -> Record:
    """The record with parts of its draft changed; what was confirmed is to be confirmed again."""
    return replace(record, draft=replace(record.draft, **fields), confirmed=False)


def _json(record: Record) -> dict[str, Any]:
    return {
        "identity": record.identity,
        "draft": draft_json(record.draft),
        "at": record.at,
        "part": None if record.part is None else record.part.value,
        "editing": record.editing,
        "unit": record.unit.value,
        "confirmed": record.confirmed,
        "left": None if record.left is None else _json(record.left),
        "sent": None if record.sent is None else draft_json(record.sent),
        "promised": {account: text(loss) for account, loss in record.promised.items()},
    }


def _record(found: Mapping[str, Any]) -> Record:
    part, left, sent = found["part"], found["left"], found["sent"]
    return Record(
        identity=str(found["identity"]),
        draft=draft_from(found["draft"]),
        at=int(found["at"]),
        part=None if part is None else Part(part),
        editing=found["editing"] is True,
        unit=Unit(found["unit"]),
        confirmed=found["confirmed"] is True,
        left=None if left is None else _record(left),
        sent=None if sent is None else draft_from(sent),
        promised={str(account): decimal(loss) for account, loss in found["promised"].items()},
    )
