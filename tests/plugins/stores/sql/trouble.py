"""sqlite3 with a disk that refuses: whatever is asked of it counts, and the asked-for ones are answered by an error."""

import sqlite3
from collections.abc import Iterable
from typing import Any

NAMES = {sqlite3.SQLITE_FULL: "SQLITE_FULL", sqlite3.SQLITE_IOERR: "SQLITE_IOERR", sqlite3.SQLITE_BUSY: "SQLITE_BUSY"}
UNDONE_BY_SQLITE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
"""After these SQLite has rolled the transaction back by itself; after a lock it is still open."""


class Trouble:
    """Counts, and refuses the calls numbered from *first* on, *lasting* of them."""

    def __init__(self, code: int, first: int, lasting: int = 1) -> None:
        """*first* 0 refuses nothing."""
        self.code = code
        self.refused = range(first, first + lasting) if first else range(0)
        self.asked = 0

    def ask(self, connection: sqlite3.Connection | None) -> None:
        """One more call; raises what SQLite would."""
        self.asked += 1
        if self.asked in self.refused:
            if connection is not None and self.code in UNDONE_BY_SQLITE:
                sqlite3.Connection.rollback(connection)
            error = sqlite3.OperationalError(f"made up: {NAMES[self.code]}")
            error.sqlite_errorcode = self.code
            error.sqlite_errorname = NAMES[self.code]
            raise error

    def connections(self) -> type[sqlite3.Connection]:
        """What makes connections that are troubled so."""
        trouble = self

        class Cursor(sqlite3.Cursor):
            def execute(self, sql: str, values: Any = (), /) -> "Cursor":
                trouble.ask(self.connection)
                super().execute(sql, values)
                return self

            def executemany(self, sql: str, values: Iterable[Any], /) -> "Cursor":
                trouble.ask(self.connection)
                super().executemany(sql, values)
                return self

            def fetchone(self) -> Any:
                self._read()
                return super().fetchone()

            def fetchall(self) -> list[Any]:
                self._read()
                return super().fetchall()

            def _read(self) -> None:
                try:
                    trouble.ask(self.connection)
                except sqlite3.Error:
                    # SQLite ends a statement that fails, and lets go of what it had locked.
                    super().close()
                    raise

        class Connection(sqlite3.Connection):
            def __init__(self, *arguments: Any, **named: Any) -> None:
                trouble.ask(None)
                super().__init__(*arguments, **named)

            def cursor(self, factory: Any = None) -> Any:
                return super().cursor(Cursor)

            def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
                cursor: Cursor = self.cursor()
                return cursor.execute(sql, values)

            def commit(self) -> None:
                trouble.ask(self)
                super().commit()

            def rollback(self) -> None:
                trouble.ask(self)
                super().rollback()

        return Connection
