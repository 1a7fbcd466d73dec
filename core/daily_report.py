"""The day's report (D1): what leaders' trades came to in 24 hours, mirrors apart, and how each account stands.

A trade is in the report of when its end was known: that of the day before may have left by then.
"""

from collections.abc import Iterable

from core.alerts import AccountLine, DailyReport
from core.report import TradeReport
from core.stats import TAKEN, Tally, counts, known_at, leads, order
from core.view import AccountStatus, TradeStatus


def daily_report(
    ended: Iterable[TradeReport],
    live: Iterable[TradeStatus],
    accounts: Iterable[AccountStatus],
    since: int,
    until: int,
    *,
    written: str,
) -> DailyReport:
    """The report of *since* to *until*, which is *written* so. *ended* are all trades that may be in it, and others."""
    live, ended = tuple(live), sorted(ended, key=order)
    accounts = tuple(accounts)
    led = {each.account for each in accounts if each.follows is not None}
    leaders, mirrors = Tally(), dict[str, Tally]()
    for each in ended:
        if counts(each) and since <= known_at(each) < until:
            (leaders if leads(each, led) else mirrors.setdefault(each.account, Tally())).add(each)
    opened = [each.opened_at for each in live if leads(each, led) and each.origin != TAKEN]
    opened += [each.opened_at for each in ended if leads(each, led) and each.origin != TAKEN]
    found = leaders.figures()
    return DailyReport(
        until=written,
        accounts=tuple(_line(each, live) for each in accounts),
        opened=sum(1 for at in opened if since <= at < until),
        closed=found.trades,
        wins=found.wins,
        losses=found.losses,
        net=found.net,
        fees=found.fees,
        funding=found.funding,
        best=found.best,
        worst=found.worst,
        mirrors=tuple((name, tally.trades, tally.net) for name, tally in sorted(mirrors.items())),
    )


def _line(account: AccountStatus, live: Iterable[TradeStatus]) -> AccountLine:
    return AccountLine(
        account=account.account,
        equity=account.equity,
        available=account.available,
        positions=sum(1 for each in live if each.account == account.account and each.position),
        open_pnl=account.open_pnl,
        at_stops=account.potential.stops if account.potential is not None else None,
    )
