"""Opening a database: is it whole, is it ours, do we know its form; only then is anything written."""

import secrets
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select

from plugins.stores.sql import schema
from plugins.stores.sql.connection import IN_MEMORY, keep_log, reading_engine, writing_engine
from plugins.stores.sql.faults import damaged
from plugins.stores.sql.files import prepare, size
from ports.errors import Stopped

FORM = "schema"
SALT = "salt"


def open_for_writing(path: str) -> Engine:
    """The database at *path*, made when missing. Raises Stopped when it is damaged or not ours (F47)."""
    if path != IN_MEMORY:
        prepare(Path(path))
        if size(Path(path)):
            _examine(Path(path))
    engine = writing_engine(path)
    try:
        with engine.connect() as connection:
            keep_log(connection)
        with engine.begin() as connection:
            _create(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_for_reading(path: str) -> Engine:
    """The database at *path* as it is: nothing is locked, migrated or made. Raises Stopped when it is not ours."""
    if not size(Path(path)):
        raise Stopped(f"store {path}: there is no such database; start the service once, or name the right file")
    engine = reading_engine(Path(path))
    try:
        with engine.begin() as connection:
            _ours(connection, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _examine(path: Path) -> None:
    """Read the whole file, without being able to write: closing must not carry the log into a damaged file."""
    engine = reading_engine(path)
    try:
        with engine.begin() as connection:
            _whole(connection, str(path))
            _ours(connection, str(path))
    finally:
        engine.dispose()


def _whole(connection: Connection, path: str) -> None:
    found = list(connection.exec_driver_sql("PRAGMA quick_check(3)").scalars())
    if found != ["ok"]:
        raise damaged(path, "; ".join(str(one) for one in found))


def _ours(connection: Connection, path: str) -> None:
    tables = set(inspect(connection).get_table_names())
    if tables and schema.meta.name not in tables:
        raise Stopped(f"store {path}: a database of another program ({', '.join(sorted(tables))}); name another file")
    if tables:
        _known_form(connection, path)


def _known_form(connection: Connection, path: str) -> None:
    found = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == FORM))
    if found is None or not found.isdecimal():
        raise damaged(path, f"its schema number is {found!r}")
    if int(found) > schema.SCHEMA:
        raise Stopped(
            f"store {path}: made by a newer Tandem (schema {found}, this one knows {schema.SCHEMA}): "
            "update Tandem, or name another file"
        )


def _create(connection: Connection) -> None:
    """Make what a new database needs, with its schema number and salt; an existing one stays as it is."""
    schema.metadata.create_all(connection)
    if connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == FORM)) is None:
        rows = [{"name": FORM, "value": str(schema.SCHEMA)}, {"name": SALT, "value": secrets.token_hex(16)}]
        connection.execute(insert(schema.meta), rows)
