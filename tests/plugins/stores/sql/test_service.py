"""The whole service on PostgreSQL: kill -9 mid-trade, a server that goes away and comes back, backup and restore."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.plugins.stores.sql.server import Server
from tests.plugins.stores.sql.server import running as running_server
from tests.terminal import REQUEST, Running, tandem_json

CONFIG = """
accounts:
  main: {use: paper, balance: 10000}
  mirror: {use: paper, balance: 3300, follows: main}
notifiers: [{use: file, path: var/alerts.jsonl}]
store: {use: postgres, url: !env TANDEM_DB}
venue: {state: var/venue.db, every_ms: 20, volatility: 0.000001}
"""
pytestmark = [pytest.mark.integration, pytest.mark.slow]


def keys(service: Running) -> list[str]:
    """The client ids of every order."""
    return sorted(row["key"] for row in service.until(lambda shown: len(shown["orders"]) == 10, "orders")["orders"])


@pytest.fixture
def apart() -> Iterator[Server]:
    """A server that may be stopped."""
    with running_server() as server:
        yield server


@pytest.fixture
def running(tmp_path: Path, apart: Server) -> Iterator[Running]:
    """A running service with a trade on main and mirror."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    (tmp_path / "r.yaml").write_text(REQUEST)
    service = Running(tmp_path, {**os.environ, "TANDEM_DB": apart.fresh()}).well()
    service.traded()
    yield service
    service.end()


def test_kill_9_and_restore_go_on_with_the_same_trade(running: Running) -> None:
    """rel:F43, rel:P7: the same orders after kill -9, and after a dump from before it was put back."""
    folder, environment = running.folder, running.environment
    typed = partial(tandem_json, folder=folder, environment=environment)
    before = keys(running)
    dump = typed("backup", "t.yaml")["backup"]
    assert "tandem run t.yaml" in typed("restore", dump, "t.yaml", expected=1)["error"][0]
    running.stop(signal.SIGKILL)
    assert keys(running) == before
    assert typed("restore", dump, "t.yaml")["restored"]
    again = Running(folder, environment).well()
    after = keys(again)

    assert after == before
    assert "stays at the venue" in again.stop()


def test_a_server_that_goes_away_ends_nothing(running: Running, apart: Server) -> None:
    """rel:F46: no screen, no alert and no pause waits in vain; when it is back, all that was said is stored."""
    before = keys(running)
    apart.stop()
    running.ask("pause")
    apart.start()
    running.until(lambda shown: "entries_paused" in {row["kind"] for row in shown["alerts"]}, "alerts")

    assert keys(running) == before
    assert running.process.poll() is None
