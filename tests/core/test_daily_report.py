"""The day's report (D1): leaders' trades between two moments, mirrors apart, and each account as it stands."""

from dataclasses import replace
from decimal import Decimal

from core.alerts import AccountLine
from core.daily_report import daily_report
from core.reporting import trade_status
from core.view import AccountStatus, PotentialStatus
from core.words import Environment
from tests.core.ledgers import trade

SINCE, UNTIL = 100_000, 200_000
NONE = Decimal(0)
MAIN = AccountStatus(
    account="main",
    environment=Environment.PAPER,
    equity=Decimal(1000),
    available=Decimal(900),
    open_pnl=Decimal(5),
    potential=PotentialStatus(tp1=None, targets=None, stops=Decimal(-7), stops_filled=None),
)
MIRROR = AccountStatus(account="mirror", environment=Environment.PAPER)
LIVE = replace(trade_status(trade(150, "0"), Environment.PAPER), position=Decimal(1), opened_at=150_000)


def test_the_figures_of_a_day() -> None:
    """D1, G1: from the first moment on, not the last; a mirror's trades are never added in."""
    ended = [
        trade(99, "-100"),
        trade(100, "7"),
        trade(199, "-3"),
        trade(150, "0"),
        trade(200, "50"),
        trade(120, "1", account="mirror"),
        trade(130, "2", account="mirror"),
    ]
    found = daily_report(ended, (), (), SINCE, UNTIL, written="today")

    assert (found.until, found.closed, found.wins, found.losses) == ("today", 3, 1, 1)
    assert [found.net, found.fees, found.funding, found.best, found.worst] == [4, 6, 3, 7, -3]
    assert found.mirrors == (("mirror", 2, Decimal(3)),)


def test_what_was_learned_of_late_is_told_once() -> None:
    """D1, G1: a stop that fired the day before, when nobody looked: its report had left without it by then."""
    late = replace(trade(50, "-9"), known_at=UNTIL - 1)
    days = [(SINCE - 100_000, SINCE), (SINCE, UNTIL), (UNTIL, UNTIL + 100_000)]
    found = [daily_report([late], (), (), *each, written="") for each in days]

    assert [each.closed for each in found] == [0, 1, 0]


def test_a_day_without_a_trade() -> None:
    """G1: no best and no worst is invented."""
    found = daily_report((), (), (), SINCE, UNTIL, written="today")

    assert (found.closed, found.opened, found.best, found.worst, found.mirrors) == (0, 0, None, None, ())
    assert (found.net, found.accounts) == (NONE, ())


def test_what_was_opened_counts_wherever_it_stands_now() -> None:
    """D1, G1: live and ended ones, leaders' only, none that an emergency took over, from the first moment on."""
    moments = (SINCE - 1, SINCE, UNTIL - 1, UNTIL)
    live = [replace(LIVE, opened_at=at) for at in moments] + [replace(LIVE, leader="main")]
    ended = [replace(trade(150, "1"), opened_at=at) for at in moments]
    ended.append(replace(trade(150, "1", account="mirror"), opened_at=SINCE))
    ended.append(replace(ended[1], origin="emergency"))

    assert daily_report(ended, live, (), SINCE, UNTIL, written="").opened == 4


def test_each_account_as_it_stands() -> None:
    """E4: its positions are the live trades that hold something; what isn't known stays so."""
    live = [LIVE, replace(LIVE, position=NONE), replace(LIVE, account="mirror")]
    found = daily_report((), iter(live), (MAIN, MIRROR), SINCE, UNTIL, written="")

    assert found.accounts == (
        AccountLine(
            account="main", equity=Decimal(1000), available=Decimal(900), positions=1, open_pnl=Decimal(5),
            at_stops=Decimal(-7),
        ),
        AccountLine(account="mirror", equity=None, available=None, positions=1, open_pnl=None, at_stops=None),
    )  # fmt: skip
