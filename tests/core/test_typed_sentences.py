"""What a person reads whose typing can't be understood: each refusal as its one whole sentence (E2, rel:F54)."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.request import EntrySpec
from core.trade_line import EXAMPLE, draft_of, line_of
from core.typed import Mistyped, entries, entries_text, leverage, note, number, quoted, side, size, symbol, targets

PLAIN = "expected a number above zero in plain digits, for example"
SIZES = "for example 2%, 500usdt, risk 1% or qty 0.5"
ALIKE = "expected a share after every price or after none"
SHARED, SHARED_TARGETS = "market@50,59000@30,58000@20", "62000@85,63000@10,64000@5"
PARTS = "a side, entries, tp, sl, x10, a size, strategy, merge, account or note"
CLIPPED, A_NOTE = "n" * 39, "expected a note of at most 200 characters"
ELEVEN = "1,2,3,4,5,6,7,8,9,10,11"


@pytest.mark.parametrize(
    ("read", "words", "sentence"),
    [
        (number, "x", f"'x': {PLAIN} 59000.5"),
        (symbol, "b-c", "'b-c': expected a symbol of letters and digits, for example BTCUSDT"),
        (symbol, "B", "'B': expected a symbol of letters and digits, for example BTCUSDT"),
        (side, "up", "'up': expected long or short, for example long"),
        (leverage, "x", f"'': {PLAIN} x10"),
        (entries, "low", f"'low': {PLAIN} market,59000,58000"),
        (entries, "", "'': expected 1 to 10 entries, not 0, for example market,59000,58000"),
        (entries, ELEVEN, f"'{ELEVEN}': expected 1 to 10 entries, not 11, for example market,59000,58000"),
        (entries, "5@x", f"'x': {PLAIN} market@40"),
        (entries, "5@40,6", f"'5@40,6': {ALIKE}, for example {SHARED}"),
        (entries, "5@40,6@59", f"'5@40,6@59': expected shares that sum to 100, not 99, for example {SHARED}"),
        (targets, "", "'': expected 1 to 10 take-profits, not 0, for example 62000,63000,64000,65000"),
        (targets, "tp", f"'tp': {PLAIN} 62000,63000,64000,65000"),
        (targets, "5@x", f"'x': {PLAIN} 62000@40"),
        (targets, "5@40,6", f"'5@40,6': {ALIKE}, for example {SHARED_TARGETS}"),
        (size, "much", f"'much': {PLAIN} 2%, 500usdt, risk 1% or qty 0.5"),
        (size, "1 2 3", f"'1 2 3': expected a size, {SIZES}"),
        (size, "risk x", f"'x': {PLAIN} risk 1%"),
        (size, "qty x", f"'x': {PLAIN} qty 0.5"),
        (size, "$x", f"'x': {PLAIN} 500usdt"),
        (note, "n" * 201, f"'{CLIPPED}...': {A_NOTE}, not 201, for example breakout retest"),
    ],
)  # fmt: skip
def test_each_refusal_is_one_whole_sentence(read: Callable[[str], object], words: str, sentence: str) -> None:
    """E2: the word as it was typed, what was expected, and an example that would be understood."""
    with pytest.raises(Mistyped) as refused:
        read(words)

    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", f"'': expected a symbol first, for example {EXAMPLE}"),
        ("X1 \uff15", f"'\uff15': expected plain letters and digits, for example {EXAMPLE}"),
        ("X1 up", f"'up': expected {PARTS}, for example {EXAMPLE}"),
        ("X1 long short", f"'short': expected side only once (long was given before), for example {EXAMPLE}"),
        ("X1 tp 5 tp 6", f"'tp': expected take-profits only once (5 was given before), for example {EXAMPLE}"),
        ("X1 sl 5 stop 6", f"'stop': expected the stop only once (5 was given before), for example {EXAMPLE}"),
        ("X1 2% 3%", f"'3%': expected a size only once (2% was given before), for example {EXAMPLE}"),
        ("X1 x2 lev 3", f"'lev': expected leverage only once (2 was given before), for example {EXAMPLE}"),
        ("X1 long 5 6", "'6': expected a comma between prices, or a size with its unit, for example 62000,63000 or 2%"),
        ("X1 tp", "'tp': expected something after it, for example tp 62000,63000"),
        ("X1 entries", "'entries': expected something after it, for example market,59000,58000"),
        ("X1 stop", "'stop': expected something after it, for example sl 56000"),
        ("X1 lev", "'lev': expected something after it, for example leverage 10"),
        ("X1 margin", "'margin': expected something after it, for example margin 2%"),
        ("X1 strategy", "'strategy': expected something after it, for example strategy conservative"),
        ("X1 merge", "'merge': expected something after it, for example merge keep"),
        ("X1 account", "'account': expected something after it, for example account main"),
        ("X1 risk", "'risk': expected something after it, for example risk 1"),
        ('X1 note "open', "'note \"open': expected a closing quote, for example note \"breakout retest\""),
        ("X1 " + "x" * 598, f"'X1 {'x' * 36}...': expected at most 600 characters, not 601, for example {EXAMPLE}"),
    ],
)  # fmt: skip
def test_each_refusal_of_a_line_is_one_whole_sentence(line: str, sentence: str) -> None:
    """E2: the first word that can't be, not the line."""
    with pytest.raises(Mistyped) as refused:
        draft_of(line)

    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("X1 long 5", "X1 long 5"),
        ("X1 at 5 targets 6 stop 4 lev 3 size 2 usdt", "X1 entries 5 tp 6 sl 4 x3 2usdt"),
        ("X1 tps 6 leverage 3 margin 2 %", "X1 tp 6 x3 2%"),
        ("X1 $5", "X1 5usdt"),
        ("X1 5usdt", "X1 5usdt"),
        ("X1 quantity 5", "X1 qty 5"),
        ("X1 sl 4 5", "X1 sl 4 5%"),
        ("X1 entry 5@100 3X", "X1 entries 5@100 x3"),
        ("X1 long „so“ x3", None),
        ("X1 x3 note „so“ 5%", "X1 x3 5% note so"),
        ("X1 x3 note „so” 5%", "X1 x3 5% note so"),
        ("X1 x3 NOTE so", "X1 x3 note so"),
    ],
)
def test_every_word_for_a_part_is_understood(line: str, same: str | None) -> None:
    """E2: the short and the long word mean the same; quotes of three kinds close a note."""
    if same is None:
        with pytest.raises(Mistyped):
            draft_of(line)
        return
    assert line_of(draft_of(line)) == same


def test_a_line_of_600_characters_is_still_read() -> None:
    """E2: one more is refused."""
    assert draft_of("X1 long" + " " * 593).symbol == "X1"


@pytest.mark.parametrize(
    ("word", "shown"),
    [("a" * 40, f"'{'a' * 40}'"), ("a" * 41, f"'{'a' * 39}...'"), ("", "''"), ("\u202e5", "'\\u202e5'")],
)
def test_a_word_can_be_shown_to_anybody(word: str, shown: str) -> None:
    """S13: 40 characters at most, nothing that turns the line around."""
    assert quoted(word) == shown


def test_lists_may_be_apart_by_anything_usual() -> None:
    """E2: commas, semicolons, blanks; a share may carry its sign; ten prices are the most."""
    assert entries_text(entries(" market@40% ;59000@60%")) == "market@40,59000@60"
    assert len(entries("1,2,3,4,5,6,7,8,9,10")) == 10
    assert entries("5") == (EntrySpec(Decimal(5)),)
    assert targets("5 6") == ((Decimal(5), Decimal(6)), None)
    assert targets("5@60,6@40") == ((Decimal(5), Decimal(6)), (Decimal(60), Decimal(40)))


def test_a_note_is_as_long_as_it_may_be() -> None:
    """E2: 200 characters after blanks were made one; what can't be seen is left out."""
    assert note("n" * 200) == "n" * 200
    assert note('“„ "so\u200b\n far') == "so far"
