"""What a configuration may say about the SQL store."""

from enum import StrEnum
from importlib.util import find_spec
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from plugins.stores.sql.address import problem
from ports.ladder import Duration
from ports.secret import Secret

_SHORTEST = 60_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _not_too_often(value: int) -> int:
    if 0 < value < _SHORTEST:
        raise ValueError("must be 1m or more; 0 makes none")
    return value


class BackupSettings(_Strict):
    """Copies of the store, made while the service runs and before a migration."""

    every: Annotated[Duration, AfterValidator(_not_too_often)] = Field(
        default=900_000, description="How often one is made while the service runs; 0 makes none."
    )
    latest: int = Field(default=24, ge=1, le=10_000, description="The latest so many are kept,")
    daily: int = Field(default=7, ge=0, le=3_650, description="and the last one of each of the last so many days.")
    folder: str | None = Field(
        default=None, description="Where they go; else `backups` beside the database, var/backups for PostgreSQL."
    )


class WhenDamaged(StrEnum):
    """What a start does about a damaged store (rel:F47)."""

    BACKUP = "backup"
    STOP = "stop"


class SqliteSettings(_Strict):
    """One SQLite file on a local disk, for this process alone."""

    path: str = Field(
        default="var/tandem.db",
        min_length=1,
        description="The database file, made with its directory when missing; ':memory:' keeps everything in memory.",
    )
    backups: BackupSettings = Field(default=BackupSettings(), description="Backups.")
    damaged: WhenDamaged = Field(
        default=WhenDamaged.BACKUP,
        description="A start that finds the file damaged goes on with the newest good backup, keeps the damaged one "
        "and tells so (backup), or stops and names it (stop).",
    )


def _readable(value: Secret) -> Secret:
    if find_spec("psycopg") is None:
        raise ValueError("needs PostgreSQL's driver: install it with `pip install 'tandem-trade-manager[postgres]'`")
    found = problem(value.reveal())
    if found:
        raise ValueError(f"{found} (it was read from {value.source})")
    return value


class PostgresSettings(_Strict):
    """A PostgreSQL database, or a schema in one, for this process alone. Needs the extra `postgres`."""

    url: Annotated[Secret, AfterValidator(_readable)] = Field(
        description="Its address, as !env NAME or !file PATH: postgresql://user:password@host:5432/database. "
        "The server itself (13 or newer), no pooler that shares sessions."
    )
    backups: BackupSettings = Field(
        default=BackupSettings(), description="Backups, by the pg_dump of the machine that the service runs on."
    )
