"""What the tables hold, as values: journals, executions, reports, alerts. Reads only."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, inspect, select, tuple_

from core.alerts import Alert
from core.facts import Filled, Funding
from core.record import in_venue_order
from core.report import TradeReport
from core.stats import order
from plugins.stores.sql import schema
from plugins.stores.sql.lines import ACCOUNT_ITSELF, alert_of, record, records, report_of
from ports.persistence import Audited, Record

_JOURNAL = schema.journal.c
_TRADE = schema.trade.c


class Reading:
    """The reads of one store; *path* names it in messages."""

    def __init__(self, path: str) -> None:
        """Keep the name."""
        self.path = path

    def live(self, connection: Connection, account: str) -> tuple[Record, ...]:
        """Journals of live trades and of the account, checked line by line; closed trades are not touched."""
        open_trades = connection.scalars(select(_TRADE.trade).where(_TRADE.account == account, _TRADE.live))
        return self._journal(connection, account, [ACCOUNT_ITSELF, *open_trades])

    def trade(self, connection: Connection, account: str, trade: str) -> tuple[Record, ...]:
        """One trade's journal, checked line by line."""
        return self._journal(connection, account, [trade])

    def _journal(self, connection: Connection, account: str, trades: list[str]) -> tuple[Record, ...]:
        chosen = lines().where(_JOURNAL.account == account, _JOURNAL.trade.in_(trades)).order_by(_JOURNAL.seq)
        return records(self.path, connection.execute(chosen))

    def live_elsewhere(self, connection: Connection, accounts: Collection[str]) -> tuple[tuple[str, str], ...]:
        """Live trades of other accounts."""
        found = select(_TRADE.account, _TRADE.trade).where(_TRADE.live, _TRADE.account.not_in(accounts))
        return tuple(sorted((row.account, row.trade) for row in connection.execute(found)))

    def requests(self, connection: Connection, account: str) -> frozenset[str]:
        """Every trade the account ever had."""
        return frozenset(connection.scalars(select(_TRADE.trade).where(_TRADE.account == account)))

    def executions(self, connection: Connection, account: str, trade: str | None) -> tuple[Filled | Funding, ...]:
        """The execution ledger."""
        chosen = lines().where(_JOURNAL.account == account, _JOURNAL.execution.is_not(None))
        if trade is not None:
            chosen = chosen.where(_JOURNAL.trade == trade)
        found = [record(self.path, row).what for row in connection.execute(chosen)]
        return in_venue_order(what for what in found if isinstance(what, Filled | Funding))

    def closed(self, connection: Connection, account: str | None, limit: int) -> tuple[TradeReport, ...]:
        """Reports of ended trades, newest first."""
        chosen = select(_TRADE.report).where(_TRADE.report.is_not(None))
        if account is not None:
            chosen = chosen.where(_TRADE.account == account)
        newest = chosen.order_by(_TRADE.closed_at.desc(), _TRADE.account, _TRADE.trade).limit(limit)
        return tuple(report_of(self.path, payload) for payload in connection.scalars(newest) if payload is not None)

    def ended(
        self, connection: Connection, since: int, until: int | None, after: TradeReport | None, limit: int
    ) -> tuple[TradeReport, ...]:
        """One page of the reports of a time, oldest first."""
        chosen = select(_TRADE.report).where(_TRADE.report.is_not(None), _TRADE.closed_at >= since)
        if until is not None:
            chosen = chosen.where(_TRADE.closed_at < until)
        if after is not None:
            at, *rest = order(after)
            later = tuple_(_TRADE.account, _TRADE.trade) > tuple_(*rest)
            chosen = chosen.where((_TRADE.closed_at > at) | ((_TRADE.closed_at == at) & later))
            chosen = chosen.where(_TRADE.closed_at >= at)  # lets the index begin there
        page = chosen.order_by(_TRADE.closed_at, _TRADE.account, _TRADE.trade).limit(limit)
        return tuple(report_of(self.path, payload) for payload in connection.scalars(page) if payload is not None)

    def alerts(self, connection: Connection, limit: int) -> tuple[Alert, ...]:
        """The latest alerts."""
        newest = select(schema.alert.c.payload).order_by(schema.alert.c.id.desc()).limit(limit)
        return tuple(alert_of(self.path, payload) for payload in connection.scalars(newest))

    def audited(self, connection: Connection, limit: int) -> tuple[Audited, ...]:
        """The latest acts; none in a form from before they were kept, which a reader meets as it lies."""
        if not inspect(connection).has_table(schema.audit.name):
            return ()
        table = schema.audit.c
        newest = select(schema.audit).order_by(table.id.desc()).limit(limit)
        return tuple(
            Audited(
                at=row.at, by=row.by, command=row.command, arguments=row.arguments, exit=row.exit, detail=row.detail
            )
            for row in connection.execute(newest)
        )

    def recall(self, connection: Connection, name: str) -> str | None:
        """A named value."""
        return connection.scalar(select(schema.named.c.value).where(schema.named.c.name == name))

    def salt(self, connection: Connection) -> str:
        """The installation's salt."""
        return str(connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == "salt")))


def lines() -> Select[Any]:
    """What a journal line is read from."""
    return select(_JOURNAL.seq, _JOURNAL.account, _JOURNAL.trade, _JOURNAL.at, _JOURNAL.payload, _JOURNAL.chain)
