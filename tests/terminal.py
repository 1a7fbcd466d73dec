"""What somebody types: in a process of its own as users do, or in the test's, which costs a fiftieth; and the service.

A command in the test's process is the same command (its words, folder, environment, answer and exit code are its own),
so tests ask a running service that way; that the program starts, ends and speaks as a process is tested in test_app.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import structlog
from typer.testing import CliRunner

from app import app
from config.commands.printing import logs_to_stderr
from tests.forked import Forked

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30
"""Seconds after which what a test waits for will not come."""
CONFIG = """
accounts:
  main: {use: paper, balance: 10000}
  mirror: {use: paper, balance: 3300, follows: main}
notifiers: [{use: file, path: var/alerts.jsonl}]
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


def processed(*words: str, folder: Path, expected: int = 0) -> str:
    """Run the program in a process of its own; returns what it prints."""
    done = subprocess.run(
        [sys.executable, ROOT / "app.py", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    return _printed(words, done.stdout, done.stderr, done.returncode, expected)


def tandem(*words: str, folder: Path, expected: int = 0, environment: Mapping[str, str] | None = None) -> str:
    """Run the command here; returns what it prints."""
    logging = structlog.get_config()
    try:
        with chdir(folder):
            logs_to_stderr()  # as the program does first
            done = CliRunner().invoke(app, words, env=environment, catch_exceptions=False)
    finally:
        structlog.configure(**logging)
    return _printed(words, done.stdout, done.stderr, done.exit_code, expected)


def _printed(words: tuple[str, ...], out: str, error: str, code: int, expected: int) -> str:
    assert code == expected, out + error
    assert "Traceback" not in error
    return out if expected == 0 or "--json" in words else error


def tandem_json(*words: str, folder: Path, expected: int = 0, environment: Mapping[str, str] | None = None) -> Any:
    """Run the command here and read its one object."""
    return json.loads(tandem(*words, "--json", folder=folder, expected=expected, environment=environment))


def until(well: Callable[[Any], object], answer: Callable[[], Any]) -> Any:
    """Ask until the answer is as it should be."""
    latest = time.monotonic() + PATIENCE
    while not well(shown := answer()):
        assert time.monotonic() < latest, shown
        time.sleep(0.02)  # another process is waited for, and it tells nobody
    return shown


@contextmanager
def standing(*words: str) -> Iterator[int]:
    """The pid of a process that does nothing, here, with these words after its name."""
    with subprocess.Popen([sys.executable, "-c", "input()", *words], stdin=subprocess.PIPE) as child:
        try:
            yield child.pid
        finally:
            child.kill()


class Running:
    """A service process in a folder of its own."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        """Start it and wait until it says that it runs."""
        self.folder = folder
        self.environment = environment
        self.process = Forked(folder, environment)
        first = self.process.stdout.readline()
        assert "runs" in first, first + self.process.stdout.read()

    def ask(self, *words: str, expected: int = 0) -> Any:
        """Ask it something."""
        asked = (*words, "--config", "t.yaml")
        return tandem_json(*asked, folder=self.folder, expected=expected, environment=self.environment)

    def until(self, well: Callable[[Any], object], *words: str) -> Any:
        """Ask until the answer is as it should be."""
        return until(well, lambda: self.ask(*words))

    def well(self) -> "Running":
        """Wait until no account is in trouble."""
        self.until(lambda shown: not any(row["troubles"] for row in shown["accounts"]), "status")
        return self

    def traded(self) -> list[str]:
        """Open r.yaml's trade and wait until all of it stands at the venue; every order's client id."""
        self.ask("open", "r.yaml", "--yes")
        rows = self.until(lambda shown: len(shown["orders"]) == 10, "orders")["orders"]
        assert self.ask("verify")["well"]  # which waits until nothing is under way
        return sorted(row["key"] for row in rows)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> str:
        """Stop it; returns what it said to the end."""
        self.process.send_signal(by)
        return self.process.ended(within=PATIENCE)

    def end(self) -> None:
        """End it, whatever became of it."""
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)
