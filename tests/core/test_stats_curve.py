"""The equity curve by hand: falls from a peak, days, Sharpe and Sortino (G1)."""

from decimal import Decimal

import pytest

from core.days import DAY
from core.stats_curve import POINTS, Curve, sharpe, sortino
from tests.core.ledgers import told

HOUR = 3_600_000


def curve(*nets: str, balance: str | None = "100") -> Curve:
    """A trade a day, one after the other."""
    made = Curve(None if balance is None else Decimal(balance))
    for number, net in enumerate(nets):
        made.add(number * DAY, Decimal(net))
    return made


def test_the_deepest_fall_in_money_and_in_percent() -> None:
    """G1: 100 110 88 188 158: 22 of 110 are 20 %, and 30 of 188 are 15.96 %."""
    found = curve("10", "-22", "100", "-30").risk(None, 3 * DAY)

    assert told(found.max_drawdown, found.max_drawdown_percent, found.drawdown) == "30 20 30"
    assert told(found.balance, found.equity) == "100 158"


def test_a_losing_start_falls_from_the_balance() -> None:
    """G1 (undefined in the reference bot): 100 to 75 is 25 and 25 %, before anything was ever won."""
    found = curve("-25", "5").risk(None, DAY)

    assert told(found.max_drawdown, found.max_drawdown_percent, found.drawdown) == "25 25 20"


@pytest.mark.parametrize("balance", [None, "0"])
def test_without_a_balance_there_is_no_percent(balance: str | None) -> None:
    """G1: undefined is said so, the fall in money is known all the same."""
    found = curve("-25", balance=balance).risk(None, 40 * DAY)

    assert told(found.max_drawdown, found.max_drawdown_percent, found.sharpe, found.sortino) == "25 - - -"


def test_sharpe_and_sortino_by_hand() -> None:
    """G1: 15 days of +2 % and 15 of -1 %: mean 0.005, squares of 0.015 summed 0.00675, a sample of 30.

    Squared, Sharpe is 0.000025 / (0.00675 / 29) x 365 = 39.2037...; below zero lie 15 x 0.0001 / 30 = 0.00005, so
    Sortino squared is 0.000025 / 0.00005 x 365 = 182.5.
    """
    returns = [Decimal("0.02"), Decimal("-0.01")] * 15
    found = sharpe(returns) or Decimal(0), sortino(returns) or Decimal(0)

    assert round(found[0] ** 2, 12) == round(Decimal("0.264625") / Decimal("0.00675"), 12)
    assert round(found[1] ** 2, 12) == Decimal("182.5")


def test_a_day_returns_what_it_made_of_its_first_equity() -> None:
    """G1: +10 on 100, then 29 days of nothing: mean 0.1 / 30, sample variance 0.01 / 30, so the root of 365 / 30."""
    made = curve("4")
    made.add(HOUR, Decimal(6))
    found = made.risk(0, 29 * DAY + HOUR)

    assert found.days == 30
    assert round(found.sharpe or Decimal(0), 10) == round((Decimal(365) / 30).sqrt(), 10)
    assert found.sortino is None  # no day lost anything


def test_the_days_of_a_period_are_local_and_begin_with_it() -> None:
    """G1: +10 on 200 the third day, -21 on 210 the thirtieth: 0.05, -0.1 and 28 days of nothing, mean -0.05 / 30.

    Squares sum to 0.0125, so Sharpe squared is 0.0025 / 900 / ((0.0125 - 0.0025 / 30) / 29) x 365; below zero lies
    0.01 / 30, so Sortino squared is 0.0025 / 900 / (0.01 / 30) x 365 = 27.375 / 9. The day begins at 23:00 UTC.
    """
    made = Curve(Decimal(200), offset=lambda _: HOUR)
    made.add(2 * DAY + 23 * HOUR, Decimal(10))
    made.add(30 * DAY, Decimal(-21))
    found = made.risk(23 * HOUR, 29 * DAY + 23 * HOUR)

    square = Decimal("0.0025") / 900 * 29 * 365 / (Decimal("0.0125") - Decimal("0.0025") / 30)
    assert found.days == 30
    assert round(found.sharpe or Decimal(0), 12) == -round(square.sqrt(), 12)
    assert round(found.sortino or Decimal(0), 12) == -round((Decimal("27.375") / 9).sqrt(), 12)


def test_a_small_balance_is_a_balance() -> None:
    """G1: half of one USDT lost is 50 %, and a return; where nothing ever happened there are no days."""
    found = curve("-0.5", balance="1").risk(0, 29 * DAY)

    assert told(found.max_drawdown_percent, found.days, Curve().risk(None, DAY).days) == "50 30 0"
    assert found.sharpe is not None


def test_under_thirty_days_nothing_is_said() -> None:
    """G1: the 30th calendar day makes the difference, days without a trade count."""
    made = curve("5", "-5")

    assert made.risk(0, 28 * DAY).sharpe is None
    assert made.risk(0, 29 * DAY).sharpe is not None


def test_nothing_that_varies_has_no_sharpe() -> None:
    """A division by zero is no figure."""
    assert (sharpe([Decimal(0)] * 30), sortino([Decimal(0)] * 30), sharpe([])) == (None, None, None)


def test_an_equity_of_nothing_ends_percentages() -> None:
    """More was lost than there was: no return can be reckoned from nothing."""
    found = curve("-100", "50").risk(0, 30 * DAY)

    assert told(found.max_drawdown, found.max_drawdown_percent, found.sharpe) == "100 100 -"


def test_days_are_local_ones() -> None:
    """G1: 23:30 UTC belongs to the next day where clocks are an hour ahead."""
    made = Curve(Decimal(100), offset=lambda _: HOUR)
    made.add(0, Decimal(1))
    made.add(23 * HOUR + HOUR // 2, Decimal(2))

    assert [told(row.day, row.net, row.trades) for row in made.results.values()] == ["0 1 1", "1 2 1"]


def test_a_long_curve_keeps_its_shape_in_few_points() -> None:
    """10,000 trades: at most so many points, evenly, beginning with the first (rel:I16)."""
    made = curve(*["1"] * 10_000)

    assert 2 <= len(made.points) <= POINTS
    assert made.points[0] == (0, Decimal(1))
    assert {after[1] - before[1] for before, after in zip(made.points, made.points[1:], strict=False)} == {32}
