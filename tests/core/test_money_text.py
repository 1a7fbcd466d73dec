"""Numbers and times as people read them, each form at its edges (D1: tick-exact; E4: no digit that means nothing)."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.money_text import (
    amount_text,
    change_text,
    duration_text,
    gain_percent_text,
    gain_text,
    moment_text,
    percent_text,
    price_text,
)

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [
        (0, "0 s"),
        (50, "0 s"),
        (51, "0.1 s"),
        (9_949, "9.9 s"),
        (9_999, "10 s"),
        (10_000, "10 s"),
        (MINUTE - 1, "59 s"),
        (MINUTE, "1m 00s"),
        (HOUR - SECOND, "59m 59s"),
        (HOUR, "1h 00m"),
        (HOUR + 61 * SECOND, "1h 01m"),
        (DAY - MINUTE, "23h 59m"),
        (DAY, "1d 00h"),
        (3 * DAY + 5 * HOUR + 59 * MINUTE, "3d 05h"),
    ],
)
def test_a_duration_is_its_two_largest_units(milliseconds: int, shown: str) -> None:
    """D1: cut, never rounded up, from ten seconds on."""
    assert duration_text(milliseconds) == shown


@pytest.mark.parametrize(
    ("form", "number", "shown"),
    [
        (price_text, "123456789.123", "123456789.123"),
        (price_text, "1234567890.123", "1234567900"),
        (price_text, "0.000012345678915", "0.000012345678915"),
        (price_text, "0.00001234567891545", "0.000012345679"),
        (price_text, "100.50", "100.5"),
        (amount_text, "1", "1.00"),
        (amount_text, "-1.005", "-1.00"),
        (amount_text, "1.015", "1.02"),
        (amount_text, "0.99995", "1.00"),
        (amount_text, "0.5", "0.50"),
        (amount_text, "0.123", "0.123"),
        (amount_text, "-0.00005", "0.00"),
        (amount_text, "0.00006", "0.0001"),
        (gain_text, "0.001", "+0.001"),
        (gain_text, "-1", "-1.00"),
        (percent_text, "3.135", "3.14%"),
        (percent_text, "-0.1", "-0.10%"),
        (gain_percent_text, "0", "0.00%"),
        (gain_percent_text, "2", "+2.00%"),
        (gain_percent_text, "-2", "-2.00%"),
        (change_text, "54.30", "+54.3"),
        (change_text, "0", "0"),
    ],
)
def test_each_form_at_its_edges(form: Callable[[Decimal], str], number: str, shown: str) -> None:
    """D1: exact while it is a price on a tick; what a division made is rounded half to even."""
    assert form(Decimal(number)) == shown


@pytest.mark.parametrize("form", [price_text, amount_text, gain_text, percent_text, gain_percent_text])
def test_what_is_not_known_is_a_dash(form: Callable[[None], str]) -> None:
    """G1: never a zero, never a guess."""
    assert form(None) == "-"


def test_a_moment_is_utc_to_the_second() -> None:
    """D1: parts of a second are cut."""
    assert moment_text(1_700_000_000_999) == "2023-11-14 22:13:20 UTC"
