"""What a person is still owed: what came of an act that they confirmed, until it is on their phone.

A row is kept durably from before the act until then. One that nobody works on any more (the process died or was
stopped in the middle, or Telegram could not be reached afterwards) is told: what came of it, or that this isn't known
and where to look.
"""

from typing import Any

from plugins.frontends.telegram.screen import Screen, go, row
from plugins.frontends.telegram.turn import Memory

OWED = "_owed"
KEPT = 20
AGAIN = 10_000
"""Milliseconds between two tries to tell."""
LOOK = (
    row(go("Positions", "positions"), go("Orders", "orders"), go("Alerts", "alerts")),
    row(go("Status", "status"), go("🏠 Dashboard", "dashboard")),
)
LATE = "<i>Late: this could not be shown when it was done.</i>"
LATE_ROOM = 4_000
"""Characters of a text to which that line may be added."""


def promise(memory: Memory, name: str, *, user: int, about: str, now: int) -> None:
    """An act begins: keep the memory before it does. *about* is HTML: what was confirmed."""
    rows = memory.setdefault(OWED, {})
    rows[name] = {"user": user, "about": about, "at": now, "text": "", "next": 0}
    while len(rows) > KEPT:
        del rows[next(iter(rows))]


def came(memory: Memory, name: str, text: str) -> None:
    """What came of it is known, and not shown yet."""
    found = memory.get(OWED, {}).get(name)
    if found is not None:
        found["text"] = text


def paid(memory: Memory, name: str) -> None:
    """It was shown."""
    memory.get(OWED, {}).pop(name, None)


def due(memory: Memory, now: int) -> list[tuple[str, dict[str, Any]]]:
    """What is to be told now; asked only while no act of this chat is under way."""
    return [(name, found) for name, found in memory.get(OWED, {}).items() if now >= found["next"]]


def screen(found: dict[str, Any], when: str) -> Screen:
    """What is told of an act that was confirmed at *when*."""
    text = str(found["text"])
    if text:
        return Screen(f"{LATE}\n{text}" if len(text) < LATE_ROOM else text, LOOK)
    return Screen(
        f"<b>⚠️ Tandem was interrupted while it did what you confirmed at {when}</b>\n{found['about']}\n"
        "It may have been done, in part or not at all. It is not done again by itself: look at positions, orders and "
        "alerts before you repeat it.",
        LOOK,
    )
