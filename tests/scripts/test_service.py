"""The supervisor and its pid files, with a small real process in place of the service."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "service.py"

WAITS = """
import os, pathlib, signal
pathlib.Path("var/tandem.pid").write_text(str(os.getpid()))
def stopped(number, frame):
    print("asked", flush=True)
    raise SystemExit(0)
signal.signal(signal.SIGTERM, stopped)
print("ready", flush=True)
while True:
    signal.pause()
"""
FAILS_ONCE = """
import pathlib
mark = pathlib.Path("failed")
if not mark.exists():
    mark.touch()
    raise SystemExit(1)
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start service.py in an empty directory; what is still running afterwards is killed."""
    (tmp_path / "var").mkdir()
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "RESTART_SECONDS": "0"}
        line = [sys.executable, str(SCRIPT), *arguments]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(line, cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield run
    run("kill").communicate()
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def service(tmp_path: Path) -> Callable[[str], list[str]]:
    """Command line of a stand-in called `tandem` that runs the given program."""

    def command(program: str) -> list[str]:
        (tmp_path / "tandem").write_text(program, "utf-8")
        return [sys.executable, str(tmp_path / "tandem")]

    return command


def ready(process: subprocess.Popen[str]) -> None:
    """Wait until the stand-in has said that it runs."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def test_failed_service_is_started_again(start: Start, service: Callable[[str], list[str]]) -> None:
    """After a failure comes another start, after a good end comes none."""
    supervisor = start("supervise", *service(FAILS_ONCE))
    told, _ = supervisor.communicate()

    assert supervisor.returncode == 0
    assert told == "Tandem ended with exit code 1: starting again in 0 s\n"


def test_bad_config_is_not_tried_again(start: Start, service: Callable[[str], list[str]]) -> None:
    """Exit code 2 can't mend itself, so the supervisor hands it on."""
    supervisor = start("supervise", *service("raise SystemExit(2)"))

    assert supervisor.communicate()[0] == ""
    assert supervisor.returncode == 2


def test_stop_asks_a_supervised_service_once(start: Start, service: Callable[[str], list[str]]) -> None:
    """Stop goes through the supervisor: the service hears of it once, and nothing is started again."""
    supervisor = start("supervise", *service(WAITS))
    ready(supervisor)

    assert start("stop").communicate()[0] == "Tandem has stopped\n"
    assert supervisor.communicate()[0] == "asked\n"
    assert supervisor.returncode == 0


def test_kill_ends_the_supervisor_too(start: Start, service: Callable[[str], list[str]]) -> None:
    """Kill asks nobody, and no supervisor is left to start the service again."""
    supervisor = start("supervise", *service(WAITS))
    ready(supervisor)

    assert start("kill").communicate()[0] == "Tandem has been killed\n"
    assert supervisor.communicate()[0] == ""
    assert supervisor.returncode < 0


def test_stop_leaves_a_stranger_alone(start: Start, tmp_path: Path) -> None:
    """A pid that went to another program since is not ours to end."""
    (tmp_path / "var" / "tandem.pid").write_text(str(os.getppid()), "ascii")

    assert start("stop").communicate()[0] == "Tandem is not running\n"


def test_clean_stuck_removes_what_the_dead_left(start: Start, tmp_path: Path) -> None:
    """Pid and socket files of nobody go; everything else in var/ stays."""
    for name in ("tandem.pid", "tandem.sock", "tandem.db"):
        (tmp_path / "var" / name).touch()
    cleaning = start("clean-stuck")
    told, _ = cleaning.communicate()

    assert told.splitlines() == ["removed var/tandem.pid", "removed var/tandem.sock"]
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["tandem.db"]


def test_clean_stuck_spares_the_living(start: Start, service: Callable[[str], list[str]], tmp_path: Path) -> None:
    """While the service runs, its files are no leftovers."""
    ready(start("supervise", *service(WAITS)))
    cleaning = start("clean-stuck")
    _, told = cleaning.communicate()

    assert (cleaning.returncode, "nothing removed" in told) == (1, True)
    assert (tmp_path / "var" / "tandem.pid").exists()
