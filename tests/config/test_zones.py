"""Offsets of named time zones, at the times when clocks are changed."""

import pytest

from config.zones import offset_of
from core.days import day, day_text

HOUR = 3_600_000
MARCH = 1_774_746_000_000
"""2026-03-29 01:00 UTC: clocks in Berlin go from 02:00 to 03:00."""


@pytest.mark.parametrize(
    ("zone", "at", "ahead"),
    [
        ("UTC", MARCH, 0),
        ("Europe/Berlin", MARCH - 1, 1),
        ("Europe/Berlin", MARCH, 2),
        ("America/New_York", MARCH, -4),
    ],
)
def test_the_offset_is_that_of_the_moment(zone: str, at: int, ahead: int) -> None:
    """I1: the configured zone says where a day begins, summer time included."""
    assert offset_of(zone)(at) == ahead * HOUR


def test_a_day_begins_at_local_midnight() -> None:
    """I1: 22:30 UTC is half past midnight in Berlin in summer."""
    assert day_text(day(MARCH + 21 * HOUR + HOUR // 2, offset_of("Europe/Berlin"))) == "2026-03-30"
