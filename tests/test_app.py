"""The command line as its users meet it: processes, exit codes, JSON, and the service behind its socket."""

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from tests.terminal import CONFIG, REQUEST, ROOT, Running, processed, tandem, tandem_json

MARKET = ROOT.parent / "shared" / "fixtures" / "market"

LONG = """
symbol: BTCUSDT
side: long
entries: [market, 7150, 7140]
take_profits: [7180, 7200, 7220, 7240]
stop: 7100
leverage: 10
margin_percent: 20
"""
pytestmark = pytest.mark.integration


OPENING = ("trade_opened", "entry_filled", "limit_filled", "targets_rebalanced")
TP1 = ("target_hit", "entries_cancelled", "stop_moved")
TO_TP4 = ("target_hit", "target_hit", "target_hit", "position_closed")
TOLD = {
    "ladder": (*OPENING, "limit_filled", "targets_rebalanced", "target_hit", "stop_moved", *TO_TP4),
    "runner": (*OPENING, *TP1, *TO_TP4),
    "breakeven": (*OPENING, *TP1, "stop_hit", "position_closed"),
    "short": (*OPENING, *TP1, *TO_TP4),
    "two_mirrors": (*OPENING, *TP1, "stop_hit", "position_closed"),
}
"""Every alert of D1 that applies to a demo's case, on each of its accounts, in order."""


@pytest.mark.parametrize("case", TOLD)
def test_a_demo_ends_flat_and_says_so_in_json(case: str, tmp_path: Path) -> None:
    """Main and mirror, no violation, strings for numbers, each alert of D1 in order, the same k/n everywhere (C6)."""
    shown = tandem_json("demo", "--case", case, folder=tmp_path)

    assert {"main", "mirror"} <= set(shown["accounts"])
    assert shown["violations"] == []
    for account in shown["accounts"].values():
        assert account["trade"]["phase"] == "CLOSED"
        assert isinstance(account["trade"]["entry_qty"], str)
        assert set(account["calls"]) >= {"place", "amend", "cancel", "batches"}
    for name in shown["accounts"]:
        assert tuple(alert["kind"] for alert in shown["alerts"] if alert["account"] == name) == TOLD[case]
    filled = [alert for alert in shown["alerts"] if alert["kind"] == "limit_filled"]
    counts = {alert["text"].split("limits filled")[0][-4:] for alert in filled}
    assert len(counts) == len([alert for alert in filled if alert["account"] == "main"])


def test_the_ladder_demo_shows_2125_125_125_125(tmp_path: Path) -> None:
    """B5 in the open: 2,500 filled."""
    trade = json.loads(processed("demo", "--case", "ladder", "--json", folder=tmp_path))["accounts"]["main"]["trade"]

    assert [row["target_qty"] for row in trade["tps"]] == ["2125", "125", "125", "125"]


def test_an_unknown_case_is_a_usage_error(tmp_path: Path) -> None:
    """Exit 2 and the cases that there are."""
    assert "breakeven" in processed("demo", "--case", "nope", folder=tmp_path, expected=2)


@pytest.mark.parametrize("path", ["ohlc", "worst", "best"])
@pytest.mark.skipif(not MARKET.exists(), reason="no recorded market data beside this checkout")
def test_a_replay_over_recorded_candles(path: str, tmp_path: Path) -> None:
    """Main and mirror over a day of one-minute bars: no violation, profit adds up to the digit."""
    (tmp_path / "r.yaml").write_text(LONG)
    candles = str(MARKET / "btcusd_1m_2020-01-01_bitstamp.csv")
    shown = tandem_json("replay", "--request", "r.yaml", "--candles", candles, "--path", path, folder=tmp_path)

    assert shown["violations"] == []
    assert shown["bars"] == 1440
    for account in shown["accounts"].values():
        trade = {name: Decimal(value) for name, value in account["trade"].items() if name.startswith("realised")}
        costs = Decimal(account["trade"]["fees"]) + Decimal(account["trade"]["funding"])
        assert trade["realised_pnl_gross"] - costs == trade["realised_pnl_net"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2020-01-01 00:01:00,1,2,0.5,inf,1", "finite"),
        ("2019-01-01 00:01:00,1,2,0.5,1,1", "sort"),
        ("2020-01-01 00:01:00,1,0.4,0.5,1,1", "between"),
        ("2020-01-01 00:01:00,1,2", "values"),
        ("yesterday,1,2,0.5,1,1", "no time"),
    ],
)
def test_broken_candles_are_refused_by_line(line: str, found: str, tmp_path: Path) -> None:
    """Non-finite, unsorted, impossible, truncated, undated: file, line and what would mend it; exit 2."""
    (tmp_path / "r.yaml").write_text(LONG)
    (tmp_path / "c.csv").write_text(f"datetime,open,high,low,close,volume\n2020-01-01,1,2,0.5,1,1\n{line}\n")
    said = tandem("replay", "--request", "r.yaml", "--candles", "c.csv", folder=tmp_path, expected=2)

    assert "c.csv:3" in said
    assert found in said


def test_a_refused_request_exits_2_with_every_reason(tmp_path: Path) -> None:
    """B2: the wrong-side stop and the unordered take-profits are said at once, as one object for programs."""
    (tmp_path / "r.yaml").write_text(LONG.replace("7100", "7300").replace("7200,", "7170,"))
    (tmp_path / "c.csv").write_text("datetime,open,high,low,close\n2020-01-01,7160,7161,7159,7160\n")
    words = ("replay", "--request", "r.yaml", "--candles", "c.csv", "--json")
    shown = json.loads(processed(*words, folder=tmp_path, expected=2))

    assert len(shown["error"]) >= 2


def test_check_explains_a_bad_configuration(tmp_path: Path) -> None:
    """Two mistakes, two messages with their places; nothing is created."""
    (tmp_path / "bad.yaml").write_text("accounts:\n  main: {use: papr}\n  main: {use: paper}\nstor: {}\n")
    said = tandem("check", "bad.yaml", folder=tmp_path, expected=2)

    assert "bad.yaml:3" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml"]


def test_plan_shows_the_orders_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """E3: every account's orders; no store, no venue file."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    (tmp_path / "r.yaml").write_text(REQUEST)
    shown = tandem_json("plan", "t.yaml", "r.yaml", folder=tmp_path)

    assert [row["account"] for row in shown["accounts"]] == ["main", "mirror"]
    assert len(shown["accounts"][0]["plan"]["entries"]) == 2
    assert not (tmp_path / "var").exists()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration and a request."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    (tmp_path / "r.yaml").write_text(REQUEST)
    return tmp_path


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    """A running service."""
    service = Running(folder)
    yield service
    service.end()


def test_a_trade_from_open_to_close_through_the_socket(running: Running) -> None:
    """open, move-stop, cancel-entries, close: on main and mirror, each previewed, each told."""
    running.well()
    typed = ("open", "r.yaml", "--yes", "--json", "--config", "t.yaml")
    opened = json.loads(processed(*typed, folder=running.folder))["opened"]
    assert [row["refused"] for row in opened] == [[], []]
    running.until(lambda shown: len(shown["positions"]) == 2, "positions")
    assert running.ask("move-stop", "BTCUSDT", "57000", "--dry-run")["would"][0]["price"] == "57000"
    running.ask("move-stop", "BTCUSDT", "57000", "--yes")
    running.until(lambda shown: {row["stop"] for row in shown["positions"]} == {"57000"}, "positions")
    running.ask("cancel-entries", "BTCUSDT", "--yes")
    running.until(lambda shown: not [row for row in shown["orders"] if row["role"] == "E2"], "orders")
    assert all(row["protected"] for row in running.ask("monitors")["monitors"])
    processed("close", "BTCUSDT", "--yes", "--config", "t.yaml", folder=running.folder)

    ended = running.until(lambda shown: len(shown["ended"]) == 2, "trades")["ended"]

    assert {row["close_reason"] for row in ended} == {"manual"}
    kinds = {alert["kind"] for alert in running.ask("alerts", "--limit", "100")["alerts"]}
    acts = [(each["by"], each["command"], each["exit"]) for each in running.ask("audited")["audited"]]
    assert acts == [("cli", "act", 0)] * 3 + [("cli", "open", 0)]
    assert {"trade_opened", "entry_filled", "stop_moved", "entries_cancelled", "position_closed"} <= kinds


def test_pause_refuses_new_entries_and_survives_a_restart(running: Running, folder: Path) -> None:
    """I1: paused is durable; resume takes entries again."""
    running.well()
    running.ask("pause")
    running.stop()
    again = Running(folder).well()
    refused = tandem("open", "r.yaml", "--yes", "--config", "t.yaml", folder=folder, expected=2)
    again.ask("resume")
    opened = again.ask("open", "r.yaml", "--yes")["opened"]
    again.stop()

    assert refused is not None
    assert opened[0]["trade"]


def test_kill_9_mid_trade_goes_on_with_the_same_trade(running: Running, folder: Path) -> None:
    """rel:F43, J2: after kill -9 the same trade, the same orders, nothing twice; a second instance is refused."""
    running.well()
    before = running.traded()
    assert "another instance" in processed("run", "t.yaml", folder=folder, expected=1)
    running.stop(signal.SIGKILL)
    remembered = tandem_json("orders", "--config", "t.yaml", folder=folder)["orders"]

    again = Running(folder)
    after = again.until(lambda shown: len(shown["orders"]) == 10, "orders")["orders"]
    said = again.stop()

    assert sorted(row["key"] for row in after) == before
    assert sorted(row["key"] for row in remembered) == before
    assert "stays at the venue" in said
    assert (folder / "var" / "tandem.db").stat().st_mode & 0o077 == 0


def test_a_damaged_database_with_a_backup_goes_on_and_says_so(running: Running, folder: Path) -> None:
    """rel:F47, D1: killed mid-trade, then its store is torn: the next start has the same orders, and tells of it."""
    running.well()
    processed("backup", "t.yaml", folder=folder)
    before = running.traded()
    running.stop(signal.SIGKILL)
    _tear(folder / "var" / "tandem.db", "journal_by_trade")

    again = Running(folder)
    after = again.until(lambda shown: len(shown["orders"]) == 10, "orders")["orders"]
    told = again.until(lambda shown: [each for each in shown["alerts"] if each["kind"] == "store_damaged"], "alerts")
    again.stop()

    assert sorted(row["key"] for row in after) == before
    assert "going on with the backup" in str(told)
    assert list((folder / "var").glob("tandem.db.replaced-*"))


def _tear(path: Path, index: str) -> None:
    """Overwrite the page at which an index begins."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (index,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("rb+") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_a_damaged_database_stops_the_start_and_is_not_overwritten(folder: Path) -> None:
    """rel:F47: what was found and what would mend it, exit 1, the file as it was."""
    (folder / "var").mkdir()
    (folder / "var" / "tandem.db").write_bytes(b"not a database at all" * 300)
    before = (folder / "var" / "tandem.db").read_bytes()
    said = processed("run", "t.yaml", folder=folder, expected=1)

    assert "tandem.db" in said
    assert (folder / "var" / "tandem.db").read_bytes() == before
