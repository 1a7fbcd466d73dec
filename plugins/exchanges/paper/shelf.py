"""Where the embedded venue is kept: a SQLite file, one durable transaction at a time (WAL, synchronous FULL).

What changes is one row; what only grows (closed orders, executions) is appended, so that a save costs the same after a
year. Client ids are read back from the orders: they stay taken for ever.
"""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import Stopped
from plugins.exchanges.paper.saving import dump_execution, dump_live, dump_order, load
from plugins.exchanges.paper.venue.events import Event, Executed, OrderUpdated
from plugins.exchanges.paper.venue.policies import Policies
from plugins.exchanges.paper.venue.state import VenueState

_TABLES = (
    "create table if not exists world (id integer primary key, state text not null)",
    "create table if not exists closed (account text, id text, link text, row text, primary key (account, id))",
    "create table if not exists executions (number integer primary key, account text, row text)",
)


class Shelf:
    """One file. Not opened by the constructor."""

    def __init__(self, path: Path) -> None:
        """The file is made by `open` with mode 0600."""
        self.path = path
        self._file: sqlite3.Connection | None = None

    def open(self, state: VenueState) -> bool:
        """Put the kept world into *state*; False when there is none yet. Raises Stopped when it is damaged or shut."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(mode=0o600, exist_ok=True)
            self.path.chmod(0o600)
        except OSError as error:
            raise Stopped(
                f"{self.path}: the embedded venue can't be kept there: {error.strerror}; "
                "name a place by `venue: {state: ...}` that the service may write"
            ) from error
        try:
            self._file = sqlite3.connect(self.path, check_same_thread=False)
            self._file.execute("pragma journal_mode=wal")
            self._file.execute("pragma synchronous=full")
            for table in _TABLES:
                self._file.execute(table)
            saved = self._read(self._file, state.policies)
            if saved is not None:
                load(state, saved)
            return saved is not None
        except (sqlite3.Error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            self.close()
            raise Stopped(
                f"{self.path}: the embedded venue's state can't be read ({error}); "
                "move the file away to begin with a new venue, or put a backup in its place"
            ) from error

    def save(self, state: VenueState, events: Sequence[Event]) -> None:
        """Write the present and append what *events* closed and executed, in one transaction."""
        if self._file is None:
            return
        live = json.dumps(dump_live(state), separators=(",", ":"))
        with self._file:
            self._file.execute("insert or replace into world (id, state) values (1, ?)", (live,))
            self._file.executemany(
                "insert or replace into closed (account, id, link, row) values (?, ?, ?, ?)", _closed(events)
            )
            self._file.executemany("insert into executions (account, row) values (?, ?)", _executed(events))

    def close(self) -> None:
        """Let go of the file; harmless twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self, file: sqlite3.Connection, policies: Policies) -> dict[str, Any] | None:
        found = file.execute("select state from world where id = 1").fetchone()
        if found is None:
            return None
        saved: dict[str, Any] = json.loads(found[0])
        for name, account in saved["accounts"].items():
            account["links"] = dict(
                file.execute("select link, id from closed where account = ? and link <> ''", (name,))
            )
            account["closed"] = _latest(file, "closed", name, policies.history)
            account["executions"] = _latest(file, "executions", name, policies.executions)
        return saved


def _latest(file: sqlite3.Connection, table: str, account: str, limit: int) -> list[dict[str, Any]]:
    query = f"select row from {table} where account = ? order by rowid desc limit ?"  # noqa: S608 - two fixed names
    return [json.loads(row) for (row,) in file.execute(query, (account, limit))][::-1]


def _closed(events: Sequence[Event]) -> list[tuple[str, str, str, str]]:
    return [
        (each.account, each.order.id, each.order.link, json.dumps(dump_order(each.order)))
        for each in events
        if isinstance(each, OrderUpdated) and not each.order.open and each.order.status != "Triggered"
    ]


def _executed(events: Sequence[Event]) -> list[tuple[str, str]]:
    return [(each.account, json.dumps(dump_execution(each))) for each in events if isinstance(each, Executed)]
