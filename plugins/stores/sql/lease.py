"""Who runs an account: one process per store, told apart by a growing epoch (rel:F44, rel:P5).

The place's lock keeps a second process out. The epoch keeps a first one out that was paused, or whose lock was lost,
while another took over: every write looks whether its epoch is still the last one, in its own transaction.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from core.words import iso
from plugins.stores.sql import schema
from ports.errors import Stopped

Epochs = Mapping[str, int]
"""By account."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What this process holds. With the inscription an epoch is known again even after an old backup was put back."""

    inscribed: str = ""
    epochs: Epochs = field(default_factory=dict)


def inscription(accounts: Sequence[str], holder: str, since: int) -> str:
    """Enough to find the process that holds a lease."""
    return f"pid {os.getpid()} on {platform.node()} since {iso(since)} ({holder}; accounts {', '.join(accounts)})"


def begin_epochs(connection: Connection, accounts: Sequence[str], inscribed: str, since: int) -> Lease:
    """Write down who runs each account from now on; its epoch grows by one."""
    table = schema.lease
    epochs = {}
    for account in accounts:
        epoch = connection.scalar(select(table.c.epoch).where(table.c.account == account))
        epochs[account] = (epoch or 0) + 1
        values = {"holder": inscribed, "epoch": epochs[account], "since": since}
        if epoch is None:
            connection.execute(insert(table).values(account=account, **values))
        else:
            connection.execute(update(table).where(table.c.account == account).values(**values))
    return Lease(inscribed, epochs)


def check(connection: Connection, name: str, held: Lease, *, until_the_end: bool = False) -> None:
    """Raise Stopped when another process took an account of *held* over; *until_the_end* of a transaction none can."""
    if not held.epochs:
        return
    look = _look(tuple(sorted(held.epochs)), locking=until_the_end)
    found = {row.account: row for row in connection.execute(look)}
    for account, epoch in held.epochs.items():
        row = found.get(account)
        if row is None or (row.epoch, row.holder) != (epoch, held.inscribed):
            by = "nobody: its lease is gone" if row is None else f"{row.holder} (epoch {row.epoch}, ours was {epoch})"
            raise Stopped(
                f"store {name}: account {account} was taken over by {by}. This process has stopped writing and sends "
                "nothing more; the venue keeps the stops. Let one instance run, and find out what started the other"
            )


@lru_cache(maxsize=8)
def _look(accounts: tuple[str, ...], *, locking: bool) -> Select[Any]:
    """Made once: every write asks it, beside the answer to a fill."""
    table = schema.lease.c
    chosen = select(table.account, table.epoch, table.holder).where(table.account.in_(accounts))
    return chosen.with_for_update(read=True) if locking else chosen
