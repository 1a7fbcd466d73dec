"""What somebody types: numbers as plain digits with one point, symbols as plain letters and digits."""

from dataclasses import dataclass

LONGEST, LONGEST_SYMBOL = 24, 30


@dataclass(frozen=True, slots=True)
class Typed:
    """The *number* as exact text, or *why* it is none."""

    number: str = ""
    why: str = ""


def is_symbol(text: str) -> bool:
    """Whether it looks like a symbol: plain letters and digits, none too many.

    >>> is_symbol("BTCUSDT"), is_symbol("<b>"), is_symbol("")
    (True, False, False)
    """
    return text.isascii() and text.isalnum() and len(text) <= LONGEST_SYMBOL


def typed_number(text: str, example: str) -> Typed:
    """A number above zero, as it was typed.

    >>> typed_number(" 59000.5 ", "1").number, typed_number("1e9", "59000.5").why
    ('59000.5', 'Send digits with a point, like 59000.5')
    """
    shown = text.strip()
    whole, point, places = shown.partition(".")
    digits = whole + places
    good = digits.isascii() and digits.isdigit() and whole and (places or not point)
    if not good or len(shown) > LONGEST:
        return Typed(why=f"Send digits with a point, like {example}")
    if not digits.strip("0"):
        return Typed(why="Send a number above zero")
    return Typed(number=shown)
