"""What is printed, whatever the terminal can show (J1)."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.commands.printing import print_json
from tests.terminal import CONFIG, ROOT, Running


@pytest.mark.integration
@pytest.mark.parametrize(
    ("streams", "encoding", "shown"),
    [
        ("", "ascii", r"Tandem 0.1.0 t.yaml \xb7 not running"),
        ("", "utf-8", "Tandem 0.1.0 t.yaml · not running"),
        ("<&- >&- 2>&-", "utf-8", ""),
    ],
)
def test_a_command_ends_well_whatever_is_left_of_its_terminal(
    streams: str, encoding: str, shown: str, tmp_path: Path
) -> None:
    """A sign that can't be shown, or an output that was closed, ended `status` with a traceback."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    Running(tmp_path).stop()
    shell = f"exec {sys.executable} {ROOT}/app.py status --config t.yaml {streams}"
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, env=environment, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode(encoding).startswith(shown)
    assert bool(done.stdout) == bool(shown)


def test_json_is_json_in_every_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal's escapes are none of JSON's."""
    printed = io.TextIOWrapper(io.BytesIO(), "ascii", errors="backslashreplace")
    monkeypatch.setattr(sys, "stdout", printed)
    print_json({"text": "main · ü"})
    printed.seek(0)

    assert json.loads(printed.read()) == {"text": "main · ü"}
