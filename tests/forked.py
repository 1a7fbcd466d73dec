"""The service as a process of its own, forked from one that has loaded the program: a start without its imports.

Every start imports the same 900 modules, most of what it costs. That the program starts and ends as users start it see
the tests of the command line (`processed`, the one of a lost terminal) and the loop of kills; who only wants a running
service to ask takes one of these.
"""

import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

import app

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.loaded"])


class Forked:
    """`tandem run t.yaml` in *folder*; what it prints comes line by line from `stdout`."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None) -> None:
        """Start it."""
        reader, writer = os.pipe()
        self.stdout = os.fdopen(reader, encoding="utf-8")
        self._process = _FORKS.Process(target=_run, args=(folder, environment, DupFd(writer)), daemon=True)
        self._process.start()
        os.close(writer)

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self._process.pid or 0, number)

    def ended(self, within: float) -> str:
        """Wait until it has ended; what it said that was not read yet."""
        said = self.stdout.read()
        self.stdout.close()
        self._process.join(within)
        assert self._process.exitcode is not None
        return said


def _run(folder: Path, environment: Mapping[str, str] | None, printed: Any) -> None:
    """Become the program: its folder, environment, words and output are its own."""
    to = printed.detach()
    os.dup2(to, 1)
    os.dup2(to, 2)
    os.close(to)
    # What the streams know of their descriptors is of those that were there before.
    sys.stdout, sys.stderr = (open(each, "w", 1, "utf-8", closefd=False) for each in (1, 2))  # noqa: SIM115
    os.chdir(folder)
    if environment is not None:
        os.environ.clear()
        os.environ.update(environment)
    sys.argv = ["tandem", "run", "t.yaml"]
    app.main()
