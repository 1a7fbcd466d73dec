"""`tandem backup` and `tandem restore`: exit codes, one JSON object, words for people."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from config import commands
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import filled, opened
from ports.persistence import Batch, Record

CONFIG = "accounts: {main: {use: paper}}\nstore: {use: sqlite, path: var/tandem.db}\n"


@pytest.fixture
async def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration whose store has one line, in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(CONFIG)
    await write(opened())
    return Path("t.yaml")


async def write(*records: Record) -> tuple[Record, ...]:
    """Append to the store; what it holds then."""
    store = SqlStore(SqliteFile("var/tandem.db"))
    await store.start()
    await store.append(Batch(records=records))
    found = await store.live("main")
    await store.close()
    return found


def read(capsys: pytest.CaptureFixture[str]) -> Any:
    """The one object that was printed."""
    return json.loads(capsys.readouterr().out)


async def test_there_and_back(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was stored at the backup is stored again; what was there is kept and named (rel:P7)."""
    assert commands.backup(config, None, as_json=True) == 0
    made = read(capsys)
    await write(filled("a", 1))
    assert commands.restore(Path(made["backup"]), config, dry_run=True, as_json=True) == 0
    assert read(capsys)["restored"] is False
    assert len(await write()) == 2

    assert commands.restore(Path(made["backup"]), config, dry_run=False, as_json=True) == 0
    shown = read(capsys)
    assert (shown["restored"], shown["schema"]) == (True, made["schema"])
    assert shown["kept"].startswith("var/tandem.db.replaced-")
    assert await write() == (opened(),)


def test_words_for_people(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is, how to put it back, and what comes next."""
    assert commands.backup(config, Path("mine.db"), as_json=False) == 0
    assert "put it back with `tandem restore mine.db t.yaml`" in capsys.readouterr().out
    assert commands.restore(Path("mine.db"), config, dry_run=False, as_json=False) == 0
    assert "is kept: var/tandem.db.replaced-" in capsys.readouterr().out


async def test_what_a_restore_loses_or_mixes_up_is_said(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """C7: a trade opened since is made again, and another installation's backup is no help: both are said."""
    assert commands.backup(config, Path("mine.db"), as_json=False) == 0
    await write(opened(trade="OPENEDLATE"))
    assert commands.restore(Path("mine.db"), config, dry_run=True, as_json=False) == 0
    before = capsys.readouterr().out
    assert commands.restore(Path("mine.db"), config, dry_run=True, as_json=True) == 0
    assert read(capsys)["forgotten"] == [{"account": "main", "trade": "OPENEDLATE"}]
    assert commands.restore(Path("mine.db"), config, dry_run=False, as_json=False) == 0
    since = capsys.readouterr().out
    os.unlink("var/tandem.db")  # noqa: PTH108 - nothing runs beside it
    await write()
    assert commands.restore(Path("mine.db"), config, dry_run=True, as_json=False) == 0

    said = "main: OPENEDLATE was opened after the backup: the service makes it again from the venue"
    assert said in before
    assert said in since
    assert "CAUTION mine.db was made of another store than the one at var/tandem.db" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "expected", "found"),
    [("missing.db", 2, "no such file"), ("t.yaml", 1, "t.yaml: no good backup")],
)
def test_what_can_not_be_put_back(
    file: str, expected: int, found: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong name is usage, a bad file is something wrong; the store is as it was."""
    assert commands.restore(Path(file), config, dry_run=False, as_json=False) == expected
    assert found in capsys.readouterr().err


async def test_service_that_runs_is_not_put_back_under(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1, and who runs."""
    assert commands.backup(config, Path("mine.db"), as_json=False) == 0
    store = SqlStore(SqliteFile("var/tandem.db"))
    await store.start()
    await store.acquire(["main"], "tandem run t.yaml")
    refused = commands.restore(Path("mine.db"), config, dry_run=False, as_json=False)
    await store.close()

    assert refused == 1
    assert "tandem run t.yaml" in capsys.readouterr().err


def test_store_in_memory_has_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said as a matter of the configuration."""
    (tmp_path / "t.yaml").write_text(CONFIG.replace("var/tandem.db", "':memory:'"))

    assert commands.backup(tmp_path / "t.yaml", None, as_json=False) == 2
    assert "a store in memory has no backups" in capsys.readouterr().err
