"""What to do about a batch whose commit broke with the connection: it may be stored, and is handed over once more.

Executions, alerts and reports are known again by their keys; plans and other facts have none, and would stand twice.
"""

from dataclasses import replace

from sqlalchemy import Connection

from plugins.stores.sql.place import Place
from ports.errors import Unavailable
from ports.persistence import Batch, Record

Records = tuple[Record, ...]


class Doubt:
    """Whoever appends hands over what was refused again, first and in the same order, more behind it or not."""

    def __init__(self, place: Place) -> None:
        """Nothing is in doubt."""
        self._place = place
        self._stamp = ""
        self._asked: Records = ()
        self._stored: Records = ()

    def arose(self, stamp: str, batch: Batch) -> None:
        """The transaction *stamp*, which held *batch*, may have been stored."""
        self._stamp, self._asked = stamp, batch.records

    def settle(self, connection: Connection) -> None:
        """Ask the database what became of it; raises Unavailable while it doesn't know."""
        if not self._stamp:
            return
        outcome = self._place.outcome(connection, self._stamp)
        if outcome == "in progress":
            raise Unavailable(f"store {self._place.name}: still deciding about the last commit before the break")
        if outcome == "committed":
            self._stored = self._asked
        self._stamp = ""

    def without_stored(self, batch: Batch) -> Batch:
        """*batch* without the records at its head that are stored."""
        known = len(self._stored)
        return replace(batch, records=batch.records[known:]) if batch.records[:known] == self._stored else batch

    def gone(self) -> None:
        """A batch was stored, and nothing before it is in doubt."""
        self._stored = ()
