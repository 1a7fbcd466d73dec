"""Two services with one key, each with a store of its own: the second one refuses to start."""

import os
import resource
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest

from config.alone import alone
from config.load import load, load_text
from config.models import Settings
from config.registry import Offer, registry
from config.sole import Holder, beside, sole
from core.errors import Stopped
from plugins.exchanges.paper.plugin import build
from plugins.exchanges.paper.settings import PaperAccountSettings
from ports.hooks import Adapter
from ports.secret import Secret

FOUND = registry(third_party=False)


class Keyed(PaperAccountSettings):
    """An account on paper that has a key all the same."""

    key: Secret


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


def test_who_must_not_be_refused_is_told_who_else_there_is(tmp_path: Path) -> None:
    """J2, E6: and holds what is free, so that nobody else starts with it meanwhile."""
    first, second = settings(tmp_path, "a.db"), settings(tmp_path, "b.db")
    with sole(first), beside(second) as others:
        pass
    with beside(second) as none, pytest.raises(Stopped, match=r"b\.db"), sole(first):
        raise AssertionError("both run")

    assert others == (Holder("main", os.getpid(), f"{tmp_path}/a.db"),)
    assert none == ()


async def test_an_emergency_beside_another_service_is_done_and_names_it(tmp_path: Path) -> None:
    """E6, J2: it takes a service's place where none answers, and tells who may put orders back."""
    found = registry(third_party=False)
    offer = Adapter("keyed", Keyed, build)
    found.offers["exchanges", "keyed"] = Offer("exchanges", offer, "test")
    text = "accounts: {main: {use: keyed, key: !env SOME_KEY}}\nnotifiers: [{use: file, path: ALERTS}]\n"
    text += "venue: {state: ':memory:'}\nstore: {use: sqlite, path: PLACE}\n"
    here, there = (
        load_text(text.replace("PLACE", f"{tmp_path}/{name}").replace("ALERTS", f"{tmp_path}/alerts"), "t.yaml", found)
        for name in ("a.db", "b.db")
    )
    with sole(there):
        answer = await alone(here, found, "emergency", {"all_accounts": True, "dry_run": False})

    assert answer["exit"] == 0
    assert cast("Any", answer["data"])["beside"] == [
        {"account": "main", "pid": os.getpid(), "store": f"{tmp_path}/b.db"}
    ]


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
