"""What a configuration may say about the SQL store."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from plugins.stores.sql.address import problem
from ports.secret import Secret


class SqliteSettings(BaseModel):
    """One SQLite file on a local disk, for this process alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(
        default="var/tandem.db",
        min_length=1,
        description="The database file, made with its directory when missing; ':memory:' keeps everything in memory.",
    )


def _readable(value: Secret) -> Secret:
    found = problem(value.reveal())
    if found:
        raise ValueError(f"{found} (it was read from {value.source})")
    return value


class PostgresSettings(BaseModel):
    """A PostgreSQL database, or a schema in one, for this process alone. Needs the extra `postgres`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[Secret, AfterValidator(_readable)] = Field(
        description="Its address, as !env NAME or !file PATH: postgresql://user:password@host:5432/database. "
        "The server itself, no pooler that shares sessions."
    )
