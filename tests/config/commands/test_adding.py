"""`tandem open` where a trade is live already: both ways are shown, one must be chosen, then it is added (B13)."""

import json
from pathlib import Path

import pytest

from tests.test_app import CONFIG, REQUEST, Running, tandem

pytestmark = pytest.mark.integration


def test_a_second_request_is_added_once_somebody_chose_how(tmp_path: Path) -> None:
    """B13: without a choice exit 1 with both previews; keep adds to both accounts and says so; a wrong word exits 2."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    (tmp_path / "r.yaml").write_text(REQUEST)
    service = Running(tmp_path)
    service.until(lambda shown: not any(row["troubles"] for row in shown["accounts"]), "status")
    service.ask("open", "r.yaml", "--yes")
    (tmp_path / "r2.yaml").write_text(REQUEST.replace("59000", "58000").replace("percent: 20", "percent: 5"))
    both = service.ask("open", "r2.yaml", "--yes", expected=1)
    shown = tandem("open", "r2.yaml", "--config", "t.yaml", "--yes", folder=tmp_path, expected=1)
    done = service.ask("open", "r2.yaml", "--merge", "keep", "--yes")
    trades = json.loads(tandem("trades", "--config", "t.yaml", "--json", folder=tmp_path))["live"]
    service.stop()

    accounts = len(done["opened"])
    assert [row["merge"]["prices"] for row in both["preview"]] == ["keep"] * accounts + ["replace"] * accounts
    assert both["opened"] == []
    assert "--merge keep or --merge replace" in shown
    assert all(row["merged"] and row["trade"] == both["preview"][0]["merge"]["into"] for row in done["opened"])
    assert [len(trade["entries"]) for trade in trades] == [4] * accounts
