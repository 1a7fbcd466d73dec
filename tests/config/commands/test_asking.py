"""Asking the running service, or saying where it was looked for."""

from pathlib import Path

import pytest

from config.commands.asking import not_running
from tests.terminal import tandem_json


def test_where_a_service_was_looked_for_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """J2: its paths are of the folder one stands in; in the wrong one a second service would be started."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text("accounts: {main: {use: paper}}\ncontrol: here/t.sock\n", "utf-8")

    assert f"no service answers at {tmp_path}/here/t.sock;" in not_running(Path("t.yaml"))


@pytest.mark.parametrize("words", [("close", "BTCUSDT"), ("emergency", "--dry-run"), ("status",)])
def test_that_no_service_runs_is_said_before_what_else_is_wrong(words: tuple[str, ...], tmp_path: Path) -> None:
    """E6, J1: without its secrets the file was complained of, and that nobody watched over the trades was not said."""
    account = "{use: bybit, environment: demo, key: !env NOT_SET_1, secret: !env NOT_SET_2}"
    (tmp_path / "t.yaml").write_text(f"accounts: {{main: {account}}}\n")
    first, *more = tandem_json(*words, "--config", "t.yaml", folder=tmp_path, expected=2)["error"]

    assert first.startswith(f"no service answers at {tmp_path}/var/tandem.sock")
    assert "NOT_SET_1 is not set" in more[0]
