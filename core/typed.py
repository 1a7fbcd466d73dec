"""Numbers, prices and sizes as people type them on a phone: plain digits only, bounded, nothing guessed (rel:F54).

What isn't understood raises `Mistyped`, which says which word it was, what was expected, and shows one that would do.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from core.money import HUNDRED, ZERO, text
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, RiskPercent, Size
from core.words import Side

MARKET = "market"
MOST = 10
"""Prices in one list (B1)."""
LONGEST_WORD = 40
LONGEST_NOTE = 200

_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
_SYMBOL = re.compile(r"[A-Z0-9]{2,30}")
_BETWEEN = re.compile(r"[\s,;]+")
_SIDES = {"long": Side.LONG, "buy": Side.LONG, "short": Side.SHORT, "sell": Side.SHORT}


class Mistyped(ValueError):
    """A word that isn't what was expected; says so in one sentence for the person who typed it."""

    def __init__(self, word: str, expected: str, example: str) -> None:
        """*expected* follows "expected", *example* is what would have been understood."""
        self.word = word
        super().__init__(f"{quoted(word)}: expected {expected}, for example {example}")


class Unit(StrEnum):
    """What a bare number means as a size."""

    PERCENT = "percent"
    USDT = "usdt"
    RISK = "risk"
    QUANTITY = "quantity"


def quoted(word: str) -> str:
    r"""A word as it can be shown to anybody: quoted, clipped, nothing invisible left invisible.

    >>> quoted("1\u200f0")
    "'1\\u200f0'"
    """
    shown = ascii(word) if not word.isprintable() else f"'{word}'"
    return shown if len(shown) <= LONGEST_WORD + 2 else f"{shown[:LONGEST_WORD]}...'"


def number(word: str, example: str = "59000.5") -> Decimal:
    """A number above zero in plain digits: no sign, exponent, separator, infinity, or digits of another script.

    >>> number("59000.50")
    Decimal('59000.50')
    >>> number("1e9")
    Traceback (most recent call last):
    core.typed.Mistyped: '1e9': expected a number above zero in plain digits, for example 59000.5
    """
    found = Decimal(word) if _NUMBER.fullmatch(word) else ZERO
    if not found:
        raise Mistyped(word, "a number above zero in plain digits", example)
    return found


def symbol(word: str) -> str:
    """An instrument's name, in capitals."""
    found = word.strip().upper() if word.isascii() else ""
    if not _SYMBOL.fullmatch(found):
        raise Mistyped(word, "a symbol of letters and digits", "BTCUSDT")
    return found


def side(word: str) -> Side:
    """Which way: long or short, buy or sell."""
    found = _SIDES.get(word.strip().lower()) if word.isascii() else None
    if found is None:
        raise Mistyped(word, "long or short", "long")
    return found


def leverage(word: str) -> Decimal:
    """A leverage: 10, x10 or 10x."""
    return number(word.strip().lower().removeprefix("x").removesuffix("x"), "x10")


def entries(words: str) -> tuple[EntrySpec, ...]:
    """Entries, each market or a price, maybe with its share of the whole: all of them or none.

    >>> [str(entry.price) for entry in entries("market, 59000,58000")]
    ['None', '59000', '58000']
    """
    example = "market,59000,58000"
    rows = [_shared(word, example) for word in _listed(words, "entries", example)]
    prices = [None if price.lower() == MARKET and price.isascii() else number(price, example) for price, _ in rows]
    shares = _whole([share for _, share in rows], words, "market@50,59000@30,58000@20")
    if shares is None:
        return tuple(EntrySpec(price) for price in prices)
    return tuple(EntrySpec(price, share) for price, share in zip(prices, shares, strict=True))


def targets(words: str) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...] | None]:
    """Take-profit prices and their shares; None = the strategy's."""
    example = "62000,63000,64000,65000"
    rows = [_shared(word, example) for word in _listed(words, "take-profits", example)]
    prices = tuple(number(price, example) for price, _ in rows)
    return prices, _whole([share for _, share in rows], words, "62000@85,63000@10,64000@5")


def size(words: str, unit: Unit = Unit.PERCENT) -> Size:
    """A size; a bare number is a percentage of what is available unless *unit* says otherwise (E2).

    >>> size("2"), size("500 usdt"), size("risk 1%"), size("qty 0.5")
    (MarginPercent(value=Decimal('2')), MarginUsdt(value=Decimal('500')), RiskPercent(value=Decimal('1')), \
FixedQuantity(value=Decimal('0.5')))
    """
    said = words.lower().replace("%", "% ").replace(" % ", "%").split() if words.isascii() else []
    match said:
        case [("risk") as kind, amount] | [("qty" | "quantity") as kind, amount]:
            return _sized(kind, amount)
        case [amount, ("usdt") as kind] | [("usdt" | "$") as kind, amount]:
            return _sized(kind, amount)
        case [one] if one.endswith("%"):
            return _sized(Unit.RISK if unit is Unit.RISK else "%", one)
        case [one] if one.endswith("usdt") or one.startswith("$"):
            return _sized("usdt", one.removesuffix("usdt").removeprefix("$"))
        case [one]:
            return _sized(unit, one)
    raise Mistyped(words, "a size", _SIZE)


_SIZE = "2%, 500usdt, risk 1% or qty 0.5"


def _sized(kind: str, amount: str) -> Size:
    match kind:
        case "risk":
            return RiskPercent(number(amount.removesuffix("%"), "risk 1%"))
        case "qty" | "quantity":
            return FixedQuantity(number(amount, "qty 0.5"))
        case "usdt" | "$":
            return MarginUsdt(number(amount, "500usdt"))
        case _:
            return MarginPercent(number(amount.removesuffix("%"), _SIZE))


def note(words: str) -> str:
    r"""A note on one line without what can't be seen, not beginning with a quotation mark. Raises when it is too long.

    >>> note(' "why\n not"')
    'why not"'
    """
    plain = "".join(each for each in words if each.isprintable() or each.isspace())
    seen = " ".join(plain.split()).lstrip('"“”„ ')
    if len(seen) > LONGEST_NOTE:
        raise Mistyped(words, f"a note of at most {LONGEST_NOTE} characters, not {len(seen)}", "breakout retest")
    return seen


def entries_text(found: Sequence[EntrySpec]) -> str:
    """Entries as they could be typed."""
    shared = any(entry.weight != 1 for entry in found)
    prices = [MARKET if entry.price is None else text(entry.price) for entry in found]
    shares = tuple(entry.weight for entry in found) if shared else None
    return _listing(prices, shares)


def targets_text(prices: Sequence[Decimal], shares: Sequence[Decimal] | None) -> str:
    """Take-profits as they could be typed."""
    return _listing([text(price) for price in prices], shares)


def size_text(found: Size) -> str:
    """A size as it could be typed."""
    match found:
        case MarginPercent(value):
            return f"{text(value)}%"
        case MarginUsdt(value):
            return f"{text(value)}usdt"
        case RiskPercent(value):
            return f"risk {text(value)}%"
        case FixedQuantity(value):
            return f"qty {text(value)}"


def _listing(prices: Sequence[str], shares: Sequence[Decimal] | None) -> str:
    if shares is None:
        return ",".join(prices)
    return ",".join(f"{price}@{text(share)}" for price, share in zip(prices, shares, strict=True))


def _listed(words: str, what: str, example: str) -> list[str]:
    found = [word for word in _BETWEEN.split(words.strip()) if word]
    if not 1 <= len(found) <= MOST:
        raise Mistyped(words, f"1 to {MOST} {what}, not {len(found)}", example)
    return found


def _shared(word: str, example: str) -> tuple[str, Decimal | None]:
    price, at, share = word.partition("@")
    return price, number(share.removesuffix("%"), f"{example.partition(',')[0]}@40") if at else None


def _whole(shares: list[Decimal | None], words: str, example: str) -> tuple[Decimal, ...] | None:
    """The shares when all have one, None when none has."""
    given = tuple(share for share in shares if share is not None)
    if not given:
        return None
    if len(given) != len(shares):
        raise Mistyped(words, "a share after every price or after none", example)
    if sum(given, ZERO) != HUNDRED:
        raise Mistyped(words, f"shares that sum to 100, not {text(sum(given, ZERO))}", example)
    return given
