"""What speaks against a request: B1, B2, A7, A9."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.liquidation import liquidation_price
from core.money import HUNDRED, ZERO
from core.price_order import out_of_order
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, Request, RiskPercent, Size
from core.validation import expired, problems, questions, too_small
from core.words import MarginMode, Side
from tests.bitcoin import BTC, TERMS


def prices(text: str) -> tuple[Decimal, ...]:
    """Prices from text, parted by blanks."""
    return tuple(Decimal(price) for price in text.split())


def entries(text: str) -> tuple[EntrySpec, ...]:
    """Entries from text: market or a price."""
    return tuple(EntrySpec(None if one == "market" else Decimal(one)) for one in text.split())


LONG = Request(
    id="r1",
    strategy="conservative",
    symbol="BTCUSDT",
    side=Side.LONG,
    entries=entries("market 59000 58000"),
    take_profits=prices("62000 63000 64000 65000"),
    stop=Decimal(56_000),
    leverage=Decimal(10),
    size=MarginPercent(Decimal(2)),
    at=1_000,
    shares=prices("85 5 5 5"),
)
SHORT = replace(
    LONG,
    side=Side.SHORT,
    entries=entries("market 61000 62000"),
    take_profits=prices("58000 57000 56000 55000"),
    stop=Decimal(64_000),
)


@pytest.mark.parametrize("request_", [LONG, SHORT])
def test_a_sound_request_has_no_problem_and_no_question(request_: Request) -> None:
    """DESIGN's sample and its mirror image."""
    assert problems(request_, replace(TERMS, free_orders=7)) == ()
    assert questions(request_, TERMS) == ()


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        (replace(LONG, stop=Decimal(58_000)), "the stop 58000 is not below E3 58000"),
        (replace(LONG, stop=Decimal("58000.1")), "the stop 58000.1 is not below E3 58000"),
        (replace(LONG, stop=None), "no stop is given"),
        (replace(LONG, take_profits=prices("62000 63000 63000 65000")), "TP3 63000 is not above TP2 63000"),
        (replace(LONG, entries=entries("55000")), "the stop 56000 is not below E1 55000"),
        (replace(LONG, entries=entries("market 59000 59000")), "E2 and E3 are both at 59000"),
        (replace(LONG, entries=entries("market market")), "E1 and E2 are both at market"),
        (replace(LONG, entries=entries("59000.05")), "E1 59000.05 is off the tick of 0.1: use 59000 or 59000.1"),
        (replace(LONG, entries=()), "0 entries are given"),
        (replace(LONG, entries=entries(" ".join(str(59_000 + n) for n in range(11)))), "11 entries are given"),
        (replace(LONG, take_profits=(), shares=None), "0 take-profits are given"),
        (replace(LONG, entries=(EntrySpec(None, ZERO),)), "the share of E1 is 0"),
        (replace(LONG, leverage=Decimal("100.5")), "leverage 100.5 is out of range: give 1 to 100"),
        (replace(LONG, leverage=Decimal("0.5")), "leverage 0.5 is out of range"),
        (replace(LONG, leverage=Decimal("NaN")), "leverage NaN is out of range"),
        (replace(LONG, shares=prices("85 5 5 4")), "the take-profit shares 85/5/5/4 sum to 99: make them 100"),
        (replace(LONG, shares=prices("95 5")), "2 take-profit shares (95/5) for 4 prices"),
        (replace(LONG, shares=prices("110 -10 5 -5")), "aren't all above 0"),
        (replace(LONG, stop=Decimal("Infinity")), "the stop is Infinity, which is no price"),
        (replace(LONG, stop=Decimal(-1)), "the stop is -1, which is no price"),
        (replace(LONG, size=FixedQuantity(Decimal("0.002"))), "E2 at 59000 would be 0 (0.00 USDT)"),
    ],
)
def test_each_problem_is_named_alone(request_: Request, found: str) -> None:
    """B1, B2: one mistake, one kind of reason, with account, symbol and numbers."""
    reasons = problems(request_, TERMS)

    assert reasons
    assert all(reason.startswith("main BTCUSDT: ") for reason in reasons)
    assert found in reasons[0]


@pytest.mark.parametrize(
    ("last", "request_", "found"),
    [
        ("62000", LONG, "the market (62000) has reached TP1 62000 already: too late"),
        ("56000", LONG, "the market (56000) is at or past the stop 56000"),
        ("58000", SHORT, "the market (58000) has reached TP1 58000 already: too late"),
        ("64000", SHORT, "the market (64000) is at or past the stop 64000"),
    ],
)
def test_late_request_is_refused_not_chased(last: str, request_: Request, found: str) -> None:
    """B2: stop < last price < TP1, also where the request has no market entry."""
    resting = replace(request_, entries=request_.entries[1:])

    assert any(found in reason for reason in problems(resting, replace(TERMS, last=Decimal(last))))


def test_short_orders_are_mirrored() -> None:
    """B2: a long's prices given as a short break every rule of order."""
    reasons = " ".join(problems(replace(LONG, side=Side.SHORT), TERMS))

    assert "the stop 56000 is not above E2 59000" in reasons
    assert "E3 58000 is not above TP1 62000" in reasons
    assert "TP2 63000 is not below TP1 62000" in reasons


@pytest.mark.parametrize(
    "size", [MarginPercent(ZERO), MarginPercent(Decimal("100.01")), RiskPercent(Decimal("NaN")), MarginUsdt(ZERO)]
)
def test_size_out_of_range(size: Size) -> None:
    """B2: share 0 < x <= 100, and every size positive and finite."""
    (reason,) = problems(replace(LONG, size=size), TERMS)

    assert "is out of range: give" in reason


def test_every_reason_comes_at_once() -> None:
    """B2: whoever mends one mistake shall not meet the next one only then."""
    terms = replace(TERMS, instrument=replace(BTC, trading=False), foreign="a long of 0.5", free_orders=6)
    wrong = replace(LONG, stop=Decimal("61000.05"), leverage=Decimal(500), shares=prices("100"))
    reasons = problems(wrong, terms)

    for part in (
        "opens no positions",
        "tandem adopt main BTCUSDT",
        "7 orders and 6 are left",
        "leverage 500",
        "1 take-",
    ):
        assert any(part in reason for reason in reasons), part
    assert sum("61000.05" in reason for reason in reasons) == 3


@pytest.mark.parametrize(("side", "sign"), [(Side.LONG, 1), (Side.SHORT, -1)])
def test_only_the_farthest_entry_beyond_tp1_is_named(side: Side, sign: int) -> None:
    """B2: one reason for three entries too far out, naming the one that is farthest, either way round."""
    far = [60_000 + sign * step for step in (3_000, 5_000, 4_000)]
    request = replace(
        LONG,
        side=side,
        entries=entries(" ".join(map(str, far))),
        take_profits=(Decimal(60_000 + sign * 2_000),),
        stop=Decimal(60_000 - sign * 2_000),
    )

    (reason,) = out_of_order(request, Decimal(60_000))
    assert reason.startswith(f"E2 {far[1]} is not {'below' if sign > 0 else 'above'} TP1")


def test_no_room_for_fees_is_a_problem_too() -> None:
    """B3: the sizes' own refusal is among the reasons."""
    (reason,) = problems(replace(LONG, size=MarginPercent(HUNDRED)), TERMS)

    assert "the largest that fits is" in reason


@pytest.mark.parametrize("leverage", ["17", "18"])
def test_stop_lies_inside_the_isolated_liquidation_price(leverage: str) -> None:
    """B2: at 59,000 on average the stop at 56,000 needs leverage under 17.91 (maintenance 0.5 %)."""
    terms = replace(TERMS, margin_mode=MarginMode.ISOLATED)
    reasons = problems(replace(LONG, leverage=Decimal(leverage), size=MarginUsdt(Decimal(200))), terms)

    assert [("lower the leverage" in reason) for reason in reasons] == ([True] if leverage == "18" else [])


def test_stop_lies_inside_the_cross_liquidation_price() -> None:
    """B2: cross, what other positions hold is taken off first; with 9,900 of 10,000 held the cushion is 0.6 %."""
    large = replace(LONG, entries=entries("59000"), size=FixedQuantity(Decimal("0.154")))

    assert problems(large, TERMS) == ()
    (reason,) = problems(large, replace(TERMS, maintenance_held=Decimal(9_900)))
    assert "(cross, leverage 10): make the size smaller" in reason


@pytest.mark.parametrize(
    ("side", "mode", "held", "expected"),
    [
        (Side.LONG, MarginMode.ISOLATED, "0", "90.5"),
        (Side.SHORT, MarginMode.ISOLATED, "0", "109.5"),
        (Side.LONG, MarginMode.CROSS, "5000", "75.5"),
        (Side.SHORT, MarginMode.CROSS, "5000", "124.5"),
        (Side.LONG, MarginMode.CROSS, "-10000", "0.5"),
        (Side.LONG, MarginMode.CROSS, "-10100", None),
        (Side.LONG, MarginMode.CROSS, "-20000", None),
    ],
)
def test_liquidation_price_by_hand(side: Side, mode: MarginMode, held: str, expected: str | None) -> None:
    """B2: 100 x (1 -/+ (1/10 - 0.005)), and 100 x (1 -/+ ((10,000 - held) / 20,000 - 0.005)); None from zero down."""
    terms = replace(TERMS, margin_mode=mode, maintenance_held=Decimal(held))
    price = liquidation_price(side, HUNDRED, Decimal(20_000), Decimal(10), terms)

    assert price == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize("quantity", ["0.006", "0.005"])
def test_minimum_notional_binds_each_leg_after_rounding(quantity: str) -> None:
    """B2: 0.002 at 58,000 is 116 USDT, 0.001 only 58: too small for a minimum of 100."""
    terms = replace(TERMS, instrument=replace(BTC, min_notional=HUNDRED))
    reasons = too_small(replace(LONG, size=FixedQuantity(Decimal(quantity))), terms)

    assert len(reasons) == (0 if quantity == "0.006" else 2)
    assert all("a total of 0.006 would do (35.40 USDT of margin at leverage 10)" in reason for reason in reasons)


def test_total_that_would_do_does() -> None:
    """The number offered for too small a leg is accepted, uneven shares included."""
    uneven = replace(LONG, entries=(EntrySpec(None, Decimal(7)), EntrySpec(Decimal(59_000), Decimal(3))))
    (reason,) = too_small(replace(uneven, size=FixedQuantity(Decimal("0.002"))), TERMS)
    offered = Decimal(reason.partition("a total of ")[2].partition(" ")[0])

    assert problems(replace(uneven, size=FixedQuantity(offered)), TERMS) == ()


def test_maximum_quantities_bind_each_order() -> None:
    """B2: market and limit orders have their own maximum, and so has the largest take-profit."""
    instrument = replace(BTC, max_market_quantity=Decimal("0.01"), max_quantity=Decimal("0.02"))
    reasons = problems(LONG, replace(TERMS, instrument=instrument))

    assert [reason.partition("would")[0] for reason in reasons] == ["main BTCUSDT: E1 ", "main BTCUSDT: TP1 "]


@pytest.mark.parametrize(("last", "request_"), [("59000", LONG), ("58999.9", LONG), ("61000", SHORT)])
def test_limit_that_would_fill_at_once_is_asked_about(last: str, request_: Request) -> None:
    """B2: refused unless confirmed; at the very price counts."""
    (question,) = questions(request_, replace(TERMS, last=Decimal(last)))

    assert "E2" in question
    assert "would fill at once" in question


@pytest.mark.parametrize("last", ["0", "NaN"])
def test_without_a_last_price_nothing_is_judged_by_it(last: str) -> None:
    """Unknown is never zero: one reason, and no question that nobody could answer."""
    terms = replace(TERMS, last=Decimal(last))

    assert problems(LONG, terms) == ("main BTCUSDT: no last price is known: try again when the market trades",)
    assert questions(LONG, terms) == ()


def test_nothing_available_is_said_as_such() -> None:
    """Not only as legs under the minimum."""
    assert "nothing is available to open with" in problems(LONG, replace(TERMS, available=ZERO))[0]


def test_risk_without_a_stop_is_refused_not_counted() -> None:
    """B3: risk needs a stop to be measured to."""
    (reason,) = problems(replace(LONG, stop=None, size=RiskPercent(Decimal(1))), TERMS)

    assert "no stop is given" in reason


@pytest.mark.parametrize(("now", "gone"), [(61_000, False), (61_001, True)])
def test_request_expires_after_valid_for(now: int, gone: bool) -> None:
    """A9: made at 1,000, valid for 60 s."""
    assert expired(LONG, now) is gone
