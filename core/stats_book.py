"""Statistics of one period (G1): leaders' trades together and by strategy, origin and symbol; mirrors each for itself.

A period begins with a reset (the first one with the first trade) and ends with the next. Its balances are what each
account held then, less what positions that were open had made so far: their result counts when they close.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.days import Offset, utc
from core.money import ZERO
from core.report import TradeReport
from core.stats import Figures, Tally, counts, ended_at, leads, order
from core.stats_curve import Curve, DayResult, Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What statistics count together. *start* 0 = from the first trade on, *end* None = it goes on."""

    number: int
    label: str
    start: int
    end: int | None = None
    balances: Mapping[str, Decimal] = field(default_factory=dict)
    by: str = ""


FIRST = Period(number=1, label="1", start=0)
"""The period of who never made a reset."""


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of some accounts, with the equity that they made."""

    figures: Figures
    risk: Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """All that is told of a period. *total* are the leaders, or the one account that was asked for."""

    period: Period
    total: Part
    accounts: Mapping[str, Part]
    mirrors: Mapping[str, Part]
    by_strategy: Mapping[str, Figures]
    by_origin: Mapping[str, Figures]
    by_symbol: Mapping[str, Figures]
    days: tuple[DayResult, ...]
    curve: tuple[tuple[int, Decimal], ...]


@dataclass(slots=True)
class _Line:
    """One tally with its curve."""

    tally: Tally
    curve: Curve

    def add(self, report: TradeReport) -> None:
        self.tally.add(report)
        if counts(report):
            self.curve.add(ended_at(report), report.net)

    def part(self, period: Period, now: int) -> Part:
        since = period.start or None
        return Part(self.tally.figures(), self.curve.risk(since, now if period.end is None else period.end - 1))


class Book:
    """Takes reports in `order`, one by one, and keeps none of them."""

    def __init__(
        self,
        period: Period,
        leaders: Iterable[str],
        *,
        mirrors: Iterable[str] = (),
        account: str | None = None,
        offset: Offset = utc,
    ) -> None:
        """*leaders* are the leading accounts there are, *mirrors* those that follow; *account*: only this one."""
        self._period = period
        self._account = account
        self._offset = offset
        self._led = frozenset(mirrors)
        known = [period.balances.get(name) for name in ((account,) if account is not None else sorted(leaders))]
        total = None if not known or None in known else sum((each for each in known if each is not None), ZERO)
        self._total = _Line(Tally(), Curve(total, offset))
        self._accounts: dict[str, _Line] = {}
        self._mirrors: dict[str, _Line] = {}
        self._groups: dict[str, dict[str, Tally]] = {"strategy": {}, "origin": {}, "symbol": {}}

    def add(self, report: TradeReport) -> None:
        """Count one more; what isn't asked for is passed over."""
        if self._account not in (None, report.account):
            return
        led = not leads(report, self._led)
        lines = self._mirrors if led else self._accounts
        if report.account not in lines:
            lines[report.account] = _Line(Tally(), Curve(self._period.balances.get(report.account), self._offset))
        lines[report.account].add(report)
        if not led or self._account is not None:
            self._total.add(report)
            for name, groups in self._groups.items():
                groups.setdefault(getattr(report, name), Tally()).add(report)

    def statistics(self, now: int) -> Statistics:
        """What was counted so far."""
        return Statistics(
            period=self._period,
            total=self._total.part(self._period, now),
            accounts={name: line.part(self._period, now) for name, line in sorted(self._accounts.items())},
            mirrors={name: line.part(self._period, now) for name, line in sorted(self._mirrors.items())},
            by_strategy=self._group("strategy"),
            by_origin=self._group("origin"),
            by_symbol=self._group("symbol"),
            days=tuple(result for _, result in sorted(self._total.curve.results.items())),
            curve=tuple(self._total.curve.points),
        )

    def _group(self, name: str) -> dict[str, Figures]:
        return {value: tally.figures() for value, tally in sorted(self._groups[name].items())}


def statistics(
    reports: Iterable[TradeReport],
    period: Period = FIRST,
    *,
    leaders: Iterable[str],
    mirrors: Iterable[str] = (),
    now: int,
    account: str | None = None,
    offset: Offset = utc,
) -> Statistics:
    """The statistics of all *reports* that ended within the period, in whatever order they come."""
    book = Book(period, leaders, mirrors=mirrors, account=account, offset=offset)
    for report in sorted(filter(within(period), reports), key=order):
        book.add(report)
    return book.statistics(now)


def within(period: Period) -> Callable[[TradeReport], bool]:
    """Whether a trade ended in the period: its first millisecond counts, its end doesn't."""
    return lambda report: period.start <= ended_at(report) and (period.end is None or ended_at(report) < period.end)
