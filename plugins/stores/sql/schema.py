"""The tables. Money and quantities are exact text inside JSON payloads (`core.record`), never numbers of the database.

Times are venue milliseconds. A journal line with trade "" is about the account itself. The form of all this has a
number, `SCHEMA`, kept in `meta`; a database with a higher one is refused, one with a lower one goes through
`migrations`.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint

SCHEMA = 3

metadata = MetaData()

# SQLite numbers rows by itself only in a column of exactly the type INTEGER.
_ROW = BigInteger().with_variant(Integer, "sqlite")

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

lease = Table(
    "lease",
    metadata,
    Column("account", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
)

trade = Table(
    "trade",
    metadata,
    Column("account", Text, primary_key=True),
    Column("trade", Text, primary_key=True),
    Column("live", Boolean, nullable=False),
    Column("closed_at", BigInteger),
    Column("report", Text),
)
Index("trade_closed", trade.c.closed_at)

journal = Table(
    "journal",
    metadata,
    Column("seq", _ROW, primary_key=True),
    Column("account", Text, nullable=False),
    Column("trade", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("symbol", Text),
    Column("execution", Text),
    Column("payload", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),
    # Null is equal to nothing, so lines that are no executions never collide.
    UniqueConstraint("account", "symbol", "execution", name="execution_once"),
)
Index("journal_by_trade", journal.c.account, journal.c.trade, journal.c.seq)

alert = Table(
    "alert",
    metadata,
    Column("id", _ROW, primary_key=True),
    Column("account", Text, nullable=False),
    Column("trade", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    UniqueConstraint("account", "trade", "kind", "cause", name="alert_once"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _ROW, primary_key=True),
    Column("notifier", Text, nullable=False),
    Column("alert", ForeignKey("alert.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("trade", Text, nullable=False),
    Column("critical", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried", Boolean, nullable=False),
    Column("delivered_at", BigInteger),
    Column("reference", Text),
    # With alert_once: one row per notifier, account, trade, kind and cause (D2).
    UniqueConstraint("notifier", "alert", name="told_once"),
)

named = Table("named", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

audit = Table(
    "audit",
    metadata,
    Column("id", _ROW, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("exit", Integer, nullable=False),
    Column("detail", Text, nullable=False),
)

_PARTIAL = {
    Index("trade_live", trade.c.account): trade.c.live,
    Index("outbox_waiting", outbox.c.notifier, outbox.c.id): outbox.c.delivered_at.is_(None),
}
"""Indexes of some rows only."""


def tables(dialect: str) -> MetaData:
    """All of them, for one dialect.

    SQLAlchemy loads the whole dialect for the one word that an index of some rows has in it: PostgreSQL's was a
    twentieth of every start on SQLite.
    """
    for index, rows in _PARTIAL.items():
        index.dialect_kwargs[f"{dialect}_where"] = rows
    return metadata
