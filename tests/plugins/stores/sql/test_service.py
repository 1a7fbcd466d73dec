"""The whole service on PostgreSQL: kill -9 mid-trade, a server that goes away and comes back, backup and restore."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.stores.sql.server import Server, running

ROOT = Path(__file__).resolve().parents[4]
CONFIG = """
accounts:
  main: {use: paper, balance: 10000}
  mirror: {use: paper, balance: 3300, follows: main}
notifiers: [{use: file, path: var/alerts.jsonl}]
store: {use: postgres, url: !env TANDEM_DB}
venue: {state: var/venue.db, every_ms: 20, volatility: 0.000001}
"""
REQUEST = """
symbol: BTCUSDT
side: long
entries: [market, 59000]
take_profits: [62000, 63000, 64000, 65000]
stop: 56000
leverage: 10
margin_percent: 20
"""

pytestmark = [pytest.mark.integration, pytest.mark.slow]


class Folder:
    """A folder with a configuration whose store is at *url*."""

    def __init__(self, path: Path, url: str) -> None:
        """Write the files."""
        self.path = path
        self.environment = {**os.environ, "TANDEM_DB": url}
        self.service: subprocess.Popen[str] | None = None
        (path / "t.yaml").write_text(CONFIG)
        (path / "r.yaml").write_text(REQUEST)

    def run(self) -> None:
        """Start the service, and wait until it says that it runs."""
        self.service = subprocess.Popen(
            [sys.executable, ROOT / "app.py", "run", "t.yaml"],
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.service.stdout is not None
        first = self.service.stdout.readline()
        assert "runs" in first, first + self.service.stdout.read()

    def end(self, by: signal.Signals) -> str:
        """End the service; what it said."""
        assert self.service is not None
        self.service.send_signal(by)
        said, _ = self.service.communicate(timeout=60)
        return said

    def ask(self, *words: str, expected: int = 0) -> Any:
        """Run a command; its one object."""
        done = subprocess.run(
            [sys.executable, ROOT / "app.py", *words, "--json"],
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expected, done.stdout + done.stderr
        return json.loads(done.stdout)

    def until(self, well: Callable[[Any], bool], *words: str) -> Any:
        """Ask until the answer is as it should be."""
        shown = None
        for _ in range(50):
            shown = self.ask(*words, "--config", "t.yaml")
            if well(shown):
                return shown
        raise AssertionError(shown)

    def keys(self) -> list[str]:
        """The client ids of every order."""
        return sorted(row["key"] for row in self.until(lambda shown: len(shown["orders"]) == 10, "orders")["orders"])


@pytest.fixture
def apart() -> Iterator[Server]:
    """A server that may be stopped."""
    with running() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, apart: Server) -> Iterator[Folder]:
    """A running service with a trade on main and mirror."""
    made = Folder(tmp_path, apart.fresh())
    try:
        made.run()
        made.until(lambda shown: not shown["accounts"][0]["troubles"], "status")
        made.ask("open", "r.yaml", "--yes", "--config", "t.yaml")
        yield made
    finally:
        if made.service is not None and made.service.poll() is None:
            made.end(signal.SIGKILL)


def test_kill_9_and_restore_go_on_with_the_same_trade(folder: Folder) -> None:
    """rel:F43, rel:P7: the same orders after kill -9, and after a dump from before it was put back."""
    before = folder.keys()
    dump = folder.ask("backup", "t.yaml")["backup"]
    assert "tandem run t.yaml" in folder.ask("restore", dump, "t.yaml", expected=1)["error"][0]
    folder.end(signal.SIGKILL)
    assert folder.keys() == before
    assert folder.ask("restore", dump, "t.yaml")["restored"]
    folder.run()
    folder.until(lambda shown: not shown["accounts"][0]["troubles"], "status")

    assert folder.keys() == before
    assert "stays at the venue" in folder.end(signal.SIGTERM)


def test_a_server_that_goes_away_ends_nothing(folder: Folder, apart: Server) -> None:
    """rel:F46: no screen, no alert and no pause waits in vain; when it is back, all that was said is stored."""
    before = folder.keys()
    apart.stop()
    folder.ask("pause", "--config", "t.yaml")
    apart.start()
    folder.until(lambda shown: "entries_paused" in {row["kind"] for row in shown["alerts"]}, "alerts")

    assert folder.keys() == before
    assert folder.service is not None
    assert folder.service.poll() is None
