"""What a damaged SQLite store still proves of the time since a backup: its newer journal lines, into a copy of that.

A line counts when its chain value follows from the line before it, so nothing is guessed. An execution that is lost
here is told again by the venue; a plan is not.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from plugins.stores.sql.connection import reading_address
from plugins.stores.sql.lines import ACCOUNT_ITSELF, Chain, link

Row = dict[str, Any]


def salvage(damaged: Path, copy: Path) -> int:
    """Add to *copy*, a backup nobody has open, the newer lines that *damaged* proves; says how many."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as into:
        last = into.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
        found = {row["seq"]: row for row in _readable(damaged, last, _salt(into))}
        into.execute("BEGIN IMMEDIATE")
        added = list(_proven(into, [found[seq] for seq in sorted(found)]))
        for row in added:
            _add(into, row)
        for key in sorted({(row["account"], row["trade"]) for row in added}):
            _know(into, key, _ended(damaged, key))
        into.execute("COMMIT")
    return len(added)


def _readable(damaged: Path, last: int, salt: str) -> Iterator[Row]:
    """Lines after *last*, from both ends up to where the damage is; none of another installation's."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(reading_address(damaged), uri=True)) as source:
        if _salt(source) not in ("", salt):
            return
        for order in ("ASC", "DESC"):
            yield from _until_damage(source, last, order)


def _salt(source: sqlite3.Connection) -> str:
    """The installation's salt, "" where it can't be read."""
    try:
        found = source.execute("SELECT value FROM meta WHERE name = 'salt'").fetchone()
    except sqlite3.Error:
        return ""
    return str(found[0]) if found else ""


def _until_damage(source: sqlite3.Connection, last: int, order: str) -> Iterator[Row]:
    query = f"SELECT * FROM journal WHERE seq > ? ORDER BY seq {order}"  # noqa: S608 - one of two words
    with suppress(sqlite3.Error):
        cursor = source.execute(query, (last,))
        names = [column[0] for column in cursor.description]
        for values in cursor:
            yield dict(zip(names, values, strict=True))


def _proven(into: sqlite3.Connection, rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that follow from what is there; after a missing or changed one, nothing more of that trade does."""
    heads: dict[Chain, str] = {}
    for row in rows:
        key = (row["account"], row["trade"])
        if key not in heads:
            heads[key] = _head(into, key)
        if row["chain"] == link(heads[key], *key, row["at"], row["payload"]):
            heads[key] = row["chain"]
            yield row


def _head(into: sqlite3.Connection, key: Chain) -> str:
    query = "SELECT chain FROM journal WHERE account = ? AND trade = ? ORDER BY seq DESC LIMIT 1"
    found = into.execute(query, key).fetchone()
    return str(found[0]) if found else ""


def _add(into: sqlite3.Connection, row: Row) -> None:
    known = {name for (_, name, *_) in into.execute("PRAGMA table_info(journal)")}
    names = [name for name in row if name in known]
    marks = ", ".join("?" * len(names))
    into.execute(
        f"INSERT INTO journal ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 - the table's own columns
        [row[name] for name in names],
    )


def _ended(damaged: Path, key: Chain) -> tuple[int, str] | None:
    """When a trade ended and its report, if the damaged store still says so."""
    query = "SELECT closed_at, report FROM trade WHERE account = ? AND trade = ? AND report IS NOT NULL AND NOT live"
    with suppress(sqlite3.Error), closing(sqlite3.connect(reading_address(damaged), uri=True)) as source:
        found: tuple[int, str] | None = source.execute(query, key).fetchone()
        return found
    return None


def _know(into: sqlite3.Connection, key: Chain, ended: tuple[int, str] | None) -> None:
    """A trade with new lines is live, unless it is known to have ended; who folds them finds out the rest."""
    if key[1] == ACCOUNT_ITSELF:
        return
    into.execute(
        "INSERT INTO trade (account, trade, live, closed_at, report) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET live = excluded.live, closed_at = excluded.closed_at, report = excluded.report",
        (*key, ended is None, *(ended or (None, None))),
    )
