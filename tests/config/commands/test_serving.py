"""The log of the running service."""

import json
import logging
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import structlog

from config.commands.serving import configure_log
from config.models import LogSettings
from core.errors import Stopped
from tests.terminal import CONFIG, PATIENCE, ROOT, tandem_json, until


@pytest.fixture(autouse=True)
def _log() -> Iterator[None]:
    """The log is as it was afterwards; the library's logger is as the library leaves it, whoever was here before."""
    root, library, told = logging.getLogger(), logging.getLogger("pybit"), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    before = library.level, library.propagate, library.disabled, logging.root.manager.disable
    library.level, library.propagate, library.disabled = logging.NOTSET, True, False
    logging.disable(logging.NOTSET)
    yield
    library.level, library.propagate, library.disabled = before[:3]
    logging.disable(before[3])
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**told)


def test_every_line_of_the_log_is_an_object(tmp_path: Path) -> None:
    """Our events and a library's plain words alike, a traceback of several lines included."""
    path = tmp_path / "var" / "tandem.log"
    configure_log(LogSettings(path=str(path)))
    structlog.get_logger("tandem.test").info("order placed", key="t1")
    logging.getLogger("pybit").info("Websocket %s", "connected")
    try:
        int("broken")
    except ValueError:
        logging.getLogger("pybit").exception("in its own thread")
    lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert [line["event"].splitlines()[0] for line in lines] == [
        "order placed",
        "Websocket connected",
        "in its own thread",
    ]
    assert "ValueError: invalid literal" in lines[2]["event"]
    assert {line["level"] for line in lines} == {"info", "error"}


def test_a_log_that_cannot_be_written_says_which_key_names_another(tmp_path: Path) -> None:
    """rel:F57: a sentence, no traceback."""
    (tmp_path / "taken").touch()
    with pytest.raises(Stopped, match=r"log .*taken/t.log.*`log: "):
        configure_log(LogSettings(path=str(tmp_path / "taken" / "t.log")))


def test_a_log_that_is_set_up_anew_keeps_no_file_open(tmp_path: Path) -> None:
    """J2: each reload that changes the log would else hold one more, until there are no descriptors left."""
    configure_log(LogSettings(path=str(tmp_path / "a.log")))
    (first,) = logging.getLogger().handlers
    configure_log(LogSettings(path=str(tmp_path / "b.log")))

    assert isinstance(first, logging.FileHandler)
    assert first.stream is None


@pytest.mark.integration
def test_a_service_that_lost_its_terminal_ends_well(tmp_path: Path) -> None:
    """J2: stopped in order, exit 0: else systemd would tell of a failure, and start it again."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    reader, writer = pty.openpty()
    program = [sys.executable, str(ROOT / "app.py"), "run", "t.yaml"]
    with subprocess.Popen(program, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE) as process:
        os.close(writer)
        shown = b""
        while b"runs t.yaml" not in shown:
            shown += os.read(reader, 4_096)
        os.close(reader)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)

    assert (process.returncode, told) == (0, b"")


@pytest.mark.integration
def test_a_service_whose_output_nobody_reads_trades_on_and_ends_well(tmp_path: Path) -> None:
    """rel:F49: Ctrl-S in its terminal, or an ssh session without a network, stopped everything until somebody read."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    reader, writer = os.pipe()
    full = os.open(f"/proc/self/fd/{writer}", os.O_WRONLY | os.O_NONBLOCK)  # the service's end stays one that waits
    with suppress(BlockingIOError):
        while True:
            os.write(full, b"-" * 4_096)
    program = [sys.executable, str(ROOT / "app.py"), "run", "t.yaml"]
    with subprocess.Popen(program, cwd=tmp_path, stdout=writer, stderr=writer) as process:
        try:
            until(lambda _: (tmp_path / "var" / "tandem.sock").exists(), process.poll)
            status = partial(tandem_json, "status", "--config", "t.yaml", folder=tmp_path)
            until(lambda shown: not any(row["troubles"] for row in shown["accounts"]), status)
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
        finally:
            process.kill()
    for each in (reader, writer, full):
        os.close(each)

    assert process.returncode == 0
