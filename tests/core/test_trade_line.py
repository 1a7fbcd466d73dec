"""A trade in one line: E2, F54 (rel:F54)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.draft import Draft, draft_from, draft_json
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, RiskPercent
from core.trade_line import EXAMPLE, draft_of, line_of
from core.typed import LONGEST_NOTE, Mistyped
from core.words import Side


def test_the_whole_trade_in_one_line() -> None:
    """E2: symbol, side, entries, take-profits, stop, leverage and 2 %."""
    draft = draft_of(EXAMPLE)

    assert [draft.symbol, draft.side, draft.stop, draft.leverage] == ["BTCUSDT", Side.LONG, 56000, 10]
    assert [entry.price for entry in draft.entries] == [None, 59000, 58000]
    assert list(draft.take_profits) == [62000, 63000, 64000, 65000]
    assert draft.size == MarginPercent(Decimal(2))


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("btcusdt BUY Market, 59000 , 58000 TP 62000, 63000 SL 56000 10X 2",
         "BTCUSDT long market,59000,58000 tp 62000,63000 sl 56000 x10 2%"),
        ("ETHUSDT sell 2%  leverage 5 entries 3000 @ 40,3100@60 tp 2900 @85, 2800@15 stop 3200",
         "ETHUSDT short 3000@40,3100@60 tp 2900@85,2800@15 sl 3200 x5 2%"),
        ("X1 long 5 500 usdt", "X1 long 5 500usdt"),
        ("X1 long 500 usdt", "X1 long 500usdt"),
        ("X1 long risk 1% qty", None),
        ("X1 short risk 1 %", "X1 short risk 1%"),
        ("X1 qty 0.50 merge KEEP strategy slow account sub", "X1 qty 0.5 strategy slow merge keep account sub"),
        ("X1 entries 5 x3", "X1 entries 5 x3"),
        ('X1 long note "<b>tp 1</b> & co" x3', "X1 long x3 note <b>tp 1</b> & co"),
        ("X1 long x3 note “wait” 2%", "X1 long x3 2% note wait"),
        ("X1 long x3 note to the end 2%", "X1 long x3 note to the end 2%"),
    ],
)  # fmt: skip
def test_lines_as_people_type_them(line: str, same: str | None) -> None:
    """E2: any case and order, blanks around commas, shares, every kind of size, notes; parts may be missing."""
    if same is None:
        with pytest.raises(Mistyped):
            draft_of(line)
        return
    assert line_of(draft_of(line)) == same
    assert draft_of(same) == draft_of(line)


@pytest.mark.parametrize(
    ("line", "word", "mend"),
    [
        ("", "''", "a symbol first"),
        ("B", "'B'", "BTCUSDT"),
        ("BTCUSDT up", "'up'", "a side"),
        ("BTCUSDT long 1e9", "'1e9'", "plain digits"),
        ("BTCUSDT long \uff15", "'\uff15'", "plain letters"),
        ("BTCUSDT long market,59\u200f000", "'market,59\\u200f000'", "plain letters"),
        ("BTCUSDT long market 59000", "'59000'", "a comma between prices"),
        ("DOGEUSDT long market tp 0.17 0.18", "'0.18'", "a comma between prices"),
        ("BTCUSDT long 5,000", "'000'", "plain digits"),
        ("BTCUSDT long market tp", "'tp'", "tp 62000,63000"),
        ("BTCUSDT long sl 1 sl 2", "'sl'", "only once (1 was given before)"),
        ("BTCUSDT long x5 10x", "'10x'", "only once (5 was given before)"),
        ("BTCUSDT long 2% 3%", "'3%'", "a size only once (2% was given before)"),
        ("BTCUSDT long market@50,59000 x5", "'market@50,59000'", "after every price or after none"),
        ("BTCUSDT merge both", "'both'", "keep or replace"),
        ('BTCUSDT note "open', "'note \"open'", "a closing quote"),
        ("BTCUSDT " + "x" * 600, "'BTCUSDT xxx", "at most 600 characters"),
        ("BTCUSDT note " + "n" * (LONGEST_NOTE + 1), "'nnn", f"at most {LONGEST_NOTE} characters"),
    ],
)
def test_a_refusal_names_the_word_and_what_would_do(line: str, word: str, mend: str) -> None:
    """E2, rel:F54: which word, what was expected, an example; never a guess."""
    with pytest.raises(Mistyped) as refused:
        draft_of(line)

    assert str(refused.value).startswith(word)
    assert mend in str(refused.value)
    assert ", for example " in str(refused.value)


ANY = st.one_of(st.text(max_size=120), st.lists(st.sampled_from(
    ["BTCUSDT", "long", "short", "tp", "sl", "x", "x10", "2%", "usdt", "risk", ",", "@", "59000", "market", "note", '"',
     "NaN", "1e999999999", "-1", "\u0663", "\u202e", "merge", "\0", "%", "$", "9" * 30]), max_size=14).map(" ".join),
)  # fmt: skip


@given(ANY)
def test_no_line_does_anything_but_tell_a_draft_or_be_refused(line: str) -> None:
    """rel:F54, S13: whatever is typed; what is understood is printed so that it is understood the same again."""
    try:
        draft = draft_of(line)
    except Mistyped:
        return
    assert draft_of(line_of(draft)) == draft


PRICE = st.decimals(Decimal("0.000001"), Decimal(999999999), places=6)
DRAFTS = st.builds(
    Draft,
    symbol=st.sampled_from(["BTCUSDT", "1000PEPEUSDT"]),
    side=st.sampled_from([None, *Side]),
    strategy=st.sampled_from(["", "conservative"]),
    entries=st.lists(st.one_of(st.none(), PRICE), max_size=10).map(lambda found: tuple(map(EntrySpec, found))),
    take_profits=st.lists(PRICE, max_size=10).map(tuple),
    stop=st.one_of(st.none(), PRICE),
    leverage=st.one_of(st.none(), PRICE),
    size=st.one_of(st.none(), *(st.builds(kind, PRICE)
                                for kind in (MarginPercent, MarginUsdt, RiskPercent, FixedQuantity))),
    note=st.sampled_from(["", "a note", 'say "so"']),
)  # fmt: skip


@given(DRAFTS)
def test_a_draft_survives_being_kept_and_being_printed(draft: Draft) -> None:
    """E2: what a chat remembers over a restart, and the line on the card, are the same draft."""
    assert draft_from(draft_json(draft)) == draft
    assert draft_of(line_of(draft)) == draft


@pytest.mark.parametrize("data", [None, [], "x", {"symbol": 5}, {"what": "x"}, {"stop": "NaN"}, {"side": "up"}])
def test_what_never_was_a_draft_is_refused(data: object) -> None:
    """E2: memory of another version or damaged is not half believed."""
    with pytest.raises(ValueError, match=r"."):
        draft_from(data)
