"""Local calendar days of venue times. The zone comes in as a function: no time zone database is asked here."""

from collections.abc import Callable
from datetime import date

DAY = 86_400_000
"""A day of 24 hours, milliseconds."""

_FIRST = date(1970, 1, 1).toordinal()

Offset = Callable[[int], int]
"""How many milliseconds the local clock is ahead of UTC at a time (a negative number: behind)."""


def utc(_at: int) -> int:
    """The offset of UTC itself."""
    return 0


def day(at: int, offset: Offset = utc) -> int:
    """The local calendar day that *at* falls on, counted from 1970-01-01; neighbouring days are neighbouring numbers.

    >>> day(86_399_999), day(86_400_000), day(86_399_999, lambda at: 3_600_000)
    (0, 1, 1)
    """
    return (at + offset(at)) // DAY


def since_midnight(at: int, offset: Offset = utc) -> int:
    """What the local clock shows at *at*, as milliseconds since its midnight."""
    return (at + offset(at)) % DAY


def moment(number: int, shown: int, offset: Offset = utc) -> int:
    """When the local clock shows so many milliseconds past the midnight of a day, as `day` counts them.

    Where the clock is put forward past it, when it is put forward; where it is shown twice, one of the two, always the
    same: neighbouring days' moments have between them what was lived, 23 or 25 hours now and then.
    """
    written = number * DAY + shown
    near = written - offset(written)
    return written - offset(near)


def day_text(number: int) -> str:
    """A day as people write it.

    >>> day_text(0), day_text(20778)
    ('1970-01-01', '2026-11-21')
    """
    return date.fromordinal(_FIRST + number).isoformat()
