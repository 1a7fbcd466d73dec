"""Hysteresis: what is told only once it has lasted, and taken back only once its end has, so that nothing flaps."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What one look finds. BETWEEN is too good to be told as bad, and not good enough to be told as well."""

    BAD = "bad"
    BETWEEN = "between"
    WELL = "well"


class News(StrEnum):
    """What people are to be told."""

    DEGRADED = "degraded"
    RESTORED = "restored"


@dataclass(slots=True)
class Steady:
    """One thing that is watched. It is told as bad after *bad_for* of BAD looks, as well after *well_for* of WELL.

    *since* is when it was told as bad, None while nothing is. All times are milliseconds of one monotonic clock.
    """

    bad_for: int = 0
    well_for: int = 0
    since: int | None = None
    _turning: int | None = None

    def look(self, level: Level, now: int) -> News | None:
        """Take a look in; what is news by it."""
        awaited, lasts = (Level.BAD, self.bad_for) if self.since is None else (Level.WELL, self.well_for)
        if level is not awaited:
            self._turning = None
            return None
        self._turning = now if self._turning is None else self._turning
        if now - self._turning < lasts:
            return None
        self._turning = None
        if self.since is None:
            self.since = now
            return News.DEGRADED
        self.since = None
        return News.RESTORED


def level_of(value: int, *, bad: int, well: int) -> Level:
    """The level of a figure by its two thresholds, whichever way is worse.

    >>> [level_of(free, bad=5, well=10).value for free in (4, 5, 7, 10)]
    ['bad', 'between', 'between', 'well']
    >>> [level_of(late, bad=10, well=5).value for late in (11, 10, 7, 5)]
    ['bad', 'between', 'between', 'well']
    """
    if (value < bad) if bad < well else (value > bad):
        return Level.BAD
    return Level.WELL if ((value >= well) if bad < well else (value <= well)) else Level.BETWEEN
