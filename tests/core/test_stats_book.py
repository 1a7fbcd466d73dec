"""Statistics of a period: leaders together, mirrors apart, groups, and the order in which trades are told (G1)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.days import DAY
from core.stats_book import FIRST, Period, statistics
from core.stats_json import statistics_json
from tests.core.ledgers import told, trade

BALANCES = {"main": Decimal(100), "second": Decimal(50), "mirror": Decimal(30)}
PERIOD = replace(FIRST, balances=BALANCES)
LEADERS = ("main", "second")
TRADES = [
    replace(trade(1, "10"), origin="telegram"),
    replace(trade(2, "-30", account="second", symbol="ETHUSDT"), leader=None),
    trade(3, "4", account="mirror"),
    replace(trade(4, "5", symbol="ETHUSDT", day=1), origin="ggshot"),
]


def test_mirrors_are_never_added_in() -> None:
    """G1: leaders made 10 - 30 + 5 on 150; the mirror's 4 on 30 stand for themselves."""
    found = statistics(TRADES, PERIOD, leaders=LEADERS, now=DAY)

    assert told(found.total.figures.trades, found.total.figures.net) == "3 -15"
    assert told(found.total.risk.balance, found.total.risk.equity) == "150 135"
    assert told(found.total.risk.max_drawdown, found.total.risk.max_drawdown_percent) == "30 18.75"  # of 160
    assert {name: told(part.figures.net) for name, part in found.accounts.items()} == {"main": "15", "second": "-30"}
    assert {name: told(part.risk.equity) for name, part in found.mirrors.items()} == {"mirror": "34"}


def test_groups_by_strategy_origin_and_symbol() -> None:
    """G1: each leader's trade in one group of each kind."""
    found = statistics(TRADES, PERIOD, leaders=LEADERS, now=DAY)

    assert {name: told(row.net) for name, row in found.by_symbol.items()} == {"BTCUSDT": "10", "ETHUSDT": "-25"}
    nets = {name: told(row.net) for name, row in found.by_origin.items()}
    assert nets == {"telegram": "10", "cli": "-30", "ggshot": "5"}
    assert [row.trades for row in found.by_strategy.values()] == [3]


def test_one_account_alone() -> None:
    """G1: a mirror that is asked for is told whole, with its own balance."""
    found = statistics(TRADES, PERIOD, leaders=LEADERS, now=DAY, account="mirror")

    assert told(found.total.figures.net, found.total.risk.balance) == "4 30"
    assert list(found.by_symbol) == ["BTCUSDT"]


def test_a_period_begins_and_ends() -> None:
    """G1: its first millisecond counts, that of the next one doesn't."""
    period = Period(number=2, label="2", start=2_000, end=DAY + 4_000, balances=BALANCES)
    found = statistics(TRADES, period, leaders=LEADERS, now=9 * DAY)

    assert told(found.total.figures.trades, found.total.figures.net) == "1 -30"
    assert found.total.risk.days == 2  # the first day and the one on which it ended


def test_an_account_without_a_known_balance_makes_the_sum_unknown() -> None:
    """G1: never an invented number: 100 and "not known" are not 100."""
    found = statistics(TRADES, replace(PERIOD, balances={"main": Decimal(100)}), leaders=LEADERS, now=DAY)

    assert (found.total.risk.balance, found.total.risk.max_drawdown_percent) == (None, None)
    assert found.accounts["main"].risk.balance == 100


@given(st.permutations(TRADES))
def test_the_order_of_telling_changes_nothing(told: list[object]) -> None:
    """G1: trades count by when they ended, whatever order a store gives them in."""
    found = statistics(told, PERIOD, leaders=LEADERS, now=DAY)  # type: ignore[arg-type]  # a list of reports

    assert found == statistics(TRADES, PERIOD, leaders=LEADERS, now=DAY)


@given(st.lists(st.tuples(st.decimals(-500, 500, places=3), st.sampled_from("ABC"), st.integers(0, 40)), max_size=25))
def test_groups_and_days_sum_to_the_whole(rows: list[tuple[Decimal, str, int]]) -> None:
    """G1: by symbol, by account and by day, the nets add up to the total's to the last digit."""
    reports = [trade(number, str(net), symbol=name, day=day) for number, (net, name, day) in enumerate(rows)]
    found = statistics(reports, PERIOD, leaders=LEADERS, now=41 * DAY)
    net = found.total.figures.net

    assert net == sum((row.net for row in found.by_symbol.values()), Decimal(0))
    assert net == sum((row.net for row in found.days), Decimal(0))
    assert net == sum((part.figures.net for part in found.accounts.values()), Decimal(0))
    assert 0 <= found.total.risk.drawdown <= found.total.risk.max_drawdown


def test_the_object_has_exact_text_and_null_for_undefined() -> None:
    """G1, J1: sums to the last digit, quotients with eight places, "-" is the front end's word for null."""
    found = statistics_json(
        statistics([trade(1, "1"), trade(2, "1"), trade(3, "-1")], FIRST, leaders=["main"], now=DAY)
    )

    assert (found["trades"], found["net"], found["win_rate"], found["sharpe"]) == (3, "1", "66.66666667", None)
    assert (found["balance"], found["reasons"]) == (None, {"stop": 3})
    assert found["by_day"] == [{"day": "1970-01-01", "net": "1", "trades": 3}]


def test_the_object_has_every_part_under_its_name() -> None:
    """J1: what scripts rely on: accounts, groups, take-profits level by level, the curve 10, 10 - 30, 10 - 30 + 5."""
    hit = trade(1, "10", hits=(True, False))
    found: dict[str, Any] = statistics_json(
        statistics([hit, *TRADES[1:]], replace(PERIOD, number=3), leaders=LEADERS, now=DAY)
    )
    parts = ("by_account", "mirrors", "by_strategy", "by_origin", "by_symbol")

    assert [{each: part["net"] for each, part in found[name].items()} for name in parts] == [
        {"main": "15", "second": "-30"},
        {"mirror": "4"},
        {"conservative": "-15"},
        {"cli": "-20", "ggshot": "5"},
        {"BTCUSDT": "10", "ETHUSDT": "-25"},
    ]
    assert [(row["level"], row["hits"], row["rate"]) for row in found["targets"]] == [(1, 1, "100"), (2, 0, "0")]
    assert [(row["at"], row["net"]) for row in found["curve"]] == [(1_000, "10"), (2_000, "-20"), (DAY + 4_000, "-15")]
    assert found["period"]["number"] == 3


def test_what_an_operator_took_over_on_a_mirror_is_no_leaders() -> None:
    """G1, A6: it follows nobody's trade, and was added to what leaders made."""
    taken = replace(trade(5, "7", account="mirror"), leader=None, origin="adopted")
    found = statistics([*TRADES, taken], PERIOD, leaders=LEADERS, mirrors=("mirror",), now=DAY)

    assert told(found.total.figures.net) == "-15"
    assert told(found.mirrors["mirror"].figures.net) == "11"


def test_what_an_emergency_took_over_is_nobodys_trade() -> None:
    """G1, A6: at what price it was opened nobody recorded: a loss was told of what it was closed for."""
    found = statistics([replace(trade(5, "-70"), origin="emergency")], PERIOD, leaders=LEADERS, now=DAY)

    assert (found.total.figures.trades, found.total.figures.unfilled) == (0, 0)
