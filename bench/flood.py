"""5,000 alerts in ten seconds while Telegram answers 429, and what trading notices of it: `make flood`.

The fake Bot API is a process of its own with Telegram's limits; here are the store on disk, the writer, the outbox and
the notifier as in the service, and beside them an account machine that decides a hundred times a second. Prints one
JSON object; exit 1 when an alert was lost, came twice unmarked, out of its trade's order, or after less urgent ones, or
when the bot came before it was told to.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from config.commands.benching import crowd, decided
from config.opening import settle
from core.alert_text import text
from core.alerts import ActionFailed, Alert, CloseFailed
from core.engine.outbox import Outbox
from core.engine.writer import Writer
from plugins.clocks.system import SystemClock
from plugins.notifiers.telegram import build
from plugins.notifiers.telegram.settings import TelegramSettings
from plugins.stores.sql.sqlite_file import SqliteFile
from plugins.stores.sql.store import SqlStore
from ports.contract.samples import told
from ports.persistence import Batch
from ports.secret import Secret
from tests.botapi.floods import TELEGRAMS
from tests.botapi.server import bot_api

EVERY = 0.01
NEIGHBOURS = 40
"""So many alerts are worded between two decisions by the neighbour: about a millisecond's work."""
GRACE = 2.5
"""Seconds: a backlog is looked at once a second, the alert has to be stored first, and a message may be on its way."""
NUMBERED = re.compile(r"A(\d+)-(\d+)")
Name = tuple[int, int]
Sent = tuple[float, int, tuple[Name, ...], bool]
"""When, to whom, which alerts, and whether the message is marked as a repeat."""


def telegram(pipe: "Connection[Any, Any]", people: int) -> None:
    """The fake, until it is asked what it saw."""

    async def serve() -> None:
        async with bot_api(limits=TELEGRAMS) as api:
            for number in range(people):
                api.person(number + 1)
            pipe.send((api.token, api.base_url))
            await asyncio.to_thread(pipe.recv)
            sent = [
                (call.at, call.chat, tuple((int(a), int(b)) for a, b in NUMBERED.findall(call.given.text("text"))),
                 "repeat" in call.given.text("text"))
                for call in api.calls_of("sendMessage") if call.carried_out
            ]  # fmt: skip
            pipe.send((sent, api.floods.refused, len(api.floods.impatient)))

    asyncio.run(serve())


@dataclass(slots=True)
class Trading:
    """An account machine at work: how long decisions take and how late they begin."""

    trades: int = 100
    took: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    late: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    phase: str = "quiet"

    async def run(self) -> None:
        """Decide until cancelled."""
        machine = crowd(self.trades).machines["main"]
        number = 0
        while True:
            for box in tuple(machine.state.boxes.values()):
                before = time.perf_counter()
                await asyncio.sleep(EVERY)
                self.late[self.phase].append(round((time.perf_counter() - before - EVERY) * 1e9))
                self.took[self.phase].append(decided(machine, box.id, box.trade.plan.symbol, number))
            number += 1


def alert(name: Name, person: int, *, critical: bool) -> Alert:
    """One whose words say which it is."""
    words = f"A{name[0]}-{name[1]}"
    body = CloseFailed(Decimal(1), words) if critical else ActionFailed(f"place {words}", "no", "it waits")
    return replace(told(words, trade=str(name[0])), body=body, chat=str(person))


async def neighbour() -> None:
    """Any other work of the process, and no flood: whatever decides after it finds the processor's caches cold."""
    some = [alert((number, number), number, critical=number % 2 == 0) for number in range(NEIGHBOURS)]
    while True:
        for each in some:
            text(each)
        await asyncio.sleep(EVERY)


@dataclass(slots=True)
class Flood:
    """Which alerts arose when."""

    arose: dict[Name, float] = field(default_factory=dict)
    critical: set[Name] = field(default_factory=set)
    person: dict[Name, int] = field(default_factory=dict)
    stored: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    async def run(self, writer: Writer, options: argparse.Namespace) -> None:
        """So many in so many seconds, a few at a time, as a storm of fills makes them."""
        draw, count = random.Random(options.seed), [0] * options.trades
        steps = round(options.seconds / EVERY)
        for step in range(steps):
            due = options.alerts * (step + 1) // steps - len(self.arose)
            some = []
            for _ in range(due):
                trade = draw.randrange(options.trades)
                name = (trade, count[trade])
                count[trade] += 1
                self.arose[name], self.person[name] = time.monotonic(), trade % options.people + 1
                if draw.random() < 0.05:
                    self.critical.add(name)
                some.append(alert(name, self.person[name], critical=name in self.critical))
            writer.hand(Batch(alerts=tuple(some)))
            await asyncio.sleep(EVERY)

    async def probe(self, writer: Writer, trading: Trading) -> None:
        """How long it takes until something is durable, as a plan before its first order."""
        while True:
            before = time.perf_counter_ns()
            await writer.durable(Batch())
            self.stored[trading.phase].append(time.perf_counter_ns() - before)
            await asyncio.sleep(0.05)

    def wrong(self, sent: Sequence[Sent]) -> dict[str, int]:
        """What should not be, counted."""
        seen: dict[Name, float] = {}
        trades: dict[int, list[int]] = defaultdict(list)
        twice = 0
        for at, _, names, repeat in sent:
            for name in names:
                twice += name in seen and not repeat
                if name not in seen:
                    seen[name] = at
                    trades[name[0]].append(name[1])
        disordered = sum(numbers != sorted(numbers) for numbers in trades.values())
        lost = len(self.arose.keys() - seen.keys())
        return {"lost": lost, "twice": twice, "disordered": disordered, "late_critical": self._overtaken(sent, seen)}

    def _overtaken(self, sent: Sequence[Sent], seen: dict[Name, float]) -> int:
        """Messages without anything urgent that went to somebody for whom something critical had waited already."""
        waits = [(self.person[name], name[0], self.arose[name] + GRACE, seen.get(name, 0.0)) for name in self.critical]
        return sum(
            any(person == chat and trade not in {one for one, _ in names} and since < at < until
                for person, trade, since, until in waits)
            for at, chat, names, _ in sent
            if not any(self._pressing(name) for name in names)
        )  # fmt: skip

    def _pressing(self, name: Name) -> bool:
        return any(trade == name[0] and number >= name[1] for trade, number in self.critical)


async def played(options: argparse.Namespace, pipe: "Connection[Any, Any]", folder: Path) -> dict[str, object]:
    """The flood from its first alert to its last delivery."""
    token, base_url = pipe.recv()
    notifier = build(TelegramSettings(token=Secret(token), base_url=base_url), name="telegram")
    store = SqlStore(SqliteFile(str(folder / "flood.db")), notifiers=("telegram",))
    await store.start()
    outbox = Outbox(store, SystemClock(), {"telegram": notifier}, text)
    writer = Writer(store, SystemClock(), lambda _: None, outbox.nudge)
    trading, flood = Trading(), Flood()
    parts = (writer.run(), outbox.run(), trading.run(), flood.probe(writer, trading))
    settle()
    work = [asyncio.create_task(each) for each in parts]
    await asyncio.sleep(options.seconds)
    trading.phase, other = "beside other work", asyncio.create_task(neighbour())
    await asyncio.sleep(options.seconds)
    other.cancel()
    trading.phase, began = "flood", time.monotonic()
    await flood.run(writer, options)
    trading.phase = "after"
    while list(outbox.waiting()):  # noqa: ASYNC110 -- the outbox tells nobody
        await asyncio.sleep(0.2)
    ended = time.monotonic()
    for task in work:
        task.cancel()
    await asyncio.gather(*work, other, return_exceptions=True)
    await notifier.close()
    await store.close()
    pipe.send("done")
    sent, refused, impatient = pipe.recv()
    return {
        **flood.wrong(sent), "impatient": impatient, "alerts": len(flood.arose), "messages": len(sent), "429": refused,
        "seconds": round(ended - began, 1), "messages_a_second": round(len(sent) / (ended - began), 1),
        "waited_seconds": waits(flood, sent),
        "decision_us": {phase: spread(each, 1e3) for phase, each in trading.took.items()},
        "turn_late_us": {phase: spread(each, 1e3) for phase, each in trading.late.items()},
        "durable_ms": {phase: spread(each, 1e6) for phase, each in flood.stored.items()},
    }  # fmt: skip


def waits(flood: Flood, sent: Iterable[Sent]) -> dict[str, object]:
    """How long alerts were on their way, critical ones and the others."""
    taken: dict[str, list[float]] = defaultdict(list)
    for at, _, names, _ in sent:
        for name in names:
            taken["critical" if name in flood.critical else "others"].append(at - flood.arose[name])
    return {kind: spread(each, 1) for kind, each in taken.items()}


def spread(values: Sequence[float], unit: float) -> dict[str, float]:
    """Middle and end of what was measured."""
    ordered = sorted(values)
    places = {"p50": len(ordered) // 2, "p99": len(ordered) * 99 // 100, "max": len(ordered) - 1}
    return {name: round(ordered[place] / unit, 1) for name, place in places.items()} if ordered else {}


def flooded(options: argparse.Namespace) -> dict[str, object]:
    """The whole bench."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    child = spawn.Process(target=telegram, args=(there, options.people))
    child.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return asyncio.run(played(options, here, Path(folder)))
    finally:
        child.terminate()
        child.join()


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=5_000)
    parser.add_argument("--trades", type=int, default=500)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(given)


if __name__ == "__main__":
    figures = flooded(arguments(sys.argv[1:]))
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    sys.exit(any(figures[name] for name in ("lost", "twice", "disordered", "late_critical", "impatient")))
