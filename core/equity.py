"""What ended trades earned, day by day, as a picture's facts: a curve, its drawdown, and a bar for each day.

Only realised money counts, after fees and funding, and each ended trade once, on the day it closed. A deposit is no
gain, so the curve begins at zero and not at a balance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.days import DAY, Offset, day, utc
from core.money import HUNDRED, ZERO
from core.money_text import amount_text, gain_text, percent_text
from core.report import TradeReport
from core.stats import counts
from core.stats_curve import DayResult
from core.words import Environment


@dataclass(frozen=True, slots=True)
class Point:
    """The sum of all net results up to and with the trade that closed *at*; *drawdown* is how far under its best."""

    at: int
    total: Decimal
    drawdown: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityChart:
    """All that is painted of ended trades. *days* has every day of the period, those without a trade included.

    *accounts* are those that were asked for; *wins* counts trades with a net above zero. *since* is the first moment
    of the first day, *until* when it was looked at.
    """

    accounts: tuple[str, ...]
    environment: Environment
    points: tuple[Point, ...]
    days: tuple[DayResult, ...]
    wins: int
    since: int
    until: int
    zone: str = "UTC"
    currency: str = "USDT"

    @property
    def total(self) -> Decimal:
        """What the period earned."""
        return self.points[-1].total if self.points else ZERO

    @property
    def worst(self) -> Decimal:
        """The deepest drawdown, zero or positive."""
        return max((point.drawdown for point in self.points), default=ZERO)

    @property
    def trades(self) -> int:
        """How many trades ended."""
        return len(self.points)

    @property
    def win_percent(self) -> Decimal | None:
        """Trades that earned something, in percent; None without any."""
        return HUNDRED * self.wins / self.trades if self.trades else None


def equity_chart(
    reports: Iterable[TradeReport],
    *,
    accounts: Sequence[str],
    environment: Environment,
    days: int,
    until: int,
    offset: Offset = utc,
    zone: str = "UTC",
) -> EquityChart:
    """The chart of what closed on the accounts in the last *days* local calendar days, that of *until* the last.

    What statistics don't count is left out: nothing was won or lost, or nobody knows what.
    """
    last = day(until, offset)
    first = last - days + 1
    ended = sorted(
        (report.closed_at, report.account, report.id, report.net)
        for report in reports
        if report.closed_at is not None and counts(report) and report.account in accounts
        if report.closed_at <= until and day(report.closed_at, offset) >= first
    )
    results = [(at, net) for at, _, _, net in ended]
    return EquityChart(
        accounts=tuple(accounts),
        environment=environment,
        points=_points(results),
        days=_days(results, first, last, offset),
        wins=sum(1 for _, net in results if net > ZERO),
        since=first * DAY - offset(first * DAY),
        until=until,
        zone=zone,
    )


def caption(chart: EquityChart) -> str:
    """The picture in one line, for where only text is seen."""
    place = f"{', '.join(chart.accounts)} ({chart.environment.value})"
    if not chart.trades:
        return f"No trade ended in {len(chart.days)} days on {place}"
    won = f"{chart.trades} {'trade' if chart.trades == 1 else 'trades'}, {percent_text(chart.win_percent)} won"
    worst = f"deepest drawdown {amount_text(chart.worst)}"
    return f"{gain_text(chart.total)} {chart.currency} net in {len(chart.days)} days on {place}: {won}, {worst}"


def _points(results: Sequence[tuple[int, Decimal]]) -> tuple[Point, ...]:
    points, total, best = [], ZERO, ZERO
    for at, net in results:
        total += net
        best = max(best, total)
        points.append(Point(at, total, best - total))
    return tuple(points)


def _days(results: Sequence[tuple[int, Decimal]], first: int, last: int, offset: Offset) -> tuple[DayResult, ...]:
    found: dict[int, DayResult] = {}
    for at, net in results:
        number = day(at, offset)
        before = found.get(number, DayResult(number, ZERO, 0))
        found[number] = DayResult(number, before.net + net, before.trades + 1)
    return tuple(found.get(number, DayResult(number, ZERO, 0)) for number in range(first, last + 1))
