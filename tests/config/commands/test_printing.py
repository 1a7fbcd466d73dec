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


@pytest.mark.integration
@pytest.mark.parametrize("words", ["plugins", "plugins --json", "schema", "check missing.yaml --json"])
def test_what_standard_output_does_not_take_is_one_sentence(words: str, tmp_path: Path) -> None:
    """rel:F45: on a full disk a table ended in a traceback, and JSON in exit 120 without a word for people."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, str(ROOT / "app.py"), *words.split()]
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == (2 if "missing" in words else 1)
    assert done.stderr.splitlines()[-1].startswith("standard output takes nothing (No space left on device)")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.integration
@pytest.mark.parametrize("words", ["plugins", "plugins --json", "schema"])
def test_a_reader_who_left_is_told_nothing(words: str) -> None:
    """J1: a pipe that was closed is no fault to tell; exit 1, for not all was shown."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, str(ROOT / "app.py"), *words.split()]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)

    assert (done.returncode, done.stderr) == (1, b"")


def test_json_is_json_in_every_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal's escapes are none of JSON's."""
    printed = io.TextIOWrapper(io.BytesIO(), "ascii", errors="backslashreplace")
    monkeypatch.setattr(sys, "stdout", printed)
    print_json({"text": "main · ü"})
    printed.seek(0)

    assert json.loads(printed.read()) == {"text": "main · ü"}
