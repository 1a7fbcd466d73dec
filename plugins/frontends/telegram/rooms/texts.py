"""Words and numbers for a phone: escaped, exact, at most 32 monospace columns, and never more than Telegram takes.

Everything that somebody else may have written (symbols, notes, reasons, account names) goes through `said`.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any
from unicodedata import east_asian_width

from core.money_text import UNKNOWN, amount_text, gain_text, percent_text, price_text
from ports.times import local, name_of

WIDTH = 32
"""Monospace columns of a small phone held upright."""
LONGEST = 3_900
"""Characters of a screen's text, tags included: Telegram takes 4,096."""
CAPTION = 1_000
"""Characters under a picture: Telegram takes 1,024."""
LINE = 240
"""Characters of one thing that somebody else wrote."""
GOOD, HELD, BAD = "🟢", "🟡", "🔴"


def plain(value: object, longest: int = LINE) -> str:
    """One line of *value*: no control or direction marks, cut with an ellipsis.

    >>> plain("BTC" + chr(0x202E) + "USDT" + chr(10))
    'BTCUSDT'
    """
    shown = " ".join("".join(one if one.isprintable() else " " * one.isspace() for one in str(value)).split())
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def said(value: object, longest: int = LINE) -> str:
    """What somebody else wrote, literally.

    >>> said("<b>x</b>")
    '&lt;b&gt;x&lt;/b&gt;'
    """
    return escape(plain(value, longest), quote=False)


def bold(value: object) -> str:
    return f"<b>{said(value)}</b>"


def code(value: object) -> str:
    return f"<code>{said(value)}</code>"


def columns(text: str) -> int:
    """How wide text is in monospace; wide letters count twice."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def cut(text: str, width: int) -> str:
    """Text of at most so many columns.

    >>> cut("BTCUSDT", 5)
    'BTCU…'
    """
    if columns(text) <= width:
        return text
    while columns(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def block(lines: Iterable[str]) -> str:
    """Monospace lines; "" when there are none."""
    kept = [cut(plain_columns(line), WIDTH) for line in lines]
    return f"<pre>{escape(chr(10).join(kept), quote=False)}</pre>" if kept else ""


def plain_columns(line: str) -> str:
    """A line whose spaces are kept, without what would break it."""
    return "".join(one if one.isprintable() else " " for one in line).rstrip()


def sides(left: str, right: str) -> list[str]:
    """A name on the left and its value on the right: one line, or two when they don't fit one.

    >>> sides("Equity", "100.00")
    ['Equity                    100.00']
    """
    left, right = cut(left, WIDTH), cut(right, WIDTH)
    room = WIDTH - columns(left) - columns(right)
    return [left + " " * room + right] if room > 0 else [left, " " * (WIDTH - columns(right)) + right]


def pairs(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Names and values, each on its line."""
    return [line for left, right in rows for line in sides(left, right)]


def number(value: object) -> Decimal | None:
    """A number of the application's; None for what is not known."""
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def price(value: object) -> str:
    return price_text(number(value))


def amount(value: object) -> str:
    return amount_text(number(value))


def gain(value: object) -> str:
    return gain_text(number(value))


def share(part: object, whole: object) -> str:
    """*part* in percent of *whole*; a dash where either is not known.

    >>> share("1", "3"), share(1, 0)
    ('33.33%', '-')
    """
    one, all_of_it = number(part), number(whole)
    if one is None or not all_of_it:
        return UNKNOWN
    return percent_text(one * 100 / all_of_it)


def percent(value: object) -> str:
    return percent_text(number(value))


def clock(at: object, zone: str) -> str:
    """The time of day, with the zone.

    >>> clock(0, "UTC")
    '00:00:00 UTC'
    """
    return _local(at, zone, "%H:%M:%S", named=True)


def moment(at: object, zone: str) -> str:
    """Day and time without a year: what fits a line. Say the zone once beside many of them."""
    return _local(at, zone, "%m-%d %H:%M")


def zoned(at: object, zone: str) -> str:
    """The same with the zone.

    >>> zoned(0, "UTC"), zoned(None, "UTC")
    ('01-01 00:00 UTC', '-')
    """
    return _local(at, zone, "%m-%d %H:%M", named=True)


def _local(at: object, zone: str, form: str, *, named: bool = False) -> str:
    if at is None:
        return UNKNOWN
    shown = local(int(str(at)), zone)
    return f"{shown:{form}}{f' {name_of(shown)}' if named else ''}"


def tag(environments: Iterable[Any]) -> str:
    """The environments in brackets, "" when all money is live (A10).

    >>> tag(["paper", "live"]), tag(["live"])
    ('[LIVE PAPER] ', '')
    """
    found = sorted({plain(each).upper() for each in environments if each})
    return "" if found in ([], ["LIVE"]) else f"[{' '.join(found)}] "


def fitted(parts: Sequence[str], longest: int = LONGEST, more: str = "") -> str:
    """Parts one under the other, as many as fit; then how many are missing, and *more*: where they are."""
    kept: list[str] = []
    room = longest - len(more) - 40
    for part in parts:
        if len(part) + 1 > room:
            missing = len(parts) - len(kept)
            return "\n".join([*kept, f"… and {missing} more{more}"])
        kept.append(part)
        room -= len(part) + 1
    return "\n".join(kept)


def sentences(reasons: Iterable[object]) -> str:
    """Reasons, one a line."""
    return "\n".join(f"• {said(reason, 600)}" for reason in reasons)
