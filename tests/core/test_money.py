"""Exact numbers: reading, rounding to a grid, writing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import ceil_to, decimal, floor_to, on_grid, text

GRIDS = st.sampled_from(["1E-8", "0.00001", "0.001", "0.05", "0.1", "0.25", "0.5", "1", "5", "100"]).map(Decimal)
NUMBERS = st.decimals("-1E9", "1E9", places=8)


@pytest.mark.parametrize("value", ["59000", " 59000 ", "5.9E4", 59_000, Decimal("59000.0")])
def test_numbers_are_read_from_text(value: str | int | Decimal) -> None:
    """Text, integers and Decimals, blanks around text apart."""
    assert decimal(value) == 59_000


@pytest.mark.parametrize(
    "value", ["", "abc", "1_000", "1,5", "٣", "NaN", "sNaN", "Infinity", "-inf", "1E19", "1E-19", "0x10", "1e400"]
)
def test_what_is_no_plain_number_is_refused(value: str) -> None:
    """Hostile and mistyped numbers end at the edge."""
    with pytest.raises(ValueError, match=r"is not a|is out of range"):
        decimal(value)


@pytest.mark.parametrize("value", [0.1, True, None, b"1"])
def test_floats_and_other_types_are_refused(value: object) -> None:
    """No float ever enters."""
    with pytest.raises(TypeError, match=f"is read from text, not from {type(value).__name__}"):
        decimal(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["1E18", "1E-18"])
def test_the_ends_of_the_range_belong_to_it(value: str) -> None:
    """The largest and the finest number are numbers still; the next ones are refused above."""
    assert decimal(value) == Decimal(value)


def test_digits_beyond_the_context_are_seen() -> None:
    """A 34th digit is finer than 1E-18, even where 28 digits would show none of it."""
    with pytest.raises(ValueError, match="out of range"):
        decimal("1." + "0" * 33 + "1")
    assert decimal("1." + "0" * 40) == 1


@pytest.mark.parametrize("value", ["0E-400", "0E400", "-0", "0.00"])
def test_zero_is_an_ordinary_zero(value: str) -> None:
    """An absurd exponent doesn't travel on in a zero."""
    zero = decimal(value)

    assert zero == 0
    assert abs(zero.adjusted()) <= 18
    assert text(zero) == "0"


@given(NUMBERS, GRIDS)
def test_rounding_brackets_the_number(number: Decimal, grid: Decimal) -> None:
    """Down and up are the grid's neighbours, the same when the number lies on it."""
    low, high = floor_to(number, grid), ceil_to(number, grid)

    assert low <= number <= high
    assert high - low == (0 if on_grid(number, grid) else grid)
    assert on_grid(low, grid)
    assert on_grid(high, grid)


@given(NUMBERS)
def test_text_reads_back_as_the_same_number(number: Decimal) -> None:
    """Plain digits lose nothing and carry neither exponent nor idle zeros."""
    written = text(number)

    assert decimal(written) == number
    assert "E" not in written
    assert "." not in written or not written.endswith(("0", "."))
