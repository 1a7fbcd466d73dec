"""Many storms: a range of seeds, what they found, and how fast. The answer is a pure function of seeds and code."""

import hashlib
import os
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from config.simulation import storm
from config.simulation.live import storm as live
from config.simulation.storm import Ended
from config.simulation.story import START
from config.simulation.telling import tell

HOUR = 3_600_000
CHUNK = 50
"""Seeds that one worker plays before it tells."""


class Ring(StrEnum):
    """What a storm is played around."""

    A = "a"
    """The account machines alone."""
    B = "b"
    """The real asyncio service, on a virtual event loop."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which storms: seeds from *first* to before *last*, on so many accounts."""

    first: int
    last: int
    accounts: int = 2
    ring: Ring = Ring.A


@dataclass(frozen=True, slots=True)
class _Chunk:
    seeds: tuple[int, ...]
    accounts: int
    ring: Ring


@dataclass(slots=True)
class Found:
    """What a campaign found so far."""

    seeds: int = 0
    violations: list[dict[str, object]] = field(default_factory=list)
    crashes: int = 0
    milliseconds: int = 0
    sometimes: Counter[str] = field(default_factory=Counter)
    cpu_nanoseconds: int = 0
    digests: list[str] = field(default_factory=list)

    def add(self, other: "Found") -> None:
        """Take another part in; parts come in the order of their seeds."""
        self.seeds += other.seeds
        self.violations += other.violations
        self.crashes += other.crashes
        self.milliseconds += other.milliseconds
        self.sometimes += other.sometimes
        self.cpu_nanoseconds += other.cpu_nanoseconds
        self.digests += other.digests

    def json(self) -> dict[str, object]:
        """What `tandem simulate --json` prints."""
        seconds = self.cpu_nanoseconds / 1_000_000_000
        return {
            "seeds": self.seeds,
            "violations": self.violations,
            "crashes": self.crashes,
            "simulated_hours": round(self.milliseconds / HOUR, 2),
            "sometimes": dict(sorted(self.sometimes.items())),
            "seeds_per_cpu_second": round(self.seeds / seconds, 1) if seconds else 0,
            "journal_hash": hashlib.sha256("".join(self.digests).encode()).hexdigest(),
        }


def run(plan: Plan, jobs: int = 1, progress: Callable[[Found], None] = lambda _: None) -> Found:
    """Play every seed of *plan*, in *jobs* processes."""
    chunks = list(_chunks(plan))
    found = Found()
    for part in _played(chunks, jobs):
        found.add(part)
        progress(found)
    return found


def _chunks(plan: Plan) -> Iterator[_Chunk]:
    seeds = iter(range(plan.first, plan.last))
    while chunk := tuple(islice(seeds, CHUNK)):
        yield _Chunk(chunk, plan.accounts, plan.ring)


def _played(chunks: list[_Chunk], jobs: int) -> Iterable[Found]:
    if jobs == 1 or len(chunks) == 1:
        return map(_chunk, chunks)
    return _in_processes(chunks, jobs)


def _in_processes(chunks: list[_Chunk], jobs: int) -> Iterator[Found]:
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_end_with_who_asked) as pool:
        yield from pool.map(_chunk, chunks)


def _end_with_who_asked() -> None:
    """End this process when the one that asked is gone: killed, it tells nobody, and this one would wait for ever."""
    Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    asked = parent_process()
    if asked is not None:
        asked.join()
        os._exit(1)


def _chunk(asked: _Chunk) -> Found:
    """Play some seeds in this process."""
    play = live.play if asked.ring is Ring.B else storm.play
    found = Found()
    began = time.process_time_ns()
    for seed in asked.seeds:
        found.seeds += 1
        try:
            ended = play(tell(seed, accounts=asked.accounts))
        except Exception as error:  # noqa: BLE001 - what ends a service is the worst of violations, and ends no campaign
            found.violations.append(_raised(seed, error))
            continue
        found.violations += [row(ended, each.invariant, each.account, each.at, each.detail) for each in ended.breaches]
        found.crashes += ended.crashes
        found.milliseconds += ended.milliseconds
        found.sometimes += ended.sometimes
        found.digests.append(ended.digest)
    found.cpu_nanoseconds = time.process_time_ns() - began
    return found


def _raised(seed: int, error: Exception) -> dict[str, object]:
    """A storm that the code under test didn't outlive."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    what = "".join(traceback.format_exception_only(error)).strip()
    return {
        "seed": seed,
        "invariant": "raised",
        "at": 0,
        "detail": f"{Path(where.filename).name}:{where.lineno}: {what}",
    }


def row(ended: Ended, invariant: str, account: str, at: int, detail: str) -> dict[str, object]:
    """A violation as a program reads it; *at* counts milliseconds from the storm's start."""
    return {"seed": ended.seed, "invariant": invariant, "at": at - START, "detail": f"{account}: {detail}"}


def cores() -> int:
    """How many processes may work at once."""
    return max(len(os.sched_getaffinity(0)), 1)
