"""Opening a database: is it whole, is it ours, do we know its form; only then is anything written."""

import secrets
from collections.abc import Callable

from sqlalchemy import Connection, Engine, insert, inspect, select

from plugins.stores.sql import schema
from plugins.stores.sql.faults import damaged
from plugins.stores.sql.place import Place
from ports.errors import Stopped

FORM = "schema"
SALT = "salt"

Upgrade = Callable[[Engine, int], None]
"""Brings an older form (its number) to the present one."""


class Foreign(Stopped):
    """The database is another program's: none of its tables is ours to read, write or replace."""


def open_for_writing(place: Place, upgrade: Upgrade) -> Engine:
    """The database at *place*, made when missing. Raises Stopped when it is damaged or not ours (F47)."""
    place.prepare()
    engine = place.writing()
    try:
        with engine.begin() as connection:
            place.serialize(connection)
            found = form(connection, place.name)
            if found is None:
                _create(connection)
        if found is not None and found < schema.SCHEMA:
            upgrade(engine, found)
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_for_reading(place: Place) -> Engine:
    """The database at *place* as it is: nothing is locked, migrated or made. Raises Stopped when it is not ours."""
    engine = place.reading()
    try:
        with engine.begin() as connection:
            filled_form(connection, place.name)
    except BaseException:
        engine.dispose()
        raise
    return engine


def filled_form(connection: Connection, name: str) -> int:
    """`form` of what must not be empty."""
    found = form(connection, name)
    if found is None:
        raise Stopped(f"store {name}: there is nothing in it; start the service once, or name another one")
    return found


def form(connection: Connection, name: str) -> int | None:
    """The number of the form it has, None when it is empty. Raises Stopped when it is not ours or newer than we are."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if schema.meta.name not in tables:
        raise Foreign(f"store {name}: a database of another program ({', '.join(sorted(tables))}); name another one")
    found = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == FORM))
    if found is None or not found.isdecimal():
        raise damaged(name, f"its schema number is {found!r}")
    if int(found) > schema.SCHEMA:
        raise Stopped(
            f"store {name}: made by a newer Tandem (schema {found}, this one knows {schema.SCHEMA}): "
            "update Tandem, or name another one"
        )
    return int(found)


def salt_of(connection: Connection) -> str:
    """What every trade's id of this store is made with: two stores never have the same."""
    return connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == SALT)) or ""


def _create(connection: Connection) -> None:
    """Make what a new database needs, with its schema number and salt."""
    schema.tables(connection.dialect.name).create_all(connection, checkfirst=False)  # there is none: `form` looked
    rows = [{"name": FORM, "value": str(schema.SCHEMA)}, {"name": SALT, "value": secrets.token_hex(16)}]
    connection.execute(insert(schema.meta), rows)
