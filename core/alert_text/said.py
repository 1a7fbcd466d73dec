"""What an alert's text is made of: a headline, and a few short lines that fit a phone."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from textwrap import wrap
from typing import NamedTuple

from core.alerts import LevelLine
from core.money import text
from core.money_text import gain_text, price_text
from core.words import Side

WIDTH = 50
"""Characters of a line that a phone shows without breaking it."""

ALONE = 4
"""Up to so many items stand a line each; more of them share lines, so that a long ladder stays short."""


ENTRY_UNKNOWN = "Profit unknown: the entry's fill is still to come"
"""Where an exit is known before its entry (frames were lost): no figure is better than a wrong one (rel:I13)."""


class Said(NamedTuple):
    """One alert in words."""

    headline: str
    lines: tuple[str, ...] = ()


def wrapped(sentence: str) -> tuple[str, ...]:
    """A sentence from elsewhere (a venue, a plugin) as lines; whatever is not printable becomes a space."""
    clean = "".join(letter if letter.isprintable() else " " for letter in sentence)
    return tuple(wrap(clean, WIDTH))


def listed(items: Sequence[str]) -> tuple[str, ...]:
    """Items a line each, or two to a line where there are many."""
    if len(items) <= ALONE:
        return tuple(items)
    return tuple(" · ".join(items[first : first + 2]) for first in range(0, len(items), 2))


def ordered(line: LevelLine) -> str:
    """One order: role, quantity, price."""
    return f"{line.role} {text(line.quantity)} {at_price(line.price)}"


def orders(lines: Iterable[LevelLine]) -> tuple[str, ...]:
    """Orders, as lines."""
    return listed([ordered(line) for line in lines])


def at_price(price: Decimal | None) -> str:
    """Where an order stands."""
    return "at market" if price is None else f"at {price_text(price)}"


def left_the_position(side: Side | None) -> str:
    """The verb for an exit on *side*: what the account did."""
    match side:
        case Side.LONG:
            return "Sold"
        case Side.SHORT:
            return "Bought back"
        case None:
            return "Closed"


def usdt(gain: Decimal) -> str:
    """Money won or lost, with its unit."""
    return f"{gain_text(gain)} USDT"


def moved_by(who: str) -> str:
    """Who moved something, as a sentence."""
    match who:
        case "" | "plan":
            return "By the plan"
        case "leader":
            return "Copied from the leader"
        case "app":
            return "Moved in the exchange's app"
        case _:
            return f"By {who}"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun.

    >>> counted(1, "entry", "entries"), counted(2, "entry", "entries")
    ('1 entry', '2 entries')
    """
    return f"{number} {one if number == 1 else many}"
