"""Breakeven prices: B9 in both modes, to the tick."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.breakeven import breakeven_of, breakeven_price, quotient_away_from_loss
from core.instrument import Instrument
from core.money import ONE, ZERO
from core.plan import BreakevenRule
from core.words import Side

TAKER = Decimal("0.00055")
FIXED = BreakevenRule(fees=Decimal("0.06"))
DYNAMIC = BreakevenRule()


def ticks(tick: str) -> Instrument:
    """An instrument of which only the tick matters."""
    return Instrument(
        symbol="XUSDT",
        tick=Decimal(tick),
        step=ONE,
        min_quantity=ONE,
        min_notional=ZERO,
        max_leverage=Decimal(100),
    )


@pytest.mark.parametrize(
    ("rule", "side", "tick", "expected"),
    [
        (FIXED, Side.LONG, "0.01", "100.08"),
        (FIXED, Side.SHORT, "0.01", "99.92"),
        (DYNAMIC, Side.LONG, "0.01", "100.14"),
        (DYNAMIC, Side.LONG, "0.00001", "100.13009"),
        (DYNAMIC, Side.SHORT, "0.00001", "99.87008"),
        (DYNAMIC, Side.SHORT, "0.01", "99.87"),
        (FIXED, Side.LONG, "0.5", "100.5"),
        (FIXED, Side.SHORT, "0.5", "99.5"),
    ],
)
def test_breakeven_of_a_hundred(rule: BreakevenRule, side: Side, tick: str, expected: str) -> None:
    """B9's numbers: all taker at 0.055 %; rounded away from loss, so up for a long and down for a short."""
    price = breakeven_price(Decimal(100), Decimal("0.055"), TAKER, rule, side, ticks(tick))

    assert price == Decimal(expected)


@given(
    st.decimals("0.01", "99999", places=2),
    st.decimals("0.001", "9999", places=3),
    st.sampled_from(Side),
    st.sampled_from([ZERO, Decimal("0.0002"), TAKER]),
)
def test_a_stop_at_breakeven_costs_nothing(
    average: Decimal, quantity: Decimal, side: Side, entry_rate: Decimal
) -> None:
    """B9: what the stop earns by the average pays the fees of both ways, whatever the entries paid."""
    cost = average * quantity
    fees = cost * entry_rate
    price = breakeven_of(quantity, cost, fees, TAKER, DYNAMIC, side, ticks("0.01"))
    move = (price - average) * quantity

    assert (move if side is Side.LONG else -move) - fees - price * quantity * TAKER >= 0


def test_average_that_never_ends_loses_no_tick() -> None:
    """B9 to the tick: 99.99 / 0.9987 less 0.13 % is just 99.99, less if the average is rounded first."""
    rule = BreakevenRule(fees=Decimal("0.11"))
    entered, cost = Decimal("0.9987"), Decimal("99.99")

    assert breakeven_of(entered, cost, ZERO, TAKER, rule, Side.SHORT, ticks("0.01")) == cost
    assert breakeven_price(cost / entered, ZERO, TAKER, rule, Side.SHORT, ticks("0.01")) == Decimal("99.98")


def test_quotient_on_the_tick_stays() -> None:
    """Rounding away from loss moves only what lies between two ticks."""
    assert quotient_away_from_loss(Decimal(21), Decimal(7), Side.LONG, ticks("0.5")) == Decimal(3)
    assert quotient_away_from_loss(Decimal(22), Decimal(7), Side.LONG, ticks("0.5")) == Decimal("3.5")
    assert quotient_away_from_loss(Decimal(22), Decimal(7), Side.SHORT, ticks("0.5")) == Decimal(3)
