"""What a configuration may say about the SQL store."""

from pydantic import BaseModel, ConfigDict, Field


class SqliteSettings(BaseModel):
    """One SQLite file on a local disk, for this process alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(
        default="var/tandem.db",
        min_length=1,
        description="The database file, made with its directory when missing; ':memory:' keeps everything in memory.",
    )
