"""The venue's rules for one symbol."""

from decimal import Decimal

import pytest

from core.instrument import Instrument
from core.words import Side


def rules(**changes: str) -> Instrument:
    """A perpetual with a tick of 0.5 and a step of 0.001."""
    numbers = {"tick": "0.5", "step": "0.001", "min_quantity": "0.001", "min_notional": "5", "max_leverage": "100"}
    exact = {name: Decimal(value) for name, value in (numbers | changes).items()}
    return Instrument(
        symbol="BTCUSDT",
        tick=exact["tick"],
        step=exact["step"],
        min_quantity=exact["min_quantity"],
        min_notional=exact["min_notional"],
        max_leverage=exact["max_leverage"],
    )


@pytest.mark.parametrize("name", ["tick", "step", "min_quantity", "max_leverage"])
@pytest.mark.parametrize("value", ["0", "-1"])
def test_grids_are_positive(name: str, value: str) -> None:
    """A zero grid would divide by zero at the first fill: refused with symbol and name."""
    with pytest.raises(ValueError, match=f"BTCUSDT: {name} must be positive"):
        rules(**{name: value})


def test_quantities_round_down() -> None:
    """Never more than there is."""
    assert rules().floor_quantity(Decimal("0.0339")) == Decimal("0.033")


@pytest.mark.parametrize(("side", "expected"), [(Side.LONG, "100.5"), (Side.SHORT, "100")])
def test_stops_round_away_from_loss(side: Side, expected: str) -> None:
    """B9: up for a long, down for a short; what is on the tick stays."""
    assert rules().away_from_loss(Decimal("100.2"), side) == Decimal(expected)
    assert rules().away_from_loss(Decimal(expected), side) == Decimal(expected)


def test_price_on_and_off_the_tick() -> None:
    """B2's grid."""
    assert rules().on_tick(Decimal("100.50"))
    assert not rules().on_tick(Decimal("100.51"))
