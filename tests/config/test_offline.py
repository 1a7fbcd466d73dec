"""What the store remembers, told without a service as the service would tell it (J1)."""

from pathlib import Path
from typing import Any

import pytest

from config.load import load
from config.models import Settings
from config.offline import answers
from config.registry import Registry, registry
from core.engine.memory_store import MemoryStore
from core.report import TradeReport
from ports.contract.samples import OTHER, opened, report
from ports.persistence import Batch
from tests.terminal import standing

KEYS = "key: !env TANDEM_TEST_KEY, secret: !env TANDEM_TEST_KEY"
WRITTEN = f"""
accounts:
  main: {{use: bybit, environment: live, {KEYS}}}
  mirror: {{use: bybit, environment: demo, {KEYS}, follows: main}}
"""


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Settings, Registry]:
    """Real money that leads play money."""
    monkeypatch.setenv("TANDEM_TEST_KEY", "a-key-that-nobody-may-see")
    (tmp_path / "t.yaml").write_text(WRITTEN, "utf-8")
    found = registry(third_party=False)
    return load(tmp_path / "t.yaml", found), found


async def told(configured: tuple[Settings, Registry], command: str, *ended: TradeReport) -> Any:
    """The data of an answer while no service runs."""
    store = MemoryStore()
    await store.append(Batch(records=(opened(),), closed=ended))
    answer = await answers(*configured, {})[command](store)
    return answer["data"]


async def test_real_money_is_called_so_without_a_service(configured: tuple[Settings, Registry]) -> None:
    """A10: at night, with the service down, a live position must not look like one on paper."""
    shown = await told(configured, "status")

    assert [(row["account"], row["environment"]) for row in shown["accounts"]] == [("main", "live"), ("mirror", "demo")]
    assert [(row["account"], row["environment"]) for row in shown["trades"]] == [("main", "live")]


async def test_ended_trades_are_told_as_the_service_tells_them(configured: tuple[Settings, Registry]) -> None:
    """A10, J1: with the kind of money and the times, whether anybody runs or not."""
    (row,) = await told(configured, "closed", report(trade=OTHER))

    assert (row["id"], row["environment"]) == (OTHER, "live")
    assert row["opened_at"] == report(trade=OTHER).opened_at
    assert row["closed_at"] == report(trade=OTHER).closed_at


async def test_a_service_that_is_there_and_does_not_answer_is_named(
    configured: tuple[Settings, Registry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """J1, J2: its socket was deleted: `status` said that nobody watched, and it traded on."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    nobody = await told(configured, "status")
    with standing("tandem") as pid:
        (tmp_path / "var" / "tandem.pid").write_text(f"{pid}\n")
        somebody = await told(configured, "status")

    assert nobody["troubles"] == []
    assert somebody["troubles"][0].startswith(
        f"pid {pid} is a Tandem that runs, and does not answer at var/tandem.sock"
    )
