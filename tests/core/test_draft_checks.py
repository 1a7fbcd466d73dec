"""What a step of the wizard refuses: B1, B2, E2."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.draft import Draft, Part, as_request, request_words
from core.draft_checks import against, remarks
from core.trade_line import EXAMPLE, draft_of
from tests import bitcoin

BTC = replace(bitcoin.BTC, max_leverage=Decimal(50))
TERMS = replace(bitcoin.TERMS, instrument=BTC)
SHARES = (Decimal(85), Decimal(5), Decimal(5), Decimal(5))
LONG = "BTCUSDT long market,59000 tp 62000,63000,64000,65000 sl 56000 x10 2%"
SHORT = "BTCUSDT short market,61000 tp 58000,57000,56000,55000 sl 64000 x10 2%"


def found(line: str, part: Part) -> tuple[str, ...]:
    """What a part of the line has against it."""
    return against(draft_of(line), part, TERMS, SHARES)


@pytest.mark.parametrize("line", [LONG, SHORT, EXAMPLE])
def test_a_good_draft_has_nothing_against_any_part(line: str) -> None:
    """B2: what is right is taken at every step."""
    assert [found(line, part) for part in Part] == [()] * len(Part)


@pytest.mark.parametrize(
    ("line", "part", "reason"),
    [
        ("BTCUSDT long 59000.05", Part.ENTRIES, "E1 59000.05 is off the tick of 0.1: use 59000 or 59000.1"),
        ("BTCUSDT long 59000,59000", Part.ENTRIES, "E1 and E2 are both at 59000"),
        ("BTCUSDT long market tp 62000,61000,63000,64000", Part.TARGETS, "TP2 61000 is not above TP1 62000"),
        ("BTCUSDT short market tp 58000,59000,57000,56000", Part.TARGETS, "TP2 59000 is not below TP1 58000"),
        ("BTCUSDT long market tp 59900,61000,62000,63000", Part.TARGETS, "has reached TP1 59900 already"),
        ("BTCUSDT long market tp 62000,63000", Part.TARGETS, "4 take-profit shares (85/5/5/5) for 2 prices"),
        ("BTCUSDT long 59000 tp 58000@100", Part.TARGETS, "E1 59000 is not below TP1 58000"),
        ("BTCUSDT long 59000 tp 62000@100 sl 59000", Part.STOP, "the stop 59000 is not below E1 59000"),
        ("BTCUSDT long market tp 62000@100 sl 60000", Part.STOP, "the market (60000) is at or past the stop"),
        ("BTCUSDT short 61000 sl 60500", Part.STOP, "the stop 60500 is not above E1 61000"),
        ("BTCUSDT long market sl 56000.01", Part.STOP, "off the tick of 0.1: use 56000 or 56000.1"),
        ("BTCUSDT long x51", Part.LEVERAGE, "leverage 51 is out of range: give 1 to 50"),
        ("BTCUSDT long x0.5", Part.LEVERAGE, "give 1 to 50"),
        ("BTCUSDT long market x10 101%", Part.SIZE, "more than 0 and at most 100"),
        ("BTCUSDT long market x10 100%", Part.SIZE, "leaves no room for fees"),
        ("BTCUSDT long market,59000 x10 10usdt", Part.SIZE, "E2 at 59000 would be 0"),
        ("BTCUSDT long market sl 59999 x50 risk 100%", Part.SIZE, None),
    ],
)
def test_a_step_says_why_and_what_would_do(line: str, part: Part, reason: str | None) -> None:
    """E2, B2: tick with its neighbours, order, side, TP1 passed, leverage, size, legs that are too small."""
    reasons = found(line, part)

    assert (reasons == ()) if reason is None else any(reason in each for each in reasons), reasons


def test_a_part_is_not_blamed_for_what_was_wrong_before_it() -> None:
    """E2: a ladder is moved part by part: the stop is right though TP1 is passed and E2 off the tick meanwhile."""
    draft = draft_of("BTCUSDT long market,59000.05 tp 59900,62000,63000,64000 sl 56000 x10 2%")

    assert against(draft, Part.STOP, TERMS, SHARES) == ()
    assert len(against(draft, Part.ENTRIES, TERMS, SHARES)) == len(against(draft, Part.TARGETS, TERMS, SHARES)) == 1


def test_what_is_not_said_is_not_judged() -> None:
    """E2: a draft may stop anywhere; a size alone is judged without lots."""
    assert [against(Draft(symbol="BTCUSDT"), part, TERMS) for part in Part] == [()] * len(Part)
    assert found("BTCUSDT long 10usdt", Part.SIZE) == ()
    assert found("BTCUSDT long market x5 risk 1%", Part.SIZE) == ()


def test_a_market_that_is_closed_is_said_at_the_symbol() -> None:
    """B2: no trading, no price."""
    still = replace(TERMS, last=Decimal(0), instrument=replace(BTC, trading=False))

    assert len(against(draft_of("BTCUSDT"), Part.SYMBOL, still)) == 2
    assert against(draft_of(LONG), Part.STOP, still) == ()


def test_a_limit_that_fills_at_once_is_only_remarked() -> None:
    """B2: it may be confirmed on the card."""
    assert remarks(draft_of("BTCUSDT long 60500,59000"), TERMS)[0].startswith("E1 60500 would fill at once")
    assert found("BTCUSDT long 60500,59000", Part.ENTRIES) == ()


def test_a_complete_draft_is_a_request_in_core_and_in_words() -> None:
    """E2: shares, size and note arrive; what is not complete is refused."""
    line = 'BTCUSDT long market@60,59000@40 tp 62000@85,63000@15 sl 56000 x10 risk 1% merge keep note "x"'
    words = request_words(draft_of(line), confirmed=True)

    assert list(as_request(draft_of(line)).shares or ()) == [85, 15]
    assert words["entries"] == [{"price": "market", "share": "60"}, {"price": "59000", "share": "40"}]
    assert (words["risk_percent"], words["merge"], words["confirmed"], words["note"]) == ("1", "keep", "true", "x")
    with pytest.raises(ValueError, match="not complete"):
        as_request(draft_of("BTCUSDT long market"))
