"""Statistics by hand-computed ledgers (G1): every figure stands in a comment, reckoned without the program."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.report import TradeReport
from core.stats import Figures, Tally, TargetRate, order
from tests.core.ledgers import told, trade

NUMBERS = st.decimals(Decimal(-1000), Decimal(1000), places=4)
REASONS = st.sampled_from(["stop", "all_tps", "manual", "trailing_stop"])


def figures(*reports: TradeReport) -> Figures:
    """The figures of trades in the order in which they ended."""
    tally = Tally()
    for report in sorted(reports, key=order):
        tally.add(report)
    return tally.figures()


def held(report: TradeReport, milliseconds: int) -> TradeReport:
    """The same, held for so long."""
    return replace(report, first_fill_at=(report.last_fill_at or 0) - milliseconds)


LEDGER = (
    trade(1, "10", reason="all_tps", hits=(True, True)),
    held(trade(2, "-4", reason="stop", hits=(False, False)), 120_000),
    held(trade(3, "-2.5", reason="stop", hits=(True, False)), 30_000),
    held(trade(4, "0", reason="breakeven_stop", hits=(True,)), 30_000),
    trade(5, "1.5", reason="manual", hits=(False,)),
)


def test_a_ledger_by_hand() -> None:
    """G1: five trades, 2 won (10 + 1.5), 2 lost (4 + 2.5), one neither."""
    found = figures(*LEDGER)

    assert (found.trades, found.wins, found.losses) == (5, 2, 2)
    assert found.win_rate == 40  # 2 of 5 closed, not of 4
    assert found.net == 5  # 10 - 4 - 2.5 + 0 + 1.5
    assert told(found.fees, found.funding, found.gross) == "10 5 20"  # 5 x 2, 5 x 1, 5 + 10 + 5
    assert told(found.won, found.lost) == "11.5 6.5"
    assert told(found.average_win, found.average_loss) == "5.75 -3.25"  # 11.5 / 2, -6.5 / 2
    assert found.profit_factor == Decimal("11.5") / Decimal("6.5")
    assert found.expectancy == 1  # 5 / 5
    assert told(found.best, found.worst) == "10 -4"
    assert (found.holding, found.longest_holding) == (60_000, 120_000)  # 300 s / 5
    assert found.reasons == (("all_tps", 1), ("breakeven_stop", 1), ("manual", 1), ("stop", 2))
    assert found.stop_hits == 3  # two stops and a breakeven stop


def test_take_profits_count_where_the_ladder_had_them() -> None:
    """G1: TP1 was hit in 3 of 5 ladders, TP2 in 1 of the 3 that had one."""
    assert figures(*LEDGER).targets == (
        TargetRate(1, 5, 3, Decimal(60)),
        TargetRate(2, 3, 1, Decimal(100) / 3),
    )


def test_a_level_without_an_order_could_not_be_hit() -> None:
    """B6: one lot goes to TP1 alone, so that TP2 is none of this ladder's."""
    one_lot = trade(1, "1", hits=(True, False))
    levels = (one_lot.targets[0], replace(one_lot.targets[1], target=Decimal(0)))

    assert [each.level for each in figures(replace(one_lot, targets=levels)).targets] == [1]


@pytest.mark.parametrize(
    ("nets", "streak", "wins", "losses"),
    [
        (("1", "1", "-1"), -1, 2, 1),
        (("-1", "-1", "-1", "1", "1"), 2, 2, 3),
        (("1", "1", "0"), 0, 2, 0),
        (("1", "0", "1"), 1, 1, 0),
        ((), 0, 0, 0),
    ],
)
def test_streaks_now_and_longest(nets: tuple[str, ...], streak: int, wins: int, losses: int) -> None:
    """G1: zero is neither a win nor a loss, and ends what ran."""
    found = figures(*(trade(number, net) for number, net in enumerate(nets)))

    assert (found.streak, found.longest_wins, found.longest_losses) == (streak, wins, losses)


def test_of_nothing_nothing_is_invented() -> None:
    """G1: without a trade every quotient is undefined; without a loss so is the profit factor."""
    empty, won = figures(), figures(trade(1, "3"))

    assert {empty.win_rate, empty.expectancy, empty.best, empty.worst, empty.holding, empty.profit_factor} == {None}
    assert told(won.profit_factor, won.average_loss, won.win_rate) == "- - 100"


def test_what_never_filled_or_was_given_back_counts_apart() -> None:
    """G1, A3: rejected and skipped mirrors are no trades; a position that was given back has no result yet."""
    rejected = replace(trade(1, "0", reason="rejected"), entered=Decimal(0))
    found = figures(rejected, trade(2, "-1", reason="released"), trade(3, "1"))

    assert told(found.trades, found.unfilled, found.given_back, found.net) == "1 1 1 1"


def test_a_stop_in_profit_is_a_win() -> None:
    """G1 (the reference bot called every stop a loss): by net P&L sign alone."""
    found = figures(trade(1, "2", reason="breakeven_stop"), trade(2, "-1", reason="all_tps"))

    assert (found.wins, found.losses, found.stop_hits) == (1, 1, 1)


@given(st.lists(st.tuples(NUMBERS, REASONS), max_size=30), st.integers(0, 30))
def test_parts_sum_to_the_whole(rows: list[tuple[Decimal, str]], cut: int) -> None:
    """G1: whatever the trades, two halves together are the whole, to the last digit."""
    reports = [trade(number, str(net), reason=reason) for number, (net, reason) in enumerate(rows)]
    whole, first, second = figures(*reports), figures(*reports[:cut]), figures(*reports[cut:])

    for name in ("trades", "wins", "losses", "gross", "fees", "funding", "net", "won", "lost", "stop_hits"):
        assert getattr(whole, name) == getattr(first, name) + getattr(second, name)
    assert whole.net == whole.won - whole.lost
    assert whole.gross - whole.fees - whole.funding == whole.net
