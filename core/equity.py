"""What ended trades earned, day by day, as a picture's facts: a curve, its drawdown, and a bar for each day.

Only realised money counts, after fees and funding, and each ended trade once, on the day it closed. A deposit is no
gain, so the curve begins at zero and not at a balance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

from core.money import HUNDRED, ZERO
from core.money_text import amount_text, gain_text, percent_text
from core.report import TradeReport
from core.words import Environment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Point:
    """The sum of all net results up to and with the trade that closed *at*; *drawdown* is how far under its best."""

    at: int
    total: Decimal
    drawdown: Decimal


@dataclass(frozen=True, slots=True)
class Day:
    """What one calendar day's closed trades earned."""

    day: date
    net: Decimal
    trades: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityChart:
    """All that is painted of ended trades. *days* has every day of the period, those without a trade included.

    *accounts* are those that were asked for; *wins* counts trades with a net above zero. *since* is the first moment
    of the first day, *until* when it was looked at.
    """

    accounts: tuple[str, ...]
    environment: Environment
    points: tuple[Point, ...]
    days: tuple[Day, ...]
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
    zone: tzinfo = UTC,
    zone_name: str = "UTC",
) -> EquityChart:
    """The chart of what closed on the accounts in the last *days* calendar days of *zone*, that of *until* the last.

    Trades that never filled are left out: nothing was won or lost.
    """
    since = beginning(day_of(until, zone) - timedelta(days=days - 1), zone)
    ended = sorted(
        (report.closed_at, report.account, report.id, report.net)
        for report in reports
        if report.closed_at is not None and report.entered and report.account in accounts
        if since <= report.closed_at <= until
    )
    results = [(at, net) for at, _, _, net in ended]
    return EquityChart(
        accounts=tuple(accounts),
        environment=environment,
        points=_points(results),
        days=_days(results, since, until, zone),
        wins=sum(1 for _, net in results if net > ZERO),
        since=since,
        until=until,
        zone=zone_name,
    )


def caption(chart: EquityChart) -> str:
    """The picture in one line, for where only text is seen."""
    place = f"{', '.join(chart.accounts)} ({chart.environment.value})"
    if not chart.trades:
        return f"No trade ended in {len(chart.days)} days on {place}"
    won = f"{chart.trades} trades, {percent_text(chart.win_percent)} won"
    worst = f"deepest drawdown {amount_text(chart.worst)}"
    return f"{gain_text(chart.total)} {chart.currency} net in {len(chart.days)} days on {place}: {won}, {worst}"


def beginning(day: date, zone: tzinfo) -> int:
    """When a day begins in a zone, milliseconds."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return (midnight - _EPOCH) // timedelta(milliseconds=1)


def day_of(at: int, zone: tzinfo) -> date:
    """The calendar day of a time in a zone, by the offset that holds there then."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone).date()


def _points(results: Sequence[tuple[int, Decimal]]) -> tuple[Point, ...]:
    points, total, best = [], ZERO, ZERO
    for at, net in results:
        total += net
        best = max(best, total)
        points.append(Point(at, total, best - total))
    return tuple(points)


def _days(results: Sequence[tuple[int, Decimal]], since: int, until: int, zone: tzinfo) -> tuple[Day, ...]:
    first, last = day_of(since, zone), day_of(until, zone)
    sums: dict[date, tuple[Decimal, int]] = {}
    for at, net in results:
        day = day_of(at, zone)
        earned, count = sums.get(day, (ZERO, 0))
        sums[day] = (earned + net, count + 1)
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(Day(day, *sums.get(day, (ZERO, 0))) for day in every)
