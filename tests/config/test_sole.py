"""Two services with one key, each with a store of its own: the second one refuses to start."""

import os
import resource
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.load import load
from config.models import Settings
from config.registry import registry
from config.sole import sole
from core.errors import Stopped

FOUND = registry(third_party=False)


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks of this test alone."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("SOME_KEY", "the-key-itself")
    monkeypatch.setenv("OTHER_KEY", "another-key")


def settings(folder: Path, store: str, key: str = "SOME_KEY") -> Settings:
    """One account at Bybit."""
    account = f"{{use: bybit, environment: demo, key: !env {key}, secret: !env SOME_KEY}}"
    text = f"accounts: {{main: {account}}}\nstore: {{use: sqlite, path: {folder}/{store}}}\n"
    (folder / "t.yaml").write_text(text, "utf-8")
    return load(folder / "t.yaml", FOUND)


def test_a_second_service_with_the_key_and_another_store_is_refused(tmp_path: Path) -> None:
    """J2: it says who holds the account; ended, the first one holds nobody up."""
    first, second = settings(tmp_path, "a.db"), settings(tmp_path, "b.db")
    with sole(first), pytest.raises(Stopped, match=f"main: .* pid {os.getpid()}, store {tmp_path}/a.db"), sole(second):
        raise AssertionError("both run")
    with sole(second):
        held = [path.read_text() for path in tmp_path.rglob("*.lock")]

    assert len(held) == 1
    assert "the-key-itself" not in held[0]


def test_the_same_store_is_left_to_its_lease_and_another_key_to_itself(tmp_path: Path) -> None:
    """rel:F44: a paused old service still holds the file; the lease decides who goes on."""
    with (
        sole(settings(tmp_path, "a.db")),
        sole(settings(tmp_path, "a.db")),
        sole(settings(tmp_path, "b.db", "OTHER_KEY")),
    ):
        assert len(list(tmp_path.rglob("*.lock"))) == 2


def test_a_machine_that_takes_no_locks_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """J2: trading doesn't wait for a folder of the system."""
    found = settings(tmp_path, "a.db")
    (tmp_path / "taken").touch()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "taken"))
    with sole(found):
        assert list(tmp_path.rglob("*.lock")) == []


def test_a_full_disk_holds_nobody_up_and_the_account_all_the_same(tmp_path: Path) -> None:
    """rel:F45: who restarts with a position open starts, where nothing can be written into the system's folder."""
    first, second = settings(tmp_path, "a.db"), settings(tmp_path, "b.db")
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    with ExitStack() as stack:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, allowed[1]))
        try:
            stack.enter_context(sole(first))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
        with pytest.raises(Stopped, match="another Tandem on this machine"), sole(second):
            raise AssertionError("both run")
