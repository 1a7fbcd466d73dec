"""`tandem stats` without a running service: shown and exported from the store, begun anew in the service's place."""

import asyncio
import csv
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from config.commands.counting import stats, stats_export, stats_reset
from plugins.stores.sql import build
from plugins.stores.sql.settings import SqliteSettings
from ports.persistence import Batch
from tests.core.ledgers import trade

CONFIG = """
accounts:
  main: {use: paper, balance: 10000}
  mirror: {use: paper, balance: 3300, follows: main}
venue: {state: var/venue.db}
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration whose store has seen a trade on main and its mirror."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(CONFIG)
    asyncio.run(_filled())
    return Path("t.yaml")


async def _filled() -> None:
    store = build(SqliteSettings(path="var/tandem.db"))
    await store.start()
    await store.append(Batch(closed=(trade(1, "-12.50"), trade(1, "-4", account="mirror"))))
    await store.close()


def object_of(capsys: pytest.CaptureFixture[str]) -> Any:
    """The one object that was printed; the log of a service in this process goes to standard output here."""
    said = capsys.readouterr().out
    return json.loads(said[said.index("{\n") :])


def test_the_store_tells_without_a_service(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """G1, J1: the leader's figures with the mirror's beside them; on a terminal with words."""
    assert stats(config, None, None, as_json=True) == 0
    found = object_of(capsys)
    assert (found["trades"], found["net"], found["mirrors"]["mirror"]["net"]) == (1, "-12.5", "-4")

    assert stats(config, None, "mirror", as_json=False) == 0
    assert "-4.00" in capsys.readouterr().out
    assert stats(config, "spring", None, as_json=True) == 2


def test_trades_are_exported(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """G1: into a file that isn't there yet, or to standard output and nothing else."""
    assert stats_export(config, None, None, Path("t.csv"), as_json=False) == 0
    assert [row["net"] for row in csv.DictReader(Path("t.csv").read_text().splitlines())] == ["-12.5", "-4"]
    assert stats_export(config, None, None, Path("t.csv"), as_json=False) == 2
    capsys.readouterr()

    assert stats_export(config, None, "main", None, as_json=False) == 0
    assert [row["account"] for row in csv.DictReader(capsys.readouterr().out.splitlines())] == ["main"]


def test_a_reset_asks_first_and_makes_a_backup(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """G1, I: without a word nothing is begun; then a new period with what the venue says the accounts hold."""
    assert stats_reset(config, None, dry_run=False, yes=False, as_json=True) == 1
    capsys.readouterr()
    assert stats_reset(config, "spring", dry_run=False, yes=True, as_json=True) == 0
    done = object_of(capsys)

    assert done["period"]["balances"] == {"main": "10000", "mirror": "3300"}
    with sqlite3.connect(done["backup"]) as backup:
        assert backup.execute("SELECT count(*) FROM trade").fetchone() == (2,)
    backup.close()
    assert stats(config, None, None, as_json=True) == 0
    assert object_of(capsys)["period"]["label"] == "spring"


def test_what_a_period_begins_with_is_rounded_for_people_only(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """G1: what divisions made of a balance was shown to 25 places; programs get it as it is."""
    config.write_text(CONFIG.replace("10000", "10000.00000571"))
    assert stats_reset(config, None, dry_run=True, yes=False, as_json=False) == 0
    shown = capsys.readouterr().out
    assert stats_reset(config, None, dry_run=True, yes=False, as_json=True) == 0

    assert "  main: 10000.00 USDT" in shown.splitlines()
    assert object_of(capsys)["period"]["balances"]["main"] == "10000.00000571"
