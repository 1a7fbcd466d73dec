"""One batch into the tables, in the caller's transaction: plans, facts, ended trades, alerts, who must be told."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.alerts import Alert
from core.report import TradeReport
from plugins.stores.sql import schema
from plugins.stores.sql.lease import Epochs
from plugins.stores.sql.lines import ACCOUNT_ITSELF, Chain, chain_of, execution_of, line, text_of
from ports.persistence import Audited, Batch, Record

NO_EPOCHS: Epochs = MappingProxyType({})
ASKED_AT_ONCE = 1_000
"""Keys in one query: a database takes some ten thousand values in a statement, and a first cut may bring more."""


def append(
    connection: Connection, batch: Batch, notifiers: tuple[str, ...], now: int, epochs: Epochs = NO_EPOCHS
) -> None:
    """Store the batch; what was stored before (an execution, an alert with the same cause) is passed over.

    Every line carries the epoch of the lease it was written under, 0 without one (rel:F44).
    """
    fresh = _unseen(connection, batch.records)
    chains = {chain_of(record) for record in fresh} | {(report.account, report.id) for report in batch.closed}
    _know_trades(connection, chains)
    if fresh:
        connection.execute(insert(schema.journal), _lines(connection, fresh, epochs))
    for report in batch.closed:
        _end(connection, report)
    _tell(connection, batch.alerts, notifiers, now)


def _unseen(connection: Connection, records: tuple[Record, ...]) -> list[Record]:
    """The records without the executions that are stored already, or twice in this batch."""
    executions = {(record.account, *found) for record in records if (found := execution_of(record))}
    seen = _known(connection, schema.journal, ("account", "symbol", "execution"), executions)
    fresh = []
    for record in records:
        found = execution_of(record)
        if found is not None and (record.account, *found) in seen:
            continue
        if found is not None:
            seen.add((record.account, *found))
        fresh.append(record)
    return fresh


def _known(connection: Connection, table: Any, names: tuple[str, ...], keys: set[Any]) -> set[Any]:
    """Those of *keys* that the table holds; sorted into the queries, so that every run asks alike.

    Only the last part of a key is asked for as one of many: for rows in a list SQLite reads the whole index, and
    PostgreSQL compares each line with each of them.
    """
    *columns, last = (table.c[name] for name in names)
    found: set[Any] = set()
    for head, group in groupby(sorted(keys), key=itemgetter(slice(-1))):
        under = [column == value for column, value in zip(columns, head, strict=True)]
        wanted = [key[-1] for key in group]
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            chosen = select(last).where(*under, last.in_(wanted[start : start + ASKED_AT_ONCE]))
            found |= {(*head, one) for one in connection.scalars(chosen)}
    return found


def _know_trades(connection: Connection, chains: set[Chain]) -> None:
    """A trade is live from its first line until its report."""
    trades = {chain for chain in chains if chain[1] != ACCOUNT_ITSELF}
    missing = sorted(trades - _known(connection, schema.trade, ("account", "trade"), trades))
    if missing:
        rows = [{"account": account, "trade": trade, "live": True} for account, trade in missing]
        connection.execute(insert(schema.trade), rows)


def _lines(connection: Connection, records: list[Record], epochs: Epochs) -> list[dict[str, Any]]:
    heads: dict[Chain, str] = {}
    rows = []
    for record in records:
        chain = chain_of(record)
        if chain not in heads:
            heads[chain] = _head(connection, chain)
        row = line(record, heads[chain])
        heads[chain] = row["chain"]
        rows.append({**row, "epoch": epochs.get(record.account, 0)})
    return rows


def _head(connection: Connection, chain: Chain) -> str:
    table = schema.journal.c
    last = select(table.chain).where(table.account == chain[0], table.trade == chain[1]).order_by(table.seq.desc())
    return connection.scalar(last.limit(1)) or ""


def _end(connection: Connection, report: TradeReport) -> None:
    """A later report of the same trade replaces the first: each closed trade counts once (DESIGN 5.8)."""
    table = schema.trade
    ended_at = report.opened_at if report.closed_at is None else report.closed_at
    connection.execute(
        update(table)
        .where(table.c.account == report.account, table.c.trade == report.id)
        .values(live=False, closed_at=ended_at, report=text_of(report))
    )


def _tell(connection: Connection, alerts: tuple[Alert, ...], notifiers: tuple[str, ...], now: int) -> None:
    keys = {_cause(alert) for alert in alerts}
    seen = _known(connection, schema.alert, ("account", "trade", "kind", "cause"), keys)
    rows: list[dict[str, Any]] = []
    for alert in alerts:
        if _cause(alert) not in seen:
            seen.add(_cause(alert))
            rows.extend(_addressed(alert, _keep(connection, alert), notifiers, now))
    if rows:
        connection.execute(insert(schema.outbox), rows)


def _cause(alert: Alert) -> tuple[str, str, str, str]:
    return alert.account, alert.trade, alert.kind, alert.cause


def _keep(connection: Connection, alert: Alert) -> int:
    account, trade, kind, cause = _cause(alert)
    row = {"account": account, "trade": trade, "kind": kind, "cause": cause, "at": alert.at, "payload": text_of(alert)}
    made = connection.execute(insert(schema.alert).values(row)).inserted_primary_key
    return int(made[0]) if made else 0


def _addressed(alert: Alert, number: int, notifiers: tuple[str, ...], now: int) -> Iterable[dict[str, Any]]:
    for notifier in notifiers:
        yield {
            "notifier": notifier,
            "alert": number,
            "account": alert.account,
            "trade": alert.trade,
            "critical": int(alert.critical),
            "created_at": now,
            "due_at": 0,
            "attempts": 0,
            "tried": False,
        }


def remember(connection: Connection, name: str, value: str) -> None:
    """Set a named value."""
    table = schema.named
    changed = connection.execute(update(table).where(table.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(table).values(name=name, value=value))


def audit(connection: Connection, entry: Audited) -> None:
    """Keep an act."""
    connection.execute(insert(schema.audit), asdict(entry))
