"""A day of the venue's time on three accounts, trade after trade, with faults every ten minutes: `make soak`.

In process: the simulator's venue, roads, store and process around the real account machines, with its own story. After
each bout of faults everything must be at rest again. Prints one JSON object; exit 1 when anything was wrong, when a
critical alert went out that no fault explains, or when the machines' memory grew by more than a MiB a day.
"""

import argparse
import gc
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import BuiltinFunctionType, FunctionType, ModuleType

import psutil

from config.simulation.fates import FRAME, LOOK, POINT, REQUEST, Fates
from config.simulation.story import START, SYMBOL, Does, Happening, Story
from config.simulation.telling import tell
from config.simulation.verdict import at_rest
from config.simulation.world import World
from core.alerts import PositionClosed
from core.instrument import Instrument
from core.money import ZERO
from core.plan import Rules
from core.request import EntrySpec, FixedQuantity, Request
from core.words import Side

HOUR = 3_600_000
CYCLE, BOUT, QUIET = 600_000, 60_000, 120_000
"""Milliseconds from one bout of faults to the next, how long it lasts, and how long it is quiet before the check."""
STEP = 2_000
ACCOUNTS = (("main", Decimal(100_000_000)), ("mirror", Decimal(33_000_000)), ("mirror2", Decimal(10_000_000)))
WINDOWS = (Does.STREAM_DOWN, Does.STALL, Does.OFFLINE, Does.DISK_FULL, Does.VENUE_RESTART, Does.THIN, Does.FUNDING)
ALLOWED = 1.0
"""MiB a day (rel:I16)."""
EXPLAINED = ("stop_hit", "protection_missing", "breakeven_failed", "close_failed", "account_degraded", "ghost_fill")
"""The critical alerts that the market and these faults bring about; any other is an error of our own."""
_LEAVES = (type, ModuleType, FunctionType, BuiltinFunctionType)


@dataclass
class Soak:
    """The world, and the person who opens one trade after another in it."""

    world: World
    draw: random.Random
    ends: int
    opened: int = 0
    refused: int = 0
    rows: int = 0
    critical: Counter[str] = field(default_factory=Counter)
    counted: set[tuple[str, str, str, str]] = field(default_factory=set)
    """The alerts that were told, by their dedupe keys."""
    samples: list[tuple[float, float, float]] = field(default_factory=list)
    """Hour, MiB that the machines hold, MiB of the whole process."""
    _goal: Decimal = Decimal(100)

    def run(self) -> None:
        """The whole time, bout by bout."""
        self.world.begin()
        timeline = self.world.timeline
        timeline.after(STEP, self._market)
        for cycle in range(CYCLE, self.ends + 1, CYCLE):
            timeline.at(START + cycle - CYCLE + QUIET // 2, lambda: self._weather(bad=True))
            timeline.at(START + cycle - CYCLE + QUIET // 2 + BOUT, lambda: self._weather(bad=False))
            timeline.run(START + cycle)
            at_rest(self.world)
            self.world.watch.sent.calls = 0  # a storm's measure: each bout is one
            self._forget()
            if cycle % HOUR == 0:
                self._sample(cycle // HOUR)

    def _weather(self, *, bad: bool) -> None:
        self.world.fates.over = not bad

    def _market(self) -> None:
        """One step of the price, and the next trade when there is none; quiet before each check."""
        now = self.world.timeline.now
        self.world.timeline.after(STEP, self._market)
        if (now - START - 1) % CYCLE > CYCLE - QUIET:
            return
        if self._free():
            self._open(now)
            return
        last = self.world.venue.state.last[SYMBOL]
        drift = (self._goal - last) / 20
        price = last + drift + Decimal(self.draw.randint(-80, 80)) / 100
        self.world.move_price(min(max(price, Decimal(80)), Decimal(120)).quantize(Decimal("0.01")), jumps=False)

    def _free(self) -> bool:
        nodes = self.world.process.nodes
        return bool(nodes) and not any(node.machine.state.boxes for node in nodes.values())

    def _open(self, now: int) -> None:
        state = self.world.process.nodes["main"].machine.state
        if state.troubles or now - START < 4 * STEP:
            return
        self._goal = Decimal(self.draw.choice((85, 116, 116, 121)))
        self.world.move_price(Decimal(100), jumps=True)
        self.opened += 1
        self.world.process.open(replace(self.world.story.request, id=f"soak-{self.opened}", at=now))

    def _forget(self) -> None:
        """Count what the simulated store holds of ended trades, and let go of it: it is no memory of the service.

        Their reports stay, since a restart reads them, and with them that each was told of.
        """
        disk = self.world.disk
        for account, lines in disk.journal.items():
            over = {trade for name, trade in disk.reports if name == account}
            kept = [entry for entry in lines if entry.trade not in over]
            self.rows += len(lines) - len(kept)
            lines[:] = kept
        for name, alert in tuple(disk.alerts.items()):
            if name in self.counted:
                continue
            self.counted.add(name)
            if alert.critical:
                self.critical[alert.kind] += 1
            if not isinstance(alert.body, PositionClosed):
                del disk.alerts[name]

    def _sample(self, hour: int) -> None:
        gc.collect()
        held = held_by([node.machine.state for node in self.world.process.nodes.values()])
        self.samples.append((hour, held / 2**20, psutil.Process().memory_info().rss / 2**20))

    def figures(self) -> dict[str, object]:
        """What came of it."""
        half = [each for each in self.samples if each[0] > self.samples[-1][0] / 2] if self.samples else []
        left = sum(len(lines) for lines in self.world.disk.journal.values())
        breaches = [
            f"{each.invariant} {each.account} at {each.at}: {each.detail}" for each in self.world.watch.breaches
        ]
        return {
            "hours": (self.world.timeline.now - START) / HOUR,
            "accounts": len(ACCOUNTS),
            "trades": self.opened,
            "closed": len(self.world.disk.reports),
            "bouts": self.ends // CYCLE,
            "faults": len(self.world.fates.struck) + len(self.world.story.happenings),
            "crashes": self.world.crashes,
            "violations": breaches,
            "critical_alerts": dict(self.critical),
            "alerts": len(self.counted),
            "journal_rows": self.rows + left,
            "machines_mib": round(self.samples[-1][1], 2) if self.samples else None,
            "machines_mib_a_day": slope([(hour, held) for hour, held, _ in half]),
            "process_mib": round(self.samples[-1][2], 1) if self.samples else None,
            "process_mib_a_day": slope([(hour, whole) for hour, _, whole in half]),
        }


def slope(points: list[tuple[float, float]]) -> float | None:
    """Growth a day by least squares over (hour, MiB); None for fewer than three points."""
    if len(points) < 3:
        return None
    hours, values = [hour for hour, _ in points], [value for _, value in points]
    middle, mean = sum(hours) / len(hours), sum(values) / len(values)
    above = sum((hour - middle) * (value - mean) for hour, value in points)
    return round(24 * above / sum((hour - middle) ** 2 for hour in hours), 3)


def held_by(roots: list[object]) -> int:
    """Bytes of everything that is reached from *roots*; code is left out."""
    seen: set[int] = set()
    waiting = list(roots)
    total = 0
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, _LEAVES):
            continue
        seen.add(id(each))
        total += sys.getsizeof(each)
        waiting.extend(gc.get_referents(each))
    return total


def story(seed: int, ends: int, *, crashes: bool) -> Story:
    """A plain ladder on three accounts; one window a bout, and small faults all through it."""
    draw = random.Random(f"soak:{seed}")
    names = [name for name, _ in ACCOUNTS]
    happenings = [
        Happening(begin + QUIET // 2, draw.choice(WINDOWS), draw.choice(names), draw.randint(500, 30_000))
        for begin in range(0, ends, CYCLE)
    ]
    chances = {**dict.fromkeys(REQUEST, 20), **dict.fromkeys(FRAME, 20), **dict.fromkeys(LOOK, 40)}
    rules = Instrument(
        symbol=SYMBOL,
        tick=Decimal("0.01"),
        step=Decimal("0.1"),
        min_quantity=Decimal("0.1"),
        min_notional=Decimal(5),
        max_leverage=Decimal(100),
    )
    return replace(
        tell(seed, accounts=3, calm=True),
        accounts=ACCOUNTS,
        instrument=rules,
        hedge=False,
        rules=Rules(),
        request=_request(),
        prices=((0, Decimal(100), True), (1, Decimal(100), True)),
        happenings=tuple(happenings),
        chances={**chances, **dict.fromkeys(POINT, 40)} if crashes else chances,
        slippage=ZERO,
    )


def _request() -> Request:
    return Request(
        id="soak-0",
        strategy="conservative",
        symbol=SYMBOL,
        side=Side.LONG,
        entries=(EntrySpec(None), EntrySpec(Decimal(98)), EntrySpec(Decimal(95))),
        take_profits=tuple(Decimal(price) for price in (104, 107, 110, 113)),
        stop=Decimal(90),
        leverage=Decimal(5),
        size=FixedQuantity(Decimal(300)),
        at=START,
        confirmed=True,
        origin="soak",
    )


def soak(seed: int, hours: int, *, crashes: bool) -> dict[str, object]:
    """Run it; the same seed gives the same day."""
    told = story(seed, hours * HOUR, crashes=crashes)
    fates = Fates(seed, told.chances)
    fates.over = True
    found = Soak(World(told, fates), random.Random(f"market:{seed}"), hours * HOUR)
    began = time.monotonic()
    found.run()
    return {"seed": seed, **found.figures(), "seconds": round(time.monotonic() - began, 1)}


def wrong(figures: dict[str, object]) -> bool:
    """Whether anything was."""
    grew, told = figures["machines_mib_a_day"], figures["critical_alerts"]
    unexplained = isinstance(told, dict) and bool(told.keys() - set(EXPLAINED))
    return bool(figures["violations"]) or unexplained or (isinstance(grew, float) and grew > ALLOWED)


def main(words: list[str]) -> int:
    """Run, print, and say by the exit code whether all was well."""
    told = argparse.ArgumentParser(prog="soak", description=__doc__)
    told.add_argument("--seed", type=int, default=1, help="the market and the faults")
    told.add_argument("--hours", type=int, default=24, help="of the venue's time")
    told.add_argument(
        "--crashes", action="store_true", help="the process dies in the bouts too; its memory says less then"
    )
    asked = told.parse_args(words)
    figures = soak(asked.seed, asked.hours, crashes=asked.crashes)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 1 if wrong(figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
