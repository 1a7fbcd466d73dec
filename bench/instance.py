"""`tandem run` as a process of its own: started, asked through its socket, and killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.exchange import ACCOUNTS, ROOT, VenueProcess

CONFIG = "service.yaml"
ALERTS = "notifiers: [{use: file, path: var/alerts.jsonl}]\n"
_LOOK = 0.01


@dataclass(frozen=True, slots=True)
class Start:
    """How a start went: seconds until it answered, until no account was unwell, and the troubles shown between.

    *processor* is what it took of a processor until it was well: on a machine that others use too, that tells more.
    """

    answered: float
    well: float
    processor: float
    troubles: tuple[str, ...]


class Instance:
    """The service of one configuration; it may be started again and again."""

    def __init__(
        self, folder: Path, venue: VenueProcess, store: str, *, mirror: str = "bybit", more: str = ALERTS
    ) -> None:
        """Write the configuration. *store* is the section of the store, *mirror* the mirror's adapter.

        *more* are further lines of it: the notifiers at least.
        """
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        (folder / "var").mkdir(parents=True, mode=0o700)
        rows = [_account(folder, venue, name, mirror if name == "mirror" else "bybit") for name in ACCOUNTS]
        (folder / CONFIG).write_text(
            f"accounts:\n{''.join(rows)}strategies: {{conservative: {{use: conservative}}}}\nstore: {store}\n"
            f"limits: {{max_trades: 10000}}\n{more}",
            "utf-8",
        )

    @property
    def alive(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and don't wait."""
        self._began = time.monotonic()
        with (self.folder / "var" / "said").open("ab") as said:
            command = [sys.executable, str(ROOT / "app.py"), "run", CONFIG]
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=said, stderr=said, env=_surroundings())

    def well(self, patience: float) -> Start:
        """Wait until no account says a trouble; raises RuntimeError when that doesn't come."""
        answered, troubles = 0.0, set[str]()
        while time.monotonic() < self._began + patience:
            shown = self.ask("health")
            if shown is not None:
                answered = answered or time.monotonic() - self._began
                now = {trouble for row in shown["data"]["accounts"].values() for trouble in row["breaker"]}
                if not now:
                    return Start(answered, time.monotonic() - self._began, self._processor(), tuple(sorted(troubles)))
                troubles |= now
            if not self.alive:
                raise RuntimeError(f"the service ended at its start: {self.said()}")
            time.sleep(_LOOK)
        raise RuntimeError(f"not reconciled within {patience} s: {self.ask('status')}")

    def _processor(self) -> float:
        used = psutil.Process(self._process.pid if self._process is not None else None).cpu_times()
        return float(used.user + used.system)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone. May be called from another thread, and twice."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> int:
        """SIGTERM; returns how it ended."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=30)

    def ask(self, command: str, **arguments: object) -> dict[str, Any] | None:
        """What `tandem COMMAND` asks and gets; None when the service is not there or broke off."""
        line = json.dumps({"command": command, "arguments": arguments}).encode() + b"\n"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
                wire.settimeout(30)
                wire.connect(str(self.folder / "var" / "tandem.sock"))
                wire.sendall(line)
                said = wire.makefile("rb").readline()
        except OSError:
            return None
        return json.loads(said) if said.endswith(b"\n") else None

    def tandem(self, *words: str) -> tuple[int, Any]:
        """Run the command line beside the service; its exit code and its one object."""
        command = [sys.executable, str(ROOT / "app.py"), *words, "--config", CONFIG, "--json"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=120)
        if not done.stdout:
            raise RuntimeError(f"tandem {' '.join(words)}: {done.stderr}")
        return done.returncode, json.loads(done.stdout)

    def said(self) -> str:
        """The end of what it printed."""
        return (self.folder / "var" / "said").read_text("utf-8")[-1_000:]


def _surroundings() -> dict[str, str]:
    """As `make run` gives them: a shell that keeps no compiled modules makes every start compile 800 files."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _account(folder: Path, venue: VenueProcess, name: str, use: str) -> str:
    for part in ("key", "secret"):
        file = folder / f"{name}.{part}"
        file.touch(mode=0o600)
        file.write_text(venue.keys[name][part], "utf-8")
    follows = "" if name == "main" else ", follows: main"
    secrets = f"key: !file {name}.key, secret: !file {name}.secret"
    return f"  {name}: {{use: {use}, environment: '{venue.http}', {secrets}{follows}}}\n"
