"""Golden words for what people asked to be told (D1)."""

from decimal import Decimal

import pytest

from core.alert_text.asked import said
from core.alerts import AccountLine, DailyReport, UserAlert
from core.user_alerts import Watched

GOLDEN = {
    Watched.PRICE_ABOVE: ("61000", "61234.5", "price 61234.5, at or above 61000"),
    Watched.PRICE_BELOW: ("58000", "57999.9", "price 57999.9, at or below 58000"),
    Watched.PRICE_CROSS: ("60000", "60100", "price 60100, passed 60000 upwards"),
    Watched.PRICE_CHANGE: ("3", "-3.125", "price moved -3.12% within an hour (asked: 3%)"),
    Watched.PROFIT: ("100", "123.456", "position +123.46 USDT (asked: +100)"),
    Watched.LOSS: ("50", "50.5", "position -50.50 USDT (asked: -50)"),
    Watched.PROFIT_PERCENT: ("2", "2.5", "price +2.50% from entry (asked: +2%)"),
    Watched.LOSS_PERCENT: ("2", "2.5", "price -2.50% from entry (asked: -2%)"),
    Watched.NEAR_TARGET: ("2", "1.234", "next take-profit is 1.23% away (asked: 2%)"),
    Watched.NEAR_STOP: ("1", "0", "stop is 0.00% away (asked: 1%)"),
    Watched.BREAKEVEN: ("0.1", "0.05", "price is 0.05% from entry (asked: within 0.1%)"),
    Watched.LEVERAGE: ("20", "25", "leverage x25 (asked: x20 or more)"),
    Watched.POSITION_SIZE: ("200", "250", "position worth 250.00% of equity (asked: 200%)"),
    Watched.DRAWDOWN: ("10", "12.5", "equity 12.50% under its peak (asked: 10%)"),
    Watched.CORRELATED: ("3", "4", "4 positions on the same side (asked: 3)"),
}


def test_every_kind_has_its_words() -> None:
    """D1: none is forgotten."""
    assert set(GOLDEN) == set(Watched)


@pytest.mark.parametrize("watched", GOLDEN)
def test_the_rule_that_fired_with_its_numbers(watched: Watched) -> None:
    """D1: what was found, and what was asked."""
    value, found, headline = GOLDEN[watched]

    assert said(UserAlert("K7Q2M9XA", watched, Decimal(value), Decimal(found), None, repeat=True)).headline == headline


def test_price_note_and_what_happens_next() -> None:
    """D1: an alert that was meant once says that it is off now; a long note is broken for a phone."""
    once = UserAlert(
        "K7Q2M9XA", Watched.LOSS, Decimal(1), Decimal(2), Decimal("59000.10"), repeat=False, note="x " * 40
    )

    assert said(once).lines == (
        "Last price 59000.1",
        " ".join(["x"] * 25),
        " ".join(["x"] * 15),
        "Your alert K7Q2M9XA",
        "It was meant once and is switched off now",
    )


def test_the_day_with_its_results_and_accounts() -> None:
    """D1: leaders' trades, each mirror for itself, then how every account stands."""
    report = DailyReport(
        until="2026-11-21 08:00",
        accounts=(
            AccountLine(
                account="main",
                equity=Decimal("10012.345"),
                available=Decimal(9000),
                positions=2,
                open_pnl=Decimal("12.3"),
                at_stops=Decimal("-120.5"),
            ),
            AccountLine(account="mirror", equity=None, available=None, positions=0, open_pnl=None, at_stops=None),
        ),
        opened=3,
        closed=2,
        wins=1,
        losses=1,
        net=Decimal("5.2"),
        fees=Decimal("2.1"),
        funding=Decimal("-0.05"),
        best=Decimal(10),
        worst=Decimal("-4.8"),
        mirrors=(("mirror", 1, Decimal(-1)),),
    )

    assert (
        "\n".join((said(report).headline, *said(report).lines))
        == """daily report, 24 hours to 2026-11-21 08:00
Opened 3 trades, closed 2: 1 won, 1 lost
Net +5.20 USDT, fees -2.10, funding +0.05
Best +10.00, worst -4.80
Mirror mirror closed 1: net -1.00 USDT
main: 10012.34 USDT, 9000.00 available
  2 positions +12.30, all at their stops -120.50
mirror: - USDT, - available
  Nothing open"""
    )


def test_a_day_without_a_close_is_short() -> None:
    """D1: no result is told where there is none."""
    nothing = Decimal(0)
    quiet = DailyReport(
        until="2026-11-21 08:00", accounts=(), opened=1, closed=0, wins=0, losses=0, net=nothing, fees=nothing,
        funding=nothing, best=None, worst=None,
    )  # fmt: skip

    assert said(quiet).lines == ("Opened 1 trade, closed 0",)


@pytest.mark.parametrize(
    ("watched", "last", "repeat", "lines"),
    [
        (Watched.LOSS, "100.5", True, ("Last price 100.5", "Your alert K7", "Quiet for 30 minutes now")),
        (Watched.LOSS, None, False, ("Your alert K7", "It was meant once and is switched off now")),
        (Watched.PRICE_ABOVE, "100.5", True, ("Your alert K7", "Quiet for 30 minutes now")),
    ],
)
def test_the_lines_under_the_headline(watched: Watched, last: str | None, repeat: bool, lines: tuple[str, ...]) -> None:
    """D1: the price where the headline has none, which alert it was, and whether it comes again."""
    price = None if last is None else Decimal(last)

    assert said(UserAlert("K7", watched, Decimal(5), Decimal(6), price, repeat=repeat)).lines == lines


def test_a_note_is_told_with_the_alert() -> None:
    """D1: in the words of whoever set it."""
    body = UserAlert("K7", Watched.PRICE_ABOVE, Decimal(5), Decimal(6), None, repeat=True, note="sell half")

    assert "sell half" in "\n".join(said(body).lines)
