"""What people type on a phone: F54, S13, E2 (rel:F54)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.request import FixedQuantity, MarginPercent, MarginUsdt, RiskPercent, Size
from core.typed import Mistyped, Unit, entries, entries_text, leverage, note, number, side, size, size_text, symbol
from core.typed import targets as typed_targets

HOSTILE = [
    "NaN", "inf", "-1", "+1", "1e9", "1E9", "1_000", "0x10", "010", ".5", "5.", "1,5", "0", "0.0", "", " 1", "1\n",
    "\uff15", "\u0663", "1\u200f0", "\u202e5", "5\u00a0", "9" * 16, "1." + "0" * 15 + "1", "1/2", "5 5",
]  # fmt: skip


@pytest.mark.parametrize("word", HOSTILE)
def test_only_plain_digits_are_a_number(word: str) -> None:
    """rel:F54: NaN, infinity, signs, exponents, digits of other scripts, marks and absurd lengths are refused."""
    with pytest.raises(Mistyped, match="a number above zero"):
        number(word)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_bounded_number_or_refused(word: str) -> None:
    """rel:F54, S13: nothing gets through that isn't finite, positive and of few digits."""
    try:
        found = number(word)
    except Mistyped as refused:
        assert str(refused).isprintable()  # noqa: PT017 - either is right
    else:
        assert 0 < found < Decimal("1E15")


@pytest.mark.parametrize(
    ("words", "unit", "expected"),
    [
        ("2", Unit.PERCENT, MarginPercent(Decimal(2))),
        ("2 %", Unit.PERCENT, MarginPercent(Decimal(2))),
        ("2", Unit.USDT, MarginUsdt(Decimal(2))),
        ("2%", Unit.USDT, MarginPercent(Decimal(2))),
        ("500 USDT", Unit.PERCENT, MarginUsdt(Decimal(500))),
        ("$500", Unit.PERCENT, MarginUsdt(Decimal(500))),
        ("1", Unit.RISK, RiskPercent(Decimal(1))),
        ("1%", Unit.RISK, RiskPercent(Decimal(1))),
        ("risk 1.5 ", Unit.PERCENT, RiskPercent(Decimal("1.5"))),
        ("qty 0.5", Unit.PERCENT, FixedQuantity(Decimal("0.5"))),
        ("0.5", Unit.QUANTITY, FixedQuantity(Decimal("0.5"))),
    ],
)
def test_a_number_is_a_percentage_unless_chosen_otherwise(words: str, unit: Unit, expected: Size) -> None:
    """E2: a typed 2 is 2 %, and an amount only where that was chosen or is written out."""
    assert size(words, unit) == expected
    assert size(size_text(expected)) == expected


@pytest.mark.parametrize("words", ["", "2 3", "2 percent", "usdt", "risk", "%", "\uff05 2", "risk 1e3", "2%%"])
def test_what_is_no_size_is_refused(words: str) -> None:
    """E2: what was meant is never guessed."""
    with pytest.raises(Mistyped):
        size(words)


def test_shares_go_with_all_prices_or_none_and_make_100() -> None:
    """B1: entry and take-profit shares."""
    assert entries_text(entries("market @ 50, 59000@30;58000@20".replace(" @ ", "@"))) == "market@50,59000@30,58000@20"
    assert typed_targets("62000@85 63000@15")[1] == (Decimal(85), Decimal(15))
    for words in ("1@50,2", "1@50,2@49", "1@0,2@100", "1@,2@100", "market@100@2"):
        with pytest.raises(Mistyped):
            entries(words)


def test_no_more_than_ten_prices() -> None:
    """B1: 1 to 10 entries and take-profits."""
    ten = ",".join(str(price) for price in range(1, 11))
    assert len(typed_targets(ten)[0]) == 10
    for words in ("", " , ", f"{ten},11"):
        with pytest.raises(Mistyped, match="1 to 10"):
            typed_targets(words)


def test_sides_leverage_and_symbols_are_read_as_people_write_them() -> None:
    """E2: any case, buy and sell, x10 and 10x; look-alikes of other scripts are refused."""
    assert (symbol(" 1000pepeusdt "), side("SELL").value) == ("1000PEPEUSDT", "short")
    assert leverage("x10") == leverage("10X") == Decimal(10)
    for wrong in ("\u0412TCUSDT", "BTC USDT", "<b>", "B", "X" * 31, "BTC\u200fUSDT"):
        with pytest.raises(Mistyped):
            symbol(wrong)
    with pytest.raises(Mistyped):
        side("\uff4cong")


@given(st.text(max_size=300))
def test_a_note_is_one_line_that_can_be_seen(words: str) -> None:
    """S10: invisible marks and line breaks are dropped, the same note is the same when read again."""
    try:
        kept = note(words)
    except Mistyped:
        return
    assert kept.isprintable()
    assert note(kept) == kept
