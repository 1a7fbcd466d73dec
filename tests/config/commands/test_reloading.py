"""SIGHUP and `tandem reload`: what may change does, the rest is named, a bad file changes nothing (J2)."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import CONFIG, REQUEST, Running, tandem

pytestmark = pytest.mark.integration

SHORT = """
symbol: BTCUSDT
side: short
entries: [market]
take_profits: [58000, 57000, 56000, 55000]
stop: 64000
leverage: 10
margin_percent: 2
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A service that is well."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    (tmp_path / "r.yaml").write_text(REQUEST)
    service = Running(tmp_path).well()
    yield service
    service.end()


def test_what_may_change_does_and_the_rest_needs_a_restart(running: Running) -> None:
    """J2: limits, strategies, log, a notifier's file; not an account's balance, not the store."""
    written = CONFIG.replace("balance: 10000", "balance: 20000").replace("var/alerts.jsonl", "var/other.jsonl")
    shares = "strategies: {conservative: {use: conservative, take_profit_shares: [70, 10, 10, 10]}}\n"
    more = "limits: {max_trades: 1}\nlog: {level: debug}\non_stop: cancel_entries\nstore: {use: sqlite, path: b.db}\n"
    (running.folder / "t.yaml").write_text(written + shares + more)
    shown = running.ask("reload")

    assert shown["applied"] == ["log", "limits", "on_stop", "strategies", "notifiers.file"]
    assert shown["needs_restart"] == ["accounts.main", "store"]
    preview = running.ask("open", "r.yaml", "--dry-run")["preview"][0]["plan"]
    assert [row["share"] for row in preview["take_profits"]] == ["70", "10", "10", "10"]
    running.traded()
    added = running.ask("open", "r.yaml", "--merge", "replace", "--dry-run")["preview"][0]["merge"]
    assert (added["prices"], added["added"]) == ("replace", ["E3", "E4"])  # B13: no trade more, so max_trades lets it
    (running.folder / "s.yaml").write_text(SHORT)
    refused = running.ask("open", "s.yaml", "--yes", expected=2)["preview"][0]["refused"]
    assert "max_trades" in " ".join(refused)
    assert (running.folder / "var" / "other.jsonl").exists()

    said = running.stop()

    assert "orders TP1, TP2, TP3, TP4" in said
    assert "E2" not in said.split("stays at the venue")[-1]


def test_a_hangup_with_a_bad_file_changes_nothing_and_says_why(running: Running) -> None:
    """rel:F57: the service goes on as it was; every problem is said."""
    (running.folder / "t.yaml").write_text(CONFIG + "limits: {max_trade: 1}\n")
    running.process.send_signal(signal.SIGHUP)
    assert "max_trades" in tandem("reload", "--config", "t.yaml", folder=running.folder, expected=2)
    (running.folder / "t.yaml").write_text(CONFIG)
    assert running.ask("reload") == {"applied": [], "needs_restart": []}

    said = running.stop()

    assert "nothing has changed" in said
