"""The equity chart, against a ledger counted by hand."""

from dataclasses import replace
from decimal import Decimal

from core.days import DAY
from core.equity import EquityChart, caption, equity_chart
from core.report import TradeReport
from core.words import Environment
from tests.core.ledgers import told, trade

HOUR = 3_600_000
LEDGER = [
    trade(1, "10", day=1),
    trade(2, "-4", day=1),
    trade(3, "-9", day=3),
    trade(4, "5", day=3),
    trade(5, "7", day=3, account="mirror"),
    trade(6, "99", day=0),
    replace(trade(7, "0", day=3), entered=Decimal(0)),
    replace(trade(8, "-1", day=3), origin="emergency"),
]


def chart(reports: list[TradeReport] = LEDGER, *, ahead: int = 0, accounts: tuple[str, ...] = ("main",)) -> EquityChart:
    """Three days, the last one day 3."""
    return equity_chart(
        reports, accounts=accounts, environment=Environment.DEMO, days=3, until=3 * DAY + HOUR, offset=lambda _: ahead
    )


def test_curve_and_drawdown() -> None:
    """E5: 10, 6, -3, 2 after each trade; 13 under the best at its worst. Day 0 lies before, the mirror is not asked."""
    found = chart()

    assert told(*(point.total for point in found.points)) == "10 6 -3 2"
    assert told(*(point.drawdown for point in found.points)) == "0 4 13 8"
    assert told(found.total, found.worst, found.trades, found.win_percent) == "2 13 4 50"


def test_every_day_of_the_period_counts() -> None:
    """E5: day 2 without a trade is there with zero."""
    assert [(each.day, told(each.net), each.trades) for each in chart().days] == [
        (1, "6", 2),
        (2, "0", 0),
        (3, "-4", 2),
    ]


def test_days_are_local() -> None:
    """E5: where clocks are an hour behind, what closed seconds after midnight UTC closed the day before."""
    behind = chart(ahead=-HOUR)

    assert [told(each.net) for each in behind.days] == ["0", "-4", "0"]
    assert behind.since == DAY + HOUR


def test_accounts_are_added_up_when_both_are_asked_for() -> None:
    """E5: the mirror's 7 comes last."""
    assert told(chart(accounts=("main", "mirror")).total) == "9"


def test_captions() -> None:
    """E5, A10: the sum, what kind of money, how many won; and that there was nothing."""
    assert caption(chart()) == ("+2.00 USDT net in 3 days on main (demo): 4 trades, 50.00% won, deepest drawdown 13.00")
    assert caption(chart([])) == "No trade ended in 3 days on main (demo)"


def ahead(at: int) -> int:
    """Clocks that were two hours ahead of UTC until the end of day 1, and are one hour ahead since."""
    return 0 if at < DAY // 2 else 2 * HOUR if at <= 2 * DAY else HOUR


def test_a_chart_begins_and_ends_with_local_days() -> None:
    """E5: half an hour before midnight UTC of day 2 is day 3: three days begin at 22:00 UTC of day 0.

    What closed at 22:30 then counts, and what closed at this very moment; zero is no gain.
    """
    now, early = 3 * DAY - HOUR // 2, DAY - HOUR - HOUR // 2
    ledger = [replace(trade(1, "5"), closed_at=early), replace(trade(2, "0"), closed_at=now)]
    made = equity_chart(
        ledger, accounts=("main",), environment=Environment.DEMO, days=3, until=now, offset=ahead, zone="Europe/Rome"
    )

    assert [(point.at, told(point.total)) for point in made.points] == [(early, "5"), (now, "5")]
    assert [(each.day, told(each.net), each.trades) for each in made.days] == [(1, "5", 1), (2, "0", 0), (3, "0", 1)]
    assert (made.since, made.until, made.zone, made.wins) == (DAY - 2 * HOUR, now, "Europe/Rome", 1)


def test_the_caption_of_one_trade_on_two_accounts() -> None:
    """E5: both are named, and one trade is one."""
    both = chart(LEDGER[:1], accounts=("main", "mirror"))

    assert caption(both) == (
        "+10.00 USDT net in 3 days on main, mirror (demo): 1 trade, 100.00% won, deepest drawdown 0.00"
    )
    assert both.zone == "UTC"
