"""From each older form to the next, forward only. A form that was released is never changed again, but followed."""

from collections.abc import Callable, Mapping

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Connection, Integer, Text, update

from plugins.stores.sql import schema
from plugins.stores.sql.opening import FORM

Step = Callable[[Operations], None]


def _to_2(operations: Operations) -> None:
    """Journal lines say under which lease they were written (rel:F44); 0 is for those from before."""
    operations.add_column("journal", Column("epoch", Integer, nullable=False, server_default="0"))


def _to_3(operations: Operations) -> None:
    """Who did what is kept (S1, E6)."""
    operations.create_table(
        "audit",
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("by", Text, nullable=False),
        Column("command", Text, nullable=False),
        Column("arguments", Text, nullable=False),
        Column("exit", Integer, nullable=False),
        Column("detail", Text, nullable=False),
        if_not_exists=True,
    )


STEPS: Mapping[int, Step] = {2: _to_2, 3: _to_3}
"""By the number of the form that a step leads to. A step says all itself: `schema` only knows the latest form.

A table that a step makes may stand there: who goes back to an older Tandem puts its backup back, and in PostgreSQL that
replaces only the tables that the backup knows.
"""


def migrate(connection: Connection, found: int) -> None:
    """Bring form *found* to the present one, in the caller's transaction: all the way, or not at all."""
    operations = Operations(MigrationContext.configure(connection))
    for number in range(found + 1, schema.SCHEMA + 1):
        STEPS[number](operations)
    table = schema.meta
    connection.execute(update(table).where(table.c.name == FORM).values(value=str(schema.SCHEMA)))
