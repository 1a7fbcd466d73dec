"""Local days: the offset of the moment counts, on the days too when clocks are put forward."""

from itertools import pairwise

import pytest

from core.days import DAY, day, day_text, moment, since_midnight

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("at", "ahead", "expected", "shown"),
    [(0, 0, 0, 0), (23 * HOUR, HOUR, 1, 0), (HOUR, -2 * HOUR, -1, 23 * HOUR), (DAY - 1, 0, 0, DAY - 1)],
)
def test_a_day_is_the_local_one(at: int, ahead: int, expected: int, shown: int) -> None:
    """G1: 23:00 UTC is the next day an hour further east, 01:00 the day before two hours further west."""
    assert (day(at, lambda _: ahead), since_midnight(at, lambda _: ahead)) == (expected, shown)


def test_a_short_day_is_one_day() -> None:
    """Clocks go forward at 01:00 UTC of day 10: the local day of 23 hours is followed by the next number."""

    def offset(at: int) -> int:
        return HOUR if at < 10 * DAY + HOUR else 2 * HOUR

    assert [day(10 * DAY + hours * HOUR, offset) for hours in (-2, -1, 21, 22)] == [9, 10, 10, 11]


def test_the_clock_shows_what_it_shows_at_that_moment() -> None:
    """D1: half past midnight on the day whose clocks have been put forward since one."""

    def offset(at: int) -> int:
        return HOUR if at < 10 * DAY else 2 * HOUR

    assert [since_midnight(10 * DAY + late, offset) for late in (-1, 0)] == [HOUR - 1, 2 * HOUR]


def test_a_day_is_written_as_a_date() -> None:
    """The leap day of 2024."""
    assert day_text(19_782) == "2024-02-29"


def test_a_days_moments_leave_nothing_out_where_clocks_change() -> None:
    """D1: clocks go forward an hour at 01:00 UTC: from eight o'clock to eight o'clock it is 23 hours, and back 25."""
    forward, back, eight = 10 * DAY + HOUR, 20 * DAY + HOUR, 8 * HOUR
    moments = [moment(number, eight, lambda at: HOUR if forward <= at < back else 0) for number in range(8, 23)]
    lengths = [(later - earlier) // HOUR for earlier, later in pairwise(moments)]

    assert lengths == [24, 23, *[24] * 9, 25, 24, 24]
