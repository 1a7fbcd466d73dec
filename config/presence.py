"""Whether a service is there, by the pid file beside its control socket."""

from pathlib import Path

import psutil

PID_FILE = "tandem.pid"
PROGRAMS = frozenset({"tandem", "app.py"})


def pid_file(control: Path) -> Path:
    """Where the service with this control socket says who it is."""
    return control.parent / PID_FILE


def named(control: Path) -> int | None:
    """Who wrote the pid file, alive or not."""
    try:
        return int(pid_file(control).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def there(control: Path) -> int | None:
    """The pid of a Tandem that runs, whether it answers or not.

    A number in the file may be another program's by now, and the dead may be uncollected.
    """
    pid = named(control)
    try:
        words = {Path(word).name for word in psutil.Process(pid).cmdline()} if pid is not None else set[str]()
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return pid
    return None if words.isdisjoint(PROGRAMS) else pid


def started_by(config: Path, control: Path) -> bool:
    """Whether the Tandem with this control socket was told this configuration when it was started."""
    try:
        process = psutil.Process(there(control) or 0)
        folder = Path(process.cwd())
        return config.absolute() in {folder / word for word in process.cmdline()}
    except psutil.Error:
        return False
