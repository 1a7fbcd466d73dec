"""What closed trades came to (G1), from their reports alone: exact sums, and "not known" where a figure is undefined.

A trade counts when something was entered and its position is closed: what never filled, and what was given back still
open, is only counted apart. A win is a net result above zero, a loss one below; zero is neither, and ends a streak.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from core.money import HUNDRED, ZERO
from core.report import TradeReport
from core.view import TradeStatus

TAKEN = "emergency"
"""The origin of somebody else's position that an emergency closed."""
GIVEN_BACK = "released"
STOPS = ("stop", "breakeven_stop", "trailing_stop")
"""The closing reasons by which a stop ended the trade (G2)."""


@dataclass(frozen=True, slots=True)
class TargetRate:
    """How often a take-profit was hit: *hits* of the trades whose ladder had that *level*. *rate* in percent."""

    level: int
    planned: int
    hits: int
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Closed trades in numbers. Amounts are quote units, rates percent, times milliseconds; None = undefined.

    *streak* counts the latest trades in a row that were won, or below zero those that were lost. *profit_factor* is
    what was won over what was lost. *holding* is from the first fill to the last, on average.
    """

    trades: int
    wins: int
    losses: int
    win_rate: Decimal | None
    gross: Decimal
    fees: Decimal
    funding: Decimal
    net: Decimal
    won: Decimal
    lost: Decimal
    average_win: Decimal | None
    average_loss: Decimal | None
    profit_factor: Decimal | None
    expectancy: Decimal | None
    best: Decimal | None
    worst: Decimal | None
    streak: int
    longest_wins: int
    longest_losses: int
    holding: int | None
    longest_holding: int | None
    targets: tuple[TargetRate, ...]
    stop_hits: int
    reasons: tuple[tuple[str, int], ...]
    unfilled: int
    given_back: int


def counts(report: TradeReport) -> bool:
    """Whether the report is of a closed trade that had a position.

    What an emergency took over to close it was nobody's trade here: at what price it was opened is not recorded.
    """
    return bool(report.entered) and report.reason != GIVEN_BACK and report.origin != TAKEN


def leads(report: TradeReport | TradeStatus, mirrors: Container[str]) -> bool:
    """Whether a trade is a leader's (G1): what an operator took over on one of the *mirrors* follows nobody."""
    return report.leader is None and report.account not in mirrors


def ended_at(report: TradeReport) -> int:
    """When the trade ended."""
    return report.opened_at if report.closed_at is None else report.closed_at


def known_at(report: TradeReport) -> int:
    """When it was known that the trade had ended: never before `ended_at`, but by what clocks differ."""
    return ended_at(report) if report.known_at is None else report.known_at


def order(report: TradeReport) -> tuple[int, str, str]:
    """How trades follow each other: by their end; at the same millisecond by account and id."""
    return ended_at(report), report.account, report.id


@dataclass(slots=True)
class Tally:
    """Counts reports one after the other; only the streaks depend on their order, which is `order`'s."""

    trades: int = 0
    wins: int = 0
    losses: int = 0
    gross: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    net: Decimal = ZERO
    won: Decimal = ZERO
    lost: Decimal = ZERO
    best: Decimal | None = None
    worst: Decimal | None = None
    streak: int = 0
    longest_wins: int = 0
    longest_losses: int = 0
    held: int = 0
    held_by: int = 0
    longest_held: int | None = None
    levels: dict[int, tuple[int, int]] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    unfilled: int = 0
    given_back: int = 0

    def add(self, report: TradeReport) -> None:
        """Count one more trade."""
        if not counts(report):
            self.given_back += report.reason == GIVEN_BACK
            self.unfilled += not report.entered
            return
        self.trades += 1
        self.gross += report.gross
        self.fees += report.fees
        self.funding += report.funding
        reason = report.reason or ""
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        self._result(report.net)
        self._hold(report)
        for row in report.targets:
            if row.target or row.hit:
                planned, hits = self.levels.get(row.level, (0, 0))
                self.levels[row.level] = planned + 1, hits + row.hit

    def _result(self, net: Decimal) -> None:
        self.net += net
        self.best = net if self.best is None else max(self.best, net)
        self.worst = net if self.worst is None else min(self.worst, net)
        if net > 0:
            self.wins, self.won = self.wins + 1, self.won + net
            self.streak = max(self.streak, 0) + 1
        elif net < 0:
            self.losses, self.lost = self.losses + 1, self.lost - net
            self.streak = min(self.streak, 0) - 1
        else:
            self.streak = 0
        self.longest_wins = max(self.longest_wins, self.streak)
        self.longest_losses = max(self.longest_losses, -self.streak)

    def _hold(self, report: TradeReport) -> None:
        if report.first_fill_at is None or report.last_fill_at is None:
            return
        held = report.last_fill_at - report.first_fill_at
        self.held += held
        self.held_by += 1
        self.longest_held = held if self.longest_held is None else max(self.longest_held, held)

    def figures(self) -> Figures:
        """What was counted so far."""
        return Figures(
            trades=self.trades,
            wins=self.wins,
            losses=self.losses,
            win_rate=ratio(HUNDRED * self.wins, self.trades),
            gross=self.gross,
            fees=self.fees,
            funding=self.funding,
            net=self.net,
            won=self.won,
            lost=self.lost,
            average_win=ratio(self.won, self.wins),
            average_loss=ratio(-self.lost, self.losses),
            profit_factor=ratio(self.won, self.lost),
            expectancy=ratio(self.net, self.trades),
            best=self.best,
            worst=self.worst,
            streak=self.streak,
            longest_wins=self.longest_wins,
            longest_losses=self.longest_losses,
            holding=self.held // self.held_by if self.held_by else None,
            longest_holding=self.longest_held,
            targets=tuple(self._rates()),
            stop_hits=sum(self.reasons.get(reason, 0) for reason in STOPS),
            reasons=tuple(sorted(self.reasons.items())),
            unfilled=self.unfilled,
            given_back=self.given_back,
        )

    def _rates(self) -> Iterator[TargetRate]:
        for level, (planned, hits) in sorted(self.levels.items()):
            yield TargetRate(level, planned, hits, HUNDRED * hits / planned)


def ratio(part: Decimal, whole: Decimal | int) -> Decimal | None:
    """*part* over *whole*; None of nothing.

    >>> ratio(Decimal(1), 4), ratio(Decimal(1), 0)
    (Decimal('0.25'), None)
    """
    return part / whole if whole else None
