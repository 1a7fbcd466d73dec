"""The store, read from outside beside the service: what it booked and planned, and whether it is whole."""

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import orjson
from sqlalchemy import Engine, select

from core.facts import Filled
from core.plan import Plan
from core.record import decode_what
from plugins.stores.sql import schema
from plugins.stores.sql.lines import verify
from plugins.stores.sql.place import Place
from plugins.stores.sql.postgres import PostgresDatabase
from plugins.stores.sql.reading import lines
from plugins.stores.sql.sqlite_file import SqliteFile
from ports.secret import Secret

PACKAGES = Path("/usr/lib/postgresql")
_USER = "tandem"
_JOURNAL = schema.journal.c


@dataclass(slots=True)
class Ledger:
    """All executions and plans that were ever seen stored, and how often each execution was."""

    place: Place
    section: str
    """The configuration's section of the store."""
    file: Path | None = None
    booked: dict[tuple[str, str], Filled] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    plans: dict[tuple[str, str], Plan] = field(default_factory=dict)
    lines: int = 0
    _last: int = 0
    _engine: Engine | None = None

    def read(self) -> None:
        """Take in what was stored since the last time."""
        wanted = select(_JOURNAL.seq, _JOURNAL.account, _JOURNAL.payload).where(_JOURNAL.seq > self._last)
        with self._reading().connect() as connection:
            rows = connection.execute(wanted.order_by(_JOURNAL.seq)).all()
        for row in rows:
            self._last = row.seq
            self.lines += 1
            match decode_what(orjson.loads(row.payload)):
                case Filled() as fill:
                    if (row.account, fill.execution) in self.booked:
                        self.twice.append(f"{row.account} booked {fill.execution} twice")
                    self.booked[row.account, fill.execution] = fill
                case Plan() as plan:
                    self.plans[row.account, plan.trade] = plan
                case _:
                    pass

    def ended(self) -> int:
        """How many trades have a report."""
        with self._reading().connect() as connection:
            return len(connection.scalars(select(schema.trade.c.trade).where(~schema.trade.c.live)).all())

    def whole(self) -> list[str]:
        """What is corrupt: every chain is followed from its first line, and nothing that was seen may be gone."""
        wanted = lines().order_by(_JOURNAL.seq)
        with self._reading().connect() as connection:
            rows = connection.execute(wanted).all()
        try:
            verify(self.place.name, rows)
        except Exception as error:  # noqa: BLE001 - whatever a damaged journal raises is the finding
            return [f"the journal does not open: {error}"]
        return [] if len(rows) >= self.lines else [f"{self.lines} journal lines were seen, {len(rows)} are left"]

    def unsound(self, aside: Path) -> list[str]:
        """What SQLite finds wrong in the files as a dead service left them; looked at in a copy."""
        if self.file is None or not self.file.exists():
            return []
        aside.mkdir(exist_ok=True)
        copy = aside / self.file.name
        for ending in ("", "-wal"):
            Path(f"{copy}{ending}").unlink(missing_ok=True)
            if Path(f"{self.file}{ending}").exists():
                shutil.copyfile(f"{self.file}{ending}", f"{copy}{ending}")
        connection = sqlite3.connect(copy)
        try:
            found = [str(row[0]) for row in connection.execute("PRAGMA quick_check")]
        finally:
            connection.close()
        return [] if found == ["ok"] else [f"quick_check: {line}" for line in found]

    def net(self, account: str, symbol: str) -> Decimal:
        """The position that the booked executions add up to."""
        fills = (fill for (name, _), fill in self.booked.items() if name == account and fill.slot.symbol == symbol)
        return sum((fill.quantity if fill.side == "buy" else -fill.quantity for fill in fills), Decimal(0))

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _reading(self) -> Engine:
        if self._engine is None:
            self._engine = self.place.reading()
        return self._engine


@contextmanager
def ledger(kind: str, folder: Path) -> Iterator[Ledger]:
    """A new, empty store of that kind for the service in *folder*. Raises RuntimeError where it can't be had."""
    if kind == "sqlite":
        path = folder / "var" / "tandem.db"
        yield from _closing(Ledger(SqliteFile(str(path)), "{use: sqlite, path: var/tandem.db}", file=path))
        return
    with _server() as url:
        address = folder / "database.url"
        folder.mkdir(parents=True, exist_ok=True)
        address.touch(mode=0o600)
        address.write_text(url, "utf-8")
        place = PostgresDatabase(Secret(url, "!file database.url"))
        yield from _closing(Ledger(place, "{use: postgres, url: !file database.url}"))


def _closing(found: Ledger) -> Iterator[Ledger]:
    try:
        yield found
    finally:
        found.close()


@contextmanager
def _server() -> Iterator[str]:
    """A PostgreSQL server that commits durably, and the address of an empty database in it."""
    with tempfile.TemporaryDirectory(prefix="tandem-pg-") as name:
        yield from _serving(Path(name))


def _serving(folder: Path) -> Iterator[str]:
    found = sorted(PACKAGES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError(f"not run: no PostgreSQL server under {PACKAGES}; apt-get install postgresql")
    programs, data = found[-1].parent, str(folder / "data")
    if os.geteuid() == 0:  # the server refuses to be root
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    _run(programs / "initdb", "-D", data, "-U", _USER, "-A", "trust", "--locale=C", "-E", "UTF8")
    options = f"-k {folder} -c listen_addresses=''"
    _run(programs / "pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://{_USER}@/postgres?host={folder}"
    finally:
        _run(programs / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")


def _run(program: Path, *words: str) -> None:
    user = "postgres" if os.geteuid() == 0 else None
    done = subprocess.run([str(program), *words], user=user, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program.name}: {done.stdout}{done.stderr}")
