"""Buttons that lead from everywhere to somewhere, and pages of lists."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from plugins.frontends.telegram.screen import Button, go, row
from plugins.frontends.telegram.turn import Turn
from ports.frontend import Role

Rows = tuple[tuple[Button, ...], ...]
Item = TypeVar("Item")


def home() -> Rows:
    """The way back to the dashboard, under every screen."""
    return (row(go("🏠 Dashboard", "dashboard")),)


def back(label: str, screen: str, **arguments: str) -> Rows:
    """One step back, and home."""
    return (row(go(f"◀ {label}", screen, **arguments), go("🏠 Dashboard", "dashboard")),)


def acting(turn: Turn, *rows: tuple[Button, ...]) -> Rows:
    """Rows of buttons that act, for those who may (E1)."""
    return tuple(each for each in rows if each) if turn.who.role is Role.TRADER else ()


def in_rows(buttons: Sequence[Button], wide: int) -> Rows:
    """Buttons, so many a row."""
    return tuple(tuple(buttons[at : at + wide]) for at in range(0, len(buttons), wide))


def page_of(arguments: Mapping[str, str], items: Sequence[Item], size: int) -> tuple[int, Sequence[Item]]:
    """The page that is asked for (from 0), and its items; a page that isn't there is the last."""
    asked = arguments.get("page", "0")
    last = max(0, (len(items) - 1) // size)
    page = min(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0, last)
    return page, items[page * size : (page + 1) * size]


def turning(page: int, total: int, size: int, screen: str, **arguments: str) -> Rows:
    """Buttons to the pages before and after; none where all is on one."""
    found = []
    if page > 0:
        found.append(go(f"◀ {page}", screen, **arguments, page=str(page - 1)))
    if (page + 1) * size < total:
        found.append(go(f"{page + 2} ▶", screen, **arguments, page=str(page + 1)))
    return (tuple(found),) if found else ()
