"""Exact numbers: Decimal from text, rounding to a grid, plain text out. No float ever enters.

Everywhere in Tandem quantities are base units, prices are quote per base, amounts are quote units
and percentages are of 100. Rounding always names its direction; a *grid* is a tick (prices) or a step (quantities).
"""

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal, InvalidOperation

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)

LARGEST_EXPONENT = 18
"""Numbers above 1E18 or finer than 1E-18 are refused: nothing traded needs them, and they make quantizing explode."""


def decimal(value: str | int | Decimal) -> Decimal:
    """Read an exact number from text, an integer or a Decimal.

    Raises ValueError for what is no plain finite number within 1E-18..1E18, TypeError for floats and other types.

    >>> decimal("0.10")
    Decimal('0.10')
    >>> decimal("1e400")
    Traceback (most recent call last):
    ValueError: 1e400 is out of range
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError(f"a number is read from text, not from {type(value).__name__}")
    try:
        number = Decimal(_plain(value) if isinstance(value, str) else value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{value} is not a finite number")
    if number and (number.adjusted() > LARGEST_EXPONENT or _places(number) > LARGEST_EXPONENT):
        raise ValueError(f"{value} is out of range")
    return number or ZERO


def floor_to(value: Decimal, grid: Decimal) -> Decimal:
    """Round towards minus infinity to a multiple of *grid*.

    >>> floor_to(Decimal("783.615"), Decimal("0.1"))
    Decimal('783.6')
    """
    return (value / grid).to_integral_value(ROUND_FLOOR) * grid


def ceil_to(value: Decimal, grid: Decimal) -> Decimal:
    """Round towards plus infinity to a multiple of *grid*.

    >>> ceil_to(Decimal("100.13008"), Decimal("0.01"))
    Decimal('100.14')
    """
    return (value / grid).to_integral_value(ROUND_CEILING) * grid


def on_grid(value: Decimal, grid: Decimal) -> bool:
    """Whether *value* is a whole multiple of *grid*."""
    return value % grid == 0


def text(value: Decimal) -> str:
    """Plain digits without exponent or trailing zeros.

    >>> text(Decimal("2.1250E+3")), text(Decimal("0.00")), text(Decimal("-0"))
    ('2125', '0', '0')
    """
    if value == 0:
        return "0"
    digits = format(value, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _plain(value: str) -> str:
    stripped = value.strip()
    if not stripped.isascii() or "_" in stripped:
        raise ValueError(f"{value!r} is not a number")
    return stripped


# The default context would round to 28 digits before anybody counted them.
_EVERY_DIGIT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def _places(number: Decimal) -> int:
    exponent = number.normalize(_EVERY_DIGIT).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
