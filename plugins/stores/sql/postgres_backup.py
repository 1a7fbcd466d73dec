"""Copies of the store in PostgreSQL, by the server's own pg_dump and pg_restore: without them there are none."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from plugins.stores.sql import schema
from plugins.stores.sql.faults import damaged
from plugins.stores.sql.files import PRIVATE
from plugins.stores.sql.place import Copy
from ports.errors import Stopped, Unavailable

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
DEBIAN = Path("/usr/lib/postgresql")
_SECRETS = ("password", "sslpassword")
_LONGEST = 500
ENDS_WITHIN = 600
"""Seconds in which a program must have done: one of a gigabyte takes a minute."""

Run = subprocess.CompletedProcess[str]


class Tools:
    """pg_dump and pg_restore for one database; *told* is its address by libpq's names."""

    def __init__(self, name: str, told: Mapping[str, Any], debian: Path = DEBIAN) -> None:
        """Nothing is run here. *debian* is where its packages put the programs of every version."""
        self.name = name
        self._told = told
        self._debian = debian
        self.ends_within: float = ENDS_WITHIN

    def dump(self, target: Path) -> None:
        """Our tables, as of one moment, into a new private file."""
        os.close(os.open(target, _NEW, PRIVATE))
        tables = [f"--table={table}" for table in sorted(schema.metadata.tables)]
        how = ("--format=custom", "--no-owner", "--no-privileges", *tables)
        self._done(self._run("pg_dump", [*how, f"--file={target}"]))

    def check(self, dump: Path) -> Copy:
        """What the dump is. Raises Stopped unless all of it can be read and is ours."""
        told = self._run("pg_restore", ["--data-only", "--table=meta", "--file=-", str(dump)], connected=False)
        rows = dict(line.split("\t", 1) for line in told.stdout.splitlines() if line.count("\t") == 1)
        whole = self._run("pg_restore", ["--file=/dev/null", str(dump)], connected=False)
        form = rows.get("schema", "")
        if whole.returncode != 0 or not form.isdecimal():
            raise damaged(str(dump), whole.stderr or "no dump of a Tandem store")
        if int(form) > schema.SCHEMA:
            raise Stopped(
                f"{dump}: made by a newer Tandem (schema {form}, this one knows {schema.SCHEMA}): update Tandem"
            )
        return Copy(int(form), rows.get("salt", ""))

    def restore(self, dump: Path) -> None:
        """Replace our tables by those of the dump, all or nothing."""
        how = ("--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        self._done(self._run("pg_restore", [*how, str(dump)]))

    def _done(self, run: Run) -> None:
        if run.returncode != 0:
            said = " ".join(run.stderr.split())[:_LONGEST] or f"exit {run.returncode}"
            raise Unavailable(f"store {self.name}: {Path(run.args[0]).name} failed ({said})")

    def _run(self, program: str, arguments: Sequence[str], *, connected: bool = True) -> Run:
        where = _program(program, self._debian)
        address = {key: value for key, value in self._told.items() if key not in _SECRETS}
        to = [f"--dbname={_conninfo(address)}"] if connected else []
        # A password in the command line could be seen by every user of the machine.
        secret = {"PGPASSWORD": str(self._told["password"])} if self._told.get("password") else {}
        try:
            return subprocess.run(  # noqa: S603 - the program's path was looked up, and no shell reads the words
                [where, *to, *arguments],
                env={**os.environ, **secret},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=self.ends_within,
            )
        except subprocess.TimeoutExpired as error:
            why = f"{program} has not done within {self.ends_within} s, and was ended; does the server stand still?"
            raise Unavailable(f"store {self.name}: {why}") from error


def _conninfo(address: Mapping[str, Any]) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(**address)


def _program(name: str, debian: Path) -> str:
    """Where a program of PostgreSQL's is: in PATH, else the newest that Debian's packages brought."""
    found = shutil.which(name)
    if found is None:
        versions = sorted(debian.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
        found = str(versions[-1]) if versions else None
    if found is None:
        raise Unavailable(
            f"{name} is not here, so PostgreSQL can't be backed up or restored: install the server's client programs "
            "(Debian: postgresql-client), or let the server's own backups do it and set `store.backups.every: 0`"
        )
    return found
