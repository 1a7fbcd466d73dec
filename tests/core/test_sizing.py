"""Sizes and legs: B3 and A2."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import HUNDRED, ONE, ZERO
from core.plan import Refusal
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, Request, RiskPercent, Size
from core.sizing import Sized, largest_total, room, sized, wished_total
from core.terms import Terms
from core.words import Side
from tests.bitcoin import BTC, TERMS


def asking(size: Size, *entries: EntrySpec, side: Side = Side.LONG, leverage: int = 10) -> Request:
    """DESIGN's sample request with another size."""
    return Request(
        id="r1",
        strategy="conservative",
        symbol="BTCUSDT",
        side=side,
        entries=entries or (EntrySpec(None), EntrySpec(Decimal(59_000)), EntrySpec(Decimal(58_000))),
        take_profits=tuple(map(Decimal, (62_000, 63_000, 64_000, 65_000))),
        stop=Decimal(56_000),
        leverage=Decimal(leverage),
        size=size,
        at=0,
    )


def lots(request: Request, terms: Terms = TERMS) -> Sized:
    """The sizes, which must be there."""
    found = sized(request, terms)
    assert isinstance(found, Sized)
    return found


def refused(request: Request, terms: Terms = TERMS) -> str:
    """The one reason for which there are no sizes."""
    found = sized(request, terms)
    assert isinstance(found, Refusal)
    (reason,) = found.reasons
    return reason


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (MarginPercent(Decimal(2)), "0.011 0.011 0.011"),
        (MarginPercent(Decimal(20)), "0.114 0.112 0.112"),
        (MarginUsdt(Decimal(200)), "0.011 0.011 0.011"),
        (FixedQuantity(Decimal("0.0349")), "0.012 0.011 0.011"),
        (FixedQuantity(Decimal("0.002")), "0.002 0 0"),
        (RiskPercent(ONE), "0.012 0.01 0.01"),
    ],
)
def test_size_becomes_lots(size: Size, expected: str) -> None:
    """B3 by hand: 2 % of 10,000 x 10 / 59,000 = 0.0338; 1 % risk = 100 / (3,000 + 0.055 % x 115,000) = 0.0326."""
    found = lots(asking(size))

    assert [*found.quantities] == [Decimal(one) for one in expected.split()]
    assert found.total == sum(found.quantities)
    assert found.mean == Decimal(59_000)


def test_margin_and_notional_are_those_of_the_lots() -> None:
    """What the entries need in fact, market at the last price: 0.011 x (60,000 + 59,000 + 58,000) = 1,947."""
    found = lots(asking(MarginPercent(Decimal(2))))

    assert (found.notional, found.margin) == (Decimal(1_947), Decimal("194.7"))


def test_equal_thirds_lose_no_lot() -> None:
    """B3: weights are exact: a third of 0.999 is 0.333 and no lot less."""
    found = lots(asking(FixedQuantity(Decimal("0.999"))), replace(TERMS, available=HUNDRED**3))

    assert found.quantities == (Decimal("0.333"),) * 3


def test_weights_pull_the_mean() -> None:
    """B3: the total is divided by the share-weighted mean, 58,300 here: 2 % x 10 of 10,000 buys 0.034."""
    entries = (EntrySpec(Decimal(60_000), Decimal(15)), EntrySpec(Decimal(58_000), Decimal(85)))
    found = lots(asking(MarginPercent(Decimal(2)), *entries))

    assert found.mean == Decimal(58_300)
    assert found.quantities == (Decimal("0.006"), Decimal("0.028"))


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        (MarginPercent(HUNDRED), "98.91 %"),
        (MarginUsdt(Decimal("9999.99")), "9891.19 USDT"),
        (FixedQuantity(Decimal(2)), "1.648"),
    ],
)
def test_no_room_for_fees_is_refused_with_the_largest_that_fits(size: Size, fits: str) -> None:
    """B3: 10,000 x 10 / (1 + 0.055 % x 20) = 98,911.96 of notional, at 60,000 a lot under 1.649."""
    reason = refused(asking(size, EntrySpec(None)))

    assert reason.startswith("main BTCUSDT: ")
    assert reason.endswith(f"at leverage 10 with 10000 USDT available; the largest that fits is {fits}")


def test_risk_is_capped_by_margin() -> None:
    """B3: a risk that needs more margin than there is buys what fits."""
    found = lots(asking(RiskPercent(HUNDRED)))

    assert found.total == largest_total(asking(RiskPercent(HUNDRED)), TERMS, room(asking(RiskPercent(ONE)), TERMS))
    assert found.notional <= room(asking(RiskPercent(ONE)), TERMS) < found.notional + 60


def test_short_reserves_the_dearer_way_out() -> None:
    """A short's margin is used up above its entry, so that its closing fee is reserved at a higher price."""
    assert room(asking(FixedQuantity(ONE), side=Side.SHORT), TERMS) < room(asking(FixedQuantity(ONE)), TERMS)


def test_stop_at_risk_costs_what_was_asked() -> None:
    """E2's "risk 1 %": the loss at the stop with the taker's fees both ways is at most that, within a lot."""
    found = lots(asking(RiskPercent(ONE)))
    loss_per_unit = found.mean - 56_000 + TERMS.taker * (found.mean + 56_000)

    assert found.total * loss_per_unit <= HUNDRED < (found.total + BTC.step) * loss_per_unit


def test_risk_counts_the_fees_of_both_ways() -> None:
    """B3: 10 % of 10,000 at risk, 5,000 a coin to the stop and 1 % of 60,000 in and of 55,000 out: 1,000 / 6,150."""
    request = replace(asking(RiskPercent(Decimal(10)), EntrySpec(None)), stop=Decimal(55_000))

    assert wished_total(request, replace(TERMS, taker=Decimal("0.01"))) == Decimal("0.162")


def test_first_leg_that_is_the_dearest_makes_less_fit() -> None:
    """0.3 at the mean of 99.5 is 29.85, but in lots 0.2 at 108 and 0.1 at 91, 30.7: of 30 only 0.2 fits."""
    coarse = replace(BTC, step=Decimal("0.1"), min_quantity=Decimal("0.1"))
    terms = replace(TERMS, instrument=coarse, taker=ZERO, available=Decimal(30))
    request = asking(MarginPercent(HUNDRED), EntrySpec(Decimal(108)), EntrySpec(Decimal(91)), leverage=1)

    assert largest_total(request, terms, Decimal(30)) == Decimal("0.2")
    assert refused(request, terms).endswith("the largest that fits is 99.46 %")
    assert lots(replace(request, size=MarginPercent(Decimal("99.46"))), terms).total == Decimal("0.2")


def test_largest_that_fits_counts_the_leverage() -> None:
    """B3: as above at leverage 2: 0.3 at the mean is 29.85, its margin 14.925, and a cent less than that is offered."""
    coarse = replace(BTC, step=Decimal("0.1"), min_quantity=Decimal("0.1"))
    terms = replace(TERMS, instrument=coarse, taker=ZERO, available=Decimal(15))
    request = asking(MarginUsdt(Decimal(15)), EntrySpec(Decimal(108)), EntrySpec(Decimal(91)), leverage=2)

    assert refused(request, terms).endswith("the largest that fits is 14.92 USDT")


def test_absurd_wish_is_a_number_not_an_error() -> None:
    """A hostile amount is refused like any other that doesn't fit."""
    assert "leaves no room" in refused(asking(MarginUsdt(Decimal("1E18"))))


def test_nothing_available_buys_nothing() -> None:
    """A negative available balance gives no lots, never negative ones."""
    assert lots(asking(MarginPercent(ONE)), replace(TERMS, available=Decimal(-5))).total == ZERO


entries = st.lists(
    st.builds(EntrySpec, st.decimals("50000", "70000", places=1), st.integers(1, 100).map(Decimal)),
    min_size=1,
    max_size=10,
)


@given(entries, st.decimals("0.1", "100", places=1), st.integers(20, 100_000), st.integers(1, 100))
def test_share_fits_or_the_refusal_names_one_that_does(
    specs: list[EntrySpec], percent: Decimal, available: int, leverage: int
) -> None:
    """B3: legs sum to the total on the step and never need more than there is; what a refusal offers is accepted."""
    terms = replace(TERMS, available=Decimal(available))
    request = asking(MarginPercent(percent), *specs, leverage=leverage)
    found = sized(request, terms)
    if isinstance(found, Refusal):
        offered = Decimal(found.reasons[0].removesuffix(" %").rpartition(" ")[2])
        found = sized(replace(request, size=MarginPercent(offered)), terms)

    assert isinstance(found, Sized)
    assert sum(found.quantities, ZERO) == found.total
    assert all(leg >= 0 and leg % BTC.step == 0 for leg in found.quantities)
    assert found.notional <= room(request, terms)
    assert found.margin < available or not found.total


@given(entries, st.decimals("0.1", "50", places=1), st.integers(100, 100_000))
def test_twice_the_balance_buys_at_least_as_much(specs: list[EntrySpec], percent: Decimal, available: int) -> None:
    """A2: the same share of more is never less, and in proportion within one lot."""
    request = asking(MarginPercent(percent), *specs)
    once, twice = (
        wished_total(request, replace(TERMS, available=Decimal(each))) for each in (available, 2 * available)
    )

    assert 2 * once <= twice <= 2 * once + BTC.step
