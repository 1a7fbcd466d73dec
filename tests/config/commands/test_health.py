"""`tandem status --health` through the socket, and without a service (J3)."""

from pathlib import Path

import pytest

from tests.terminal import CONFIG, REQUEST, Running, tandem, tandem_json

pytestmark = pytest.mark.integration


def test_health_of_a_running_service_and_of_one_that_is_gone(tmp_path: Path) -> None:
    """J3: exit 0 with every figure, as JSON and on a terminal; once it is gone exit 1 and that is said."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    (tmp_path / "r.yaml").write_text(REQUEST)
    service = Running(tmp_path).well()
    service.traded()
    shown = service.ask("status", "--health", "--minutes", "5")
    said = tandem("status", "--health", "--config", "t.yaml", folder=tmp_path)
    service.stop()
    gone = tandem_json("status", "--health", "--config", "t.yaml", folder=tmp_path, expected=1)

    assert (shown["well"], shown["minutes"]) == (True, 5)
    assert "place" in {each["endpoint"] for each in shown["accounts"]["main"]["endpoints"]}
    assert "all is well" in said
    assert gone["wrong"] == ["the service is not running"]
