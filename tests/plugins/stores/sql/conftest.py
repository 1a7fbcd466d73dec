"""What the SQL store's tests share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.plugins.stores.sql.grounds import Ground, on_postgres, on_sqlite
from tests.plugins.stores.sql.server import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL server for all tests; each takes a database of its own."""
    with running() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgres"])
async def ground(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ground]:
    """Both back ends, one after the other."""
    server = request.getfixturevalue("server") if request.param == "postgres" else None
    found = on_sqlite(tmp_path) if server is None else on_postgres(server, tmp_path)
    yield found
    await found.close()
