"""Who runs an account: one process per store, told apart by a growing epoch (rel:P5)."""

import os
import platform
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from core.words import iso
from plugins.stores.sql import schema


def inscription(accounts: Sequence[str], holder: str, since: int) -> str:
    """What the lock file says: enough to find the process that holds it."""
    return f"pid {os.getpid()} on {platform.node()} since {iso(since)} ({holder}; accounts {', '.join(accounts)})"


def begin_epochs(connection: Connection, accounts: Sequence[str], holder: str, since: int) -> None:
    """Write down who runs each account from now on; its epoch grows by one."""
    table = schema.lease
    for account in accounts:
        epoch = connection.scalar(select(table.c.epoch).where(table.c.account == account))
        values = {"holder": holder, "epoch": (epoch or 0) + 1, "since": since}
        if epoch is None:
            connection.execute(insert(table).values(account=account, **values))
        else:
            connection.execute(update(table).where(table.c.account == account).values(**values))
