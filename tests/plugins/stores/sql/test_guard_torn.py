"""What a power cut leaves of a store: a beginning of what was written, whole, and all that was acknowledged before."""

import ast
import shutil
from pathlib import Path

import pytest

from core.facts import Filled
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import filled, opened
from ports.persistence import Batch

ROOT = Path(__file__).resolve().parents[4]
BANNED = {"pickle", "shelve", "marshal", "dill", "joblib", "jsonpickle"}
FILLS = 12


async def written(path: Path) -> list[int]:
    """A store with twelve executions, each acknowledged; how long the log was after each. It stays open as it was."""
    store = SqlStore(SqliteFile(str(path)))
    await store.start()
    await store.append(Batch(records=(opened(),)))
    lengths = []
    for number in range(1, FILLS + 1):
        await store.append(Batch(records=(filled(f"x{number}", number),)))
        lengths.append(_log(path).stat().st_size)
    for name in (path, _log(path)):
        shutil.copy(name, name.with_name(f"kept-{name.name}"))
    await store.close()
    return lengths


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


async def test_a_log_torn_anywhere_opens_with_a_whole_beginning(tmp_path: Path) -> None:
    """rel:D7, rel:F43, P8: torn at 40 places: what was acknowledged up to there is all there, in order, and no more."""
    path = tmp_path / "tandem.db"
    lengths = await written(path)
    whole = (tmp_path / "kept-tandem.db-wal").read_bytes()
    for cut in range(lengths[0], len(whole) + 1, max((len(whole) - lengths[0]) // 40, 1)):
        torn = tmp_path / f"torn-{cut}" / "tandem.db"
        torn.parent.mkdir()
        shutil.copy(tmp_path / "kept-tandem.db", torn)
        _log(torn).write_bytes(whole[:cut])
        store = SqlStore(SqliteFile(str(torn)))
        await store.start()
        found = [fact.execution for fact in await store.executions("main") if isinstance(fact, Filled)]
        await store.close()
        acknowledged = sum(1 for length in lengths if length <= cut)
        assert found == [f"x{number}" for number in range(1, len(found) + 1)]
        assert len(found) >= acknowledged


@pytest.mark.parametrize("room", ["core", "ports", "plugins", "config"])
def test_nothing_is_stored_as_code(room: str) -> None:
    """rel:D7: no module reads or writes pickles, in whatever dress: a state file can't run anything."""
    found = [
        f"{path}: {name}"
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
        if name.split(".")[0] in BANNED
    ]
    assert found == []
