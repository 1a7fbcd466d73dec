"""`tandem alert-rules` and `tandem report` through the socket of a service in this process (D1)."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.commands.wishing import alert_rule, alert_rules, report
from core.engine.alerting import UserAlerts
from core.engine.control import ControlServer
from core.engine.reports import Reports
from tests.serving import house

CONFIG = Path("t.yaml")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A service behind its socket, in a thread: the commands bring their own loop."""
    monkeypatch.chdir(tmp_path)
    CONFIG.write_text("accounts: {main: {use: paper}}\nvenue: {state: var/venue.db}\n")
    ready, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(ready, over)))
    thread.start()
    assert ready.wait(20)
    yield
    over.set()
    thread.join(20)


async def _serve(ready: threading.Event, over: threading.Event) -> None:
    async with house() as at:
        handlers = {**UserAlerts(at.service).handlers(), **Reports(at.service, lambda: None).handlers()}
        server = ControlServer(Path("var/tandem.sock"), handlers)
        await server.start()
        ready.set()
        await asyncio.to_thread(over.wait)
        await server.close()


def object_of(capsys: pytest.CaptureFixture[str]) -> Any:
    """The one object that was printed; the log goes to standard output here."""
    said = capsys.readouterr().out
    return json.loads(said[said.index("{\n") :])


@pytest.mark.usefixtures("served")
def test_a_rule_is_added_switched_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    """D1: refused with every reason (exit 2), listed with the kinds that there are."""
    assert alert_rule(CONFIG, "add", {"kind": "drawdown", "value": "200", "symbol": "BTCUSDT"}, as_json=True) == 2
    assert len(object_of(capsys)["error"]) == 2
    assert alert_rule(CONFIG, "add", {"kind": "drawdown", "value": "20"}, as_json=True) == 0
    rule = object_of(capsys)["id"]
    assert alert_rule(CONFIG, "change", {"id": rule, "enabled": False}, as_json=False) == 0
    assert alert_rules(CONFIG, as_json=False) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in (rule, "20 %", "off", "near_stop"))

    assert alert_rule(CONFIG, "remove", {"id": rule}, as_json=True) == 0
    capsys.readouterr()
    assert alert_rules(CONFIG, as_json=True) == 0
    assert object_of(capsys)["rules"] == []


@pytest.mark.usefixtures("served")
def test_the_report_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """D1: in words, and as data."""
    assert report(CONFIG, as_json=False) == 0
    assert "daily report" in capsys.readouterr().out
    assert report(CONFIG, as_json=True) == 0
    assert object_of(capsys)["closed"] == 0


def test_without_a_service_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """J1: nobody watches then."""
    monkeypatch.chdir(tmp_path)
    CONFIG.write_text("accounts: {main: {use: paper}}\n")

    assert alert_rules(CONFIG, as_json=False) == 1
