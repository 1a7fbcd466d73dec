"""A real PostgreSQL server for tests, from the machine's own packages; without them its tests are skipped, with why."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from plugins.stores.sql.postgres import PostgresDatabase
from ports.secret import Secret

MISSING = (
    "not run: no PostgreSQL server here (initdb is neither in PATH nor in /usr/lib/postgresql; apt-get install it)"
)
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
USER = "tandem"
KEYED = "keyed"
"""A user who needs a password; the others are let in by the socket."""


def programs() -> Path | None:
    """Where initdb and pg_ctl are; None when there are none."""
    known = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(known).parent if known else found[-1].parent if found else None


@dataclass(frozen=True, slots=True)
class Server:
    """A running server that only its socket's folder leads to."""

    folder: Path
    programs: Path
    owner: str | None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def start(self) -> None:
        """Start it and wait until it lets somebody in."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=40"
        self._control("-l", self.folder / "log", "-o", options, "start")

    def stop(self) -> None:
        """End it at once, whoever is connected."""
        self._control("-m", "immediate", "stop")

    def _control(self, *words: object) -> None:
        _run([self.programs / "pg_ctl", "-D", self.folder / "data", "-w", *words], self.owner)

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def say(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the server's owner, beside whoever else is connected."""
        with psycopg.connect(self.url(database), autocommit=True) as session:
            done = session.execute(statement.encode())
            return done.fetchall() if done.description else []

    def end_sessions(self, url: str) -> None:
        """Break every connection to a database."""
        self.say(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name_of(url)}'")  # noqa: S608

    def with_password(self, user: str, password: str) -> str:
        """The address of a new database of a user whom the server lets in by a password only."""
        url = self.fresh()
        self.say(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        self.say(f"ALTER DATABASE {name_of(url)} OWNER TO {user}")
        return url.replace(f"//{USER}@", f"//{user}:{quote(password, safe='')}@")

    def fresh(self) -> str:
        """The address of a new, empty database."""
        name = f"t{next(self.numbers)}"
        self.say(f"CREATE DATABASE {name}")
        return self.url(name)


@contextmanager
def running() -> Iterator[Server]:
    """A server for as long as the block lasts; skips the test where the machine has none."""
    where = programs()
    if where is None:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="tandem-pg-", dir=quick_folder()) as name:
        folder = Path(name)
        owner = _owner(folder)
        initdb = [where / "initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "-N", "--locale=C", "-E", "UTF8"]
        _run(initdb, owner)
        rules = folder / "data" / "pg_hba.conf"
        rules.write_text(f"local all {KEYED} scram-sha-256\n{rules.read_text()}")
        server = Server(folder, where, owner)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def quick_folder() -> str | None:
    """Where a sync costs nothing and thousands of files are gone in a moment; None where there is no such place."""
    return str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None


def _owner(folder: Path) -> str | None:
    """The server refuses to run as root: it is given the packages' own user then."""
    if os.geteuid() != 0:
        return None
    found = pwd.getpwnam("postgres")
    os.chown(folder, found.pw_uid, found.pw_gid)
    return "postgres"


def _run(command: Sequence[object], user: str | None) -> None:
    done = subprocess.run(
        [str(part) for part in command], user=user, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def name_of(url: str) -> str:
    """The database in an address."""
    return urlsplit(url).path.removeprefix("/")


def place(url: str) -> PostgresDatabase:
    """The store's place at an address."""
    return PostgresDatabase(Secret(url, "!env TANDEM_DB"))
