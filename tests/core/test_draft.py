"""A trade while it is made up (E2): each part as typed, kept and asked for, and the request that comes of it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.draft import Draft, Part, as_request, draft_from, draft_json, missing, request_words, said, taken
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, RiskPercent, Size
from core.typed import Mistyped, Unit
from core.words import Side

FULL = Draft(
    account="main",
    symbol="BTCUSDT",
    side=Side.SHORT,
    strategy="slow",
    entries=(EntrySpec(None, Decimal(40)), EntrySpec(Decimal("60000.50"), Decimal(60))),
    take_profits=(Decimal(59_000), Decimal(58_000)),
    shares=(Decimal(85), Decimal(15)),
    stop=Decimal("62000.0"),
    leverage=Decimal(10),
    size=MarginPercent(Decimal("2.0")),
    merge="keep",
    note="why not",
)
WORDS = {
    "account": "main",
    "symbol": "BTCUSDT",
    "side": "short",
    "strategy": "slow",
    "entries": "market@40,60000.5@60",
    "targets": "59000@85,58000@15",
    "stop": "62000",
    "leverage": "10",
    "size": "2%",
    "merge": "keep",
    "note": "why not",
}


def test_each_part_is_said_as_it_could_be_typed() -> None:
    """E2: the whole draft as words, in the order in which it is asked for, and back again."""
    assert list(draft_json(FULL).items()) == list(WORDS.items())
    assert draft_from(draft_json(FULL)) == FULL
    assert {part.value: said(FULL, part) for part in Part} == WORDS


def test_an_empty_draft_lacks_all_but_what_may_be_left_out() -> None:
    """E2: merge and note are never asked for."""
    assert draft_json(Draft()) == {}
    assert [part for part in Part if not missing(Draft(), part)] == [Part.MERGE, Part.NOTE]
    assert not any(missing(FULL, part) for part in Part)
    assert {said(Draft(), part) for part in Part} == {""}


@pytest.mark.parametrize(
    ("part", "words", "fields"),
    [
        (Part.ACCOUNT, " main ", {"account": "main"}),
        (Part.STRATEGY, "slow", {"strategy": "slow"}),
        (Part.SYMBOL, "btcusdt", {"symbol": "BTCUSDT"}),
        (Part.SIDE, "Sell", {"side": Side.SHORT}),
        (Part.ENTRIES, "market", {"entries": (EntrySpec(None),)}),
        (Part.TARGETS, "5,6", {"take_profits": (Decimal(5), Decimal(6)), "shares": None}),
        (Part.STOP, " 4.5 ", {"stop": Decimal("4.5")}),
        (Part.LEVERAGE, "X5", {"leverage": Decimal(5)}),
        (Part.MERGE, "Replace", {"merge": "replace"}),
        (Part.NOTE, " a  b ", {"note": "a b"}),
    ],
)
def test_what_is_typed_becomes_the_parts_fields(part: Part, words: str, fields: dict[str, object]) -> None:
    """E2: blanks and case don't matter."""
    assert taken(part, words) == fields


def test_a_bare_number_is_of_the_unit_that_was_chosen() -> None:
    """E2: a percentage unless the person chose USDT."""
    assert taken(Part.SIZE, "5") == {"size": MarginPercent(Decimal(5))}
    assert taken(Part.SIZE, "5", Unit.USDT) == {"size": MarginUsdt(Decimal(5))}


@pytest.mark.parametrize(
    ("part", "words", "sentence"),
    [
        (Part.MERGE, "both", "'both': expected keep or replace, for example merge keep"),
        (Part.ACCOUNT, "", "'': expected a name, for example main"),
        (Part.ACCOUNT, "two words", "'two words': expected a name, for example main"),
        (Part.STRATEGY, "a\x00b", r"'a\x00b': expected a name, for example main"),
        (Part.STRATEGY, "n" * 41, f"'{'n' * 39}...': expected a name, for example main"),
        (Part.STOP, "low", "'low': expected a number above zero in plain digits, for example 56000"),
    ],
)
def test_what_can_not_be_is_refused_in_one_sentence(part: Part, words: str, sentence: str) -> None:
    """E2: the word, what was expected, and an example that would do."""
    with pytest.raises(Mistyped) as refused:
        taken(part, words)

    assert str(refused.value) == sentence


def test_the_longest_name_is_one() -> None:
    """E2: 40 characters."""
    assert taken(Part.ACCOUNT, "n" * 40) == {"account": "n" * 40}


@pytest.mark.parametrize("data", [["side", "long"], "long", None, {"mood": "calm"}, {"side": 5}, {"stop": None}])
def test_what_never_was_a_draft_is_refused(data: object) -> None:
    """E2: a kept draft is read as strictly as what is typed."""
    with pytest.raises(ValueError, match=r"\w"):
        draft_from(data)


def test_the_request_of_a_whole_draft() -> None:
    """A9: every part is carried over, with the id and time it is given."""
    made = as_request(FULL, identity="r1", at=7)

    assert (made.id, made.at, made.note, made.strategy) == ("r1", 7, "why not", "slow")
    assert (made.symbol, made.side, made.stop, made.leverage) == ("BTCUSDT", Side.SHORT, FULL.stop, FULL.leverage)
    assert (made.entries, made.take_profits, made.shares) == (FULL.entries, FULL.take_profits, FULL.shares)
    assert made.size == FULL.size
    assert (as_request(FULL).id, as_request(FULL).at) == ("", 0)


@pytest.mark.parametrize("lacks", ["side", "leverage", "size"])
def test_half_a_draft_is_no_request(lacks: str) -> None:
    """E2: never a guessed side, leverage or size."""
    with pytest.raises(ValueError, match=r"^the draft is not complete$"):
        as_request(replace(FULL, **{lacks: None}))  # type: ignore[arg-type] # that is the point


def test_the_words_of_a_request_file() -> None:
    """E2: what the form would be as YAML, numbers as text; shares only where some were said."""
    assert request_words(FULL, confirmed=True) == {
        "strategy": "slow",
        "symbol": "BTCUSDT",
        "side": "short",
        "entries": [{"price": "market", "share": "40"}, {"price": "60000.5", "share": "60"}],
        "take_profits": [{"price": "59000", "share": "85"}, {"price": "58000", "share": "15"}],
        "stop": "62000",
        "leverage": "10",
        "confirmed": "true",
        "note": "why not",
        "margin_percent": "2",
        "merge": "keep",
    }
    plain = replace(FULL, entries=(EntrySpec(None), EntrySpec(Decimal(5))), shares=None, merge="")
    shown = request_words(plain)
    assert (shown["entries"], shown["take_profits"]) == (["market", "5"], ["59000", "58000"])
    assert (shown["confirmed"], "merge" in shown) == ("false", False)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (MarginPercent(Decimal("2.50")), {"margin_percent": "2.5"}),
        (MarginUsdt(Decimal(500)), {"margin_usdt": "500"}),
        (RiskPercent(Decimal(1)), {"risk_percent": "1"}),
        (FixedQuantity(Decimal("0.5")), {"quantity": "0.5"}),
        (None, {}),
    ],
)
def test_each_size_has_its_own_word(size: Size | None, words: dict[str, str]) -> None:
    """B3: exactly one of the four, or none yet."""
    shown = request_words(replace(FULL, size=size))

    assert {key: value for key, value in shown.items() if key in _SIZES} == words


_SIZES = {"margin_percent", "margin_usdt", "risk_percent", "quantity"}
