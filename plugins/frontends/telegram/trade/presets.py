"""What one person keeps for again: named presets, and the trade that was opened last. In the application's store."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core.draft import Draft, draft_from, draft_json
from core.preset import Preset, preset_from, preset_json
from core.typed import Mistyped
from plugins.frontends.telegram.turn import Turn

MOST = 12
LONGEST_NAME = 24
_DAMAGED = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A person's presets by name. *damaged*: some of what was kept could not be read, and is left out."""

    presets: Mapping[str, Preset]
    damaged: bool = False


async def shelf(turn: Turn) -> Shelf:
    """What the person kept."""
    kept = await turn.application.recall(_presets(turn))
    if kept is None:
        return Shelf({})
    try:
        return Shelf({str(name): preset_from(each) for name, each in json.loads(kept).items()})
    except _DAMAGED:
        return Shelf({}, damaged=True)


async def keep_shelf(turn: Turn, presets: Mapping[str, Preset]) -> None:
    """Keep these. Raises Unavailable while the store refuses."""
    data = {name: preset_json(each) for name, each in presets.items()}
    await turn.application.remember(_presets(turn), json.dumps(data))


def name_of(words: str) -> str:
    """A preset's name as it was typed: one line that can be seen."""
    name = " ".join(words.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Mistyped(words, f"a name of 1 to {LONGEST_NAME} letters", "breakout")
    return name


async def last_opened(turn: Turn) -> Draft | None:
    """The draft of the trade that the person opened last; None when there is none that can be read."""
    kept = await turn.application.recall(_last(turn))
    if kept is None:
        return None
    try:
        return draft_from(json.loads(kept))
    except _DAMAGED:
        return None


async def keep_opened(turn: Turn, draft: Draft) -> None:
    """Keep it as the last one. Raises Unavailable while the store refuses."""
    await turn.application.remember(_last(turn), json.dumps(draft_json(draft)))


def _presets(turn: Turn) -> str:
    return f"telegram:presets:{turn.who.user}"


def _last(turn: Turn) -> str:
    return f"telegram:last-trade:{turn.who.user}"
