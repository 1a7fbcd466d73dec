"""Numbers as Bybit writes them, and back: text without exponent, "" where there is none."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from plugins.exchanges.paper.venue.words import VenueError

_PLACES = Decimal("1E-10")


def plain(number: Decimal) -> str:
    """A number in full, at most ten places, no trailing zeros."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -10:
        number = number.quantize(_PLACES, ROUND_HALF_EVEN)
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def or_empty(number: Decimal | None) -> str:
    """A number, or "" for none."""
    return "" if number is None else plain(number)


def read(text: object, name: str) -> Decimal:
    """A number a caller sent; 10001 names the parameter."""
    if isinstance(text, bool) or not isinstance(text, str | int):
        raise VenueError(10001, f"params error: {name} invalid")
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        raise VenueError(10001, f"params error: {name} invalid") from None
    if not value.is_finite():
        raise VenueError(10001, f"params error: {name} invalid")
    return value
