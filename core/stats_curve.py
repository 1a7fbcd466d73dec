"""The equity that closed trades made (G1): its falls from a peak, its days, and what the days say about the risk.

Equity is the balance at the period's start and every net result since; deposits and open positions are no part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.days import Offset, day, utc
from core.money import HUNDRED, ZERO

LEAST_DAYS = 30
YEAR = Decimal(365)
POINTS = 512
"""The curve keeps so many points at most: beyond that every other one is dropped."""


@dataclass(frozen=True, slots=True)
class DayResult:
    """One local day: what closed on it, how many trades."""

    day: int
    net: Decimal
    trades: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How rough the way was. Amounts in quote units, percentages of the peak before; None = undefined.

    *max_drawdown* is the deepest fall in money, *max_drawdown_percent* the deepest one in percent of its own peak: not
    always the same fall. *drawdown* is how far equity is under its peak now. *sharpe* and *sortino* are of the net
    result of each calendar day over that day's first equity, times the root of 365; *days* is how many there were.
    """

    balance: Decimal | None
    equity: Decimal | None
    max_drawdown: Decimal
    max_drawdown_percent: Decimal | None
    drawdown: Decimal
    days: int
    sharpe: Decimal | None
    sortino: Decimal | None


@dataclass(slots=True)
class Curve:
    """Follows net results in the order of their trades' ends. *balance* None: not known, so nothing is in percent."""

    balance: Decimal | None = None
    offset: Offset = utc
    net: Decimal = ZERO
    peak: Decimal = ZERO
    deepest: Decimal = ZERO
    deepest_percent: Decimal = ZERO
    ruined: bool = False
    results: dict[int, DayResult] = field(default_factory=dict)
    points: list[tuple[int, Decimal]] = field(default_factory=list)
    _every: int = 1
    _count: int = 0

    def add(self, at: int, net: Decimal) -> None:
        """One more trade ended at *at* with *net*."""
        self.net += net
        self.peak = max(self.peak, self.net)
        self.deepest = max(self.deepest, self.peak - self.net)
        self._percent()
        today = day(at, self.offset)
        before = self.results.get(today, DayResult(today, ZERO, 0))
        self.results[today] = DayResult(today, before.net + net, before.trades + 1)
        self._point(at)

    def _percent(self) -> None:
        if self.balance is None:
            return
        top = self.balance + self.peak
        if top <= 0:
            self.ruined = True
            return
        self.deepest_percent = max(self.deepest_percent, (self.peak - self.net) * HUNDRED / top)

    def _point(self, at: int) -> None:
        if self._count % self._every == 0:
            self.points.append((at, self.net))
        self._count += 1
        if len(self.points) > POINTS:
            self.points = self.points[::2]
            self._every *= 2

    def risk(self, since: int | None, until: int) -> Risk:
        """What there is to say of the days from *since* to *until*, both counted; None = from the first trade on."""
        returns = self._returns(since, until)
        known = self.balance is not None and not self.ruined
        return Risk(
            balance=self.balance,
            equity=None if self.balance is None else self.balance + self.net,
            max_drawdown=self.deepest,
            max_drawdown_percent=self.deepest_percent if known else None,
            drawdown=self.peak - self.net,
            days=self._days(since, until),
            sharpe=sharpe(returns) if returns is not None else None,
            sortino=sortino(returns) if returns is not None else None,
        )

    def _first(self, since: int | None) -> int | None:
        if since is not None:
            return day(since, self.offset)
        return min(self.results, default=None)

    def _days(self, since: int | None, until: int) -> int:
        first = self._first(since)
        return 0 if first is None else max(day(until, self.offset) - first + 1, 0)

    def _returns(self, since: int | None, until: int) -> list[Decimal] | None:
        """Each day's net over the equity it began with; None when a day began with nothing, or with nobody knows."""
        first, equity = self._first(since), self.balance
        if first is None or equity is None:
            return None
        found = []
        for number in range(first, day(until, self.offset) + 1):
            if equity <= 0:
                return None
            result = self.results.get(number)
            net = result.net if result is not None else ZERO
            found.append(net / equity)
            equity += net
        return found


def sharpe(returns: Sequence[Decimal]) -> Decimal | None:
    """Mean over standard deviation (of a sample), a year's; None under 30 days and where nothing varied."""
    if len(returns) < LEAST_DAYS:
        return None
    mean = sum(returns, ZERO) / len(returns)
    variance = sum(((each - mean) ** 2 for each in returns), ZERO) / (len(returns) - 1)
    return mean / variance.sqrt() * YEAR.sqrt() if variance else None


def sortino(returns: Sequence[Decimal]) -> Decimal | None:
    """Mean over the root of the mean squared loss of all days, a year's; None under 30 days and without a loss."""
    if len(returns) < LEAST_DAYS:
        return None
    mean = sum(returns, ZERO) / len(returns)
    below = sum((each * each for each in returns if each < 0), ZERO) / len(returns)
    return mean / below.sqrt() * YEAR.sqrt() if below else None
