"""What the SQL store's tests share."""

from collections.abc import Iterator

import pytest

from tests.plugins.stores.sql.server import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL server for all tests; each takes a database of its own."""
    with running() as found:
        yield found
