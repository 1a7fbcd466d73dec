"""Asking the running service, or saying where it was looked for."""

from pathlib import Path

import pytest

from config.commands.asking import not_running


def test_where_a_service_was_looked_for_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """J2: its paths are of the folder one stands in; in the wrong one a second service would be started."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text("accounts: {main: {use: paper}}\ncontrol: here/t.sock\n", "utf-8")

    assert f"no service answers at {tmp_path}/here/t.sock;" in not_running(Path("t.yaml"))
