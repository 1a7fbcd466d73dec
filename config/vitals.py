"""The process's own pulse: CPU, memory and its slope, threads, disk, and how late the event loop is (J3)."""

import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.models import Settings
from plugins.stores.sql.settings import SqliteSettings
from ports.clock import Clock

EVERY = 5_000
TURN = 250
"""Milliseconds between two samples, and between two looks at the loop."""
KEPT = 24 * 3_600_000 // EVERY
MEBIBYTE = 1024 * 1024
DAY = 86_400_000
_PAGES = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. *at* monotonic, *cpu* and *late* milliseconds (CPU since the start, lateness since the last one)."""

    at: int
    memory: int
    cpu: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The process over a while. Bytes, percent of one CPU, milliseconds; None where there is nothing to say yet."""

    seconds: int
    cpu_percent: int | None
    memory: int
    memory_slope: int | None
    """Bytes a day, by the line through the samples."""
    threads: int
    disk_free: int
    loop_lag: int


class Vitals:
    """Samples this process. *folder* is where the store lies."""

    def __init__(self, folder: Path) -> None:
        """Nothing is sampled here."""
        self._folder = folder
        self._samples: deque[Sample] = deque(maxlen=KEPT)

    async def run(self, clock: Clock) -> None:
        """Sample until cancelled."""
        while True:
            late = await _lateness(clock)
            self._samples.append(Sample(clock.monotonic(), memory(), time.process_time_ns() // 1_000_000, late))

    def pulse(self, since: int) -> Pulse:
        """The process from *since* (monotonic) on."""
        samples = [each for each in self._samples if each.at >= since]
        spent = samples[-1].at - samples[0].at if samples else 0
        return Pulse(
            seconds=spent // 1_000,
            cpu_percent=(samples[-1].cpu - samples[0].cpu) * 100 // spent if spent else None,
            memory=memory(),
            memory_slope=slope(samples),
            threads=threading.active_count(),
            disk_free=shutil.disk_usage(self._folder).free,
            loop_lag=max((each.late for each in samples), default=0),
        )


def store_folder(settings: Settings) -> Path:
    """Where the store lies; with one that is elsewhere, where the control socket does: the disk under both may fill."""
    chosen = settings.store.settings
    kept = chosen.path if isinstance(chosen, SqliteSettings) else settings.top.control
    return Path(kept).absolute().parent


async def _lateness(clock: Clock) -> int:
    """Let one sampling pause go by, in turns; the worst lateness of one of them."""
    worst = 0
    for _ in range(EVERY // TURN):
        before = clock.monotonic()
        await clock.sleep(TURN)
        worst = max(worst, clock.monotonic() - before - TURN)
    return worst


def memory() -> int:
    """Bytes that this process holds in memory; 0 where the system doesn't tell."""
    try:
        return int(_PAGES.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def slope(samples: Sequence[Sample]) -> int | None:
    """Bytes a day by the least squares; None of fewer than three samples."""
    if len(samples) < 3:
        return None
    count = len(samples)
    start = samples[0].at
    at, held = sum(each.at - start for each in samples), sum(each.memory for each in samples)
    above = count * sum((each.at - start) * each.memory for each in samples) - at * held
    below = count * sum((each.at - start) ** 2 for each in samples) - at * at
    return above * DAY // below if below else None
