"""Numbers and times as people read them: signs where money is won or lost, no digits that mean nothing.

Prices on the tick and quantities on the step are printed exactly. Only what a division made is rounded here, half to
even, for reading; nothing computes with these texts.
"""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from core.money import ONE, text

UNKNOWN = "-"
"""What stands for a number that is not known: never a zero, never a guess."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT_DIGITS = 12
_AVERAGE_DIGITS = 8
_WIDE = Context(prec=64, rounding=ROUND_HALF_EVEN)
_CENT = Decimal("0.01")
_FINE = Decimal("0.0001")


def price_text(price: Decimal | None) -> str:
    """A price: exact on any tick; an average that a division made has eight significant digits.

    >>> price_text(Decimal("60000.10")), price_text(Decimal(178000) / 3)
    ('60000.1', '59333.333')
    """
    if price is None:
        return UNKNOWN
    if len(price.normalize().as_tuple().digits) <= _EXACT_DIGITS:
        return text(price)
    return text(Context(prec=_AVERAGE_DIGITS, rounding=ROUND_HALF_EVEN).create_decimal(price))


def amount_text(amount: Decimal | None) -> str:
    """Quote units with two places, up to four under 1.

    >>> amount_text(Decimal("1234.565")), amount_text(Decimal("0.00342")), amount_text(Decimal("0"))
    ('1234.56', '0.0034', '0.00')
    """
    if amount is None:
        return UNKNOWN
    if abs(amount) >= ONE:
        return format(amount.quantize(_CENT, context=_WIDE), "f")
    fine = amount.quantize(_FINE, context=_WIDE)
    if fine == 0:
        return "0.00"
    digits = format(fine, "f").rstrip("0")
    return digits if len(digits.partition(".")[2]) > 1 else format(fine.quantize(_CENT), "f")


def gain_text(amount: Decimal | None) -> str:
    """Quote units won or lost, the sign always there, zero without one.

    >>> gain_text(Decimal(12)), gain_text(Decimal("-0.5")), gain_text(Decimal(0))
    ('+12.00', '-0.50', '0.00')
    """
    return _signed(amount, amount_text(amount))


def percent_text(percent: Decimal | None) -> str:
    """A percentage with two places.

    >>> percent_text(Decimal("3.125"))
    '3.12%'
    """
    return UNKNOWN if percent is None else f"{percent.quantize(_CENT, context=_WIDE):f}%"


def gain_percent_text(percent: Decimal | None) -> str:
    """A percentage won or lost, the sign always there.

    >>> gain_percent_text(Decimal("3.333"))
    '+3.33%'
    """
    return _signed(percent, percent_text(percent))


def _signed(value: Decimal | None, shown: str) -> str:
    return f"+{shown}" if value is not None and value > 0 else shown


def change_text(quantity: Decimal) -> str:
    """A change of a quantity, exact, the sign always there.

    >>> change_text(Decimal("-54.30"))
    '-54.3'
    """
    return _signed(quantity, text(quantity))


def duration_text(milliseconds: int) -> str:
    """How long something lasted, in its two largest units.

    >>> duration_text(3_900_000), duration_text(187_000), duration_text(12_345), duration_text(7_240)
    ('1h 05m', '3m 07s', '12 s', '7.2 s')
    """
    seconds = milliseconds // 1000
    if milliseconds < 10_000:
        return f"{text((Decimal(milliseconds) / 1000).quantize(Decimal('0.1'), ROUND_HALF_EVEN))} s"
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}m {rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h {minutes:02d}m"
    days, hours = divmod(hours, 24)
    return f"{days}d {hours:02d}h"


def moment_text(at: int) -> str:
    """A time to the second, UTC.

    >>> moment_text(1795224329000)
    '2026-11-21 01:25:29 UTC'
    """
    return f"{_EPOCH + timedelta(milliseconds=at):%Y-%m-%d %H:%M:%S} UTC"
