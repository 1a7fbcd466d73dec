"""Keeps one Tandem service running, and stops it, by the pid files in var/.

    service.py supervise COMMAND...     run it, and start it again RESTART_SECONDS (5) after a failure
    service.py stop | kill              end service and supervisor, with or without asking
    service.py clean-stuck              remove what a dead service left behind

It knows nothing of trades: stopping, recovery and what stays at the venue are the service's own affair.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import psutil

VAR = Path("var")
SERVICE, SUPERVISOR = VAR / "tandem.pid", VAR / "supervisor.pid"
PAUSE_SECONDS = float(os.environ.get("RESTART_SECONDS", "5"))
PATIENCE_SECONDS = 60
ENDED_WELL, USAGE_OR_CONFIG_ERROR = 0, 2


class StopRequested(BaseException):
    """Somebody asked the supervisor to end; not an Exception, so that nothing swallows it."""


def supervise(command: Sequence[str]) -> int:
    """Run *command* until it ends well or can't start as configured; return its last exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _request_stop)
    VAR.mkdir(exist_ok=True)
    SUPERVISOR.write_text(f"{os.getpid()}\n", "ascii")
    try:
        while (code := _run_once(command)) not in {ENDED_WELL, USAGE_OR_CONFIG_ERROR}:
            print(f"Tandem ended with exit code {code}: starting again in {PAUSE_SECONDS:g} s", flush=True)
            time.sleep(PAUSE_SECONDS)
    except StopRequested:
        return ENDED_WELL
    finally:
        SUPERVISOR.unlink(missing_ok=True)
    return code


def stop() -> int:
    """Ask the service to end, by its supervisor if it has one, and wait; 1 when it takes longer than a minute."""
    found = _running()
    _ask(found[:1], psutil.Process.terminate)
    if not _ended(found):
        print(f"Tandem is still stopping after {PATIENCE_SECONDS} s; `make kill` ends it at once", file=sys.stderr)
        return 1
    print("Tandem has stopped" if found else "Tandem is not running")
    return 0


def kill() -> int:
    """End service and supervisor without asking: the venue keeps the stops, the next start recovers."""
    found = _running()
    _ask(found, psutil.Process.kill)
    _ended(found)
    print("Tandem has been killed" if found else "Tandem is not running")
    return 0


def clean_stuck() -> int:
    """Remove pid and socket files in var/ whose service is dead; 1, and nothing removed, while it lives."""
    if running := _running():
        print(f"Tandem is running as process {running[-1].pid}: nothing removed", file=sys.stderr)
        return 1
    leftovers = sorted([*VAR.glob("*.pid"), *VAR.glob("*.sock")])
    for path in leftovers:
        path.unlink()
        print(f"removed {path}")
    if not leftovers:
        print("nothing was left behind")
    return 0


def _run_once(command: Sequence[str]) -> int:
    # In a session of its own, the service hears of Ctrl-C once, from here, and not from the terminal as well.
    with subprocess.Popen(command, start_new_session=True) as child:  # noqa: S603  the Makefile's own command line
        try:
            return child.wait()
        except StopRequested:
            child.terminate()
            child.wait()
            raise


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    raise StopRequested


def _ask(processes: Sequence[psutil.Process], ask: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        try:
            ask(process)
        except psutil.NoSuchProcess:
            continue  # it is gone already, which is what it was asked for


def _ended(processes: Sequence[psutil.Process]) -> bool:
    """Wait until all are gone; whether they are. One that only waits to be collected by its parent counts as gone."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(map(_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(_alive, processes))


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _running() -> list[psutil.Process]:
    """What runs, the supervisor first: once it has ended, it starts nothing new."""
    return [process for path in (SUPERVISOR, SERVICE) if (process := _process(path))]


def _process(path: Path) -> psutil.Process | None:
    """The process that a pid file names; None when it is gone, or its number went to another program."""
    try:
        process = psutil.Process(int(path.read_text("ascii").split()[0]))
        ours = not {"tandem", "app.py", "service.py"}.isdisjoint(Path(part).name for part in process.cmdline())
    except (FileNotFoundError, IndexError, ValueError, psutil.Error):
        return None
    return process if ours and _alive(process) else None


def main(arguments: Sequence[str]) -> int:
    """Carry out one command line; 2 when it makes no sense."""
    match list(arguments):
        case ["supervise", _, *_] as line:
            return supervise(line[1:])
        case ["stop"]:
            return stop()
        case ["kill"]:
            return kill()
        case ["clean-stuck"]:
            return clean_stuck()
    print(__doc__, file=sys.stderr)
    return USAGE_OR_CONFIG_ERROR


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
