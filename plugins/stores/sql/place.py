"""Where the tables are. What differs between SQLite and PostgreSQL stands behind this shape, and nowhere else."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from plugins.stores.sql.shelf import Shelf

READING = "tandem_reading"
"""The execution option of an engine whose transactions only read."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A good copy: the number of its form, and the salt of the store that it was made of.

    *trades* are all that it knows, (account, trade) each; None where that can't be told before it is put back.
    """

    form: int
    salt: str
    trades: frozenset[tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class PutBack:
    """Where the present was kept ("" for nothing), and how many of its lines a damaged one still gave."""

    kept: str
    salvaged: int = 0


class Place(Protocol):
    """One database. All but `translated`, and what is about copies is called in the store's own thread."""

    @property
    def name(self) -> str:
        """What messages call it; it holds no secret."""
        ...

    @property
    def reads(self) -> Mapping[str, object]:
        """The execution options of a transaction that only reads, on one consistent view."""
        ...

    def prepare(self) -> None:
        """Look before anything is written; raises Stopped for what is damaged or not ours (F47)."""
        ...

    def writing(self) -> Engine:
        """An engine with one connection, every commit of it durable."""
        ...

    def reading(self) -> Engine:
        """An engine that can't write. Raises Stopped where there is no database."""
        ...

    def serialize(self, connection: Connection) -> None:
        """Let no other process make or change tables until this transaction ends."""
        ...

    def lock(self, connection: Connection, inscription: str) -> None:
        """Let no other process in until `unlock` or death, however it dies; raises Stopped naming who is in."""
        ...

    def hold(self, connection: Connection) -> None:
        """Be sure before a write that the lock is still ours, and lock anew where a broken connection took it with it.

        Raises Unavailable while that isn't possible yet, Stopped when the database is no longer where it was.
        """
        ...

    def unlock(self) -> None:
        """Let others in; safe to call twice."""
        ...

    def stamp(self, connection: Connection) -> str:
        """The transaction's number, by which `outcome` knows it again; "" where a commit never leaves a doubt."""
        ...

    def outcome(self, connection: Connection, stamp: str) -> str:
        """What became of a transaction: committed, aborted or in progress."""
        ...

    def translated(self) -> AbstractContextManager[None]:
        """Turn what the database raises into Unavailable or Stopped; anything else is a bug and stays."""
        ...

    def copy(self, target: Path) -> None:
        """Write all that is committed into a new private file, beside whoever writes; what was written is sound."""
        ...

    def check(self, copy: Path) -> Copy:
        """What a good copy is; raises Damaged, Stopped or Unavailable, which name the copy."""
        ...

    def lived_in(self) -> bool:
        """Whether a Tandem has run on it before, so that what lies there is ours though it can't be read."""
        ...

    def alone(self, inscription: str) -> AbstractContextManager[None]:
        """Locked for as long as the block lasts, with nothing of it open; raises Stopped naming who is in."""
        ...

    def put_back(self, copy: Path, shelf: Shelf, at: int) -> PutBack:
        """Replace all that is stored by a good copy, while `alone`, and keep the present."""
        ...
