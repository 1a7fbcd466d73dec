"""Health that is told (D1): disk, memory, request budgets, clocks. Loop, store and outbox tell of themselves.

`status --health` shows the same figures at any moment; here they are told once they last, and once they are over.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from config.health import LEAST_FREE, STEEPEST
from config.vitals import MEBIBYTE, Pulse, Vitals
from core.alerts import AccountDegraded, AccountRestored, Alert
from core.engine.probing import MOST_SKEW, Budgeted, Dated
from core.engine.service import Service
from core.engine.steady import Level, News, Steady, level_of
from ports.persistence import Batch

LOOK = 10_000
SLOW = 60_000
"""Milliseconds between two looks at accounts, and at the process."""
WINDOW = 6 * 3_600_000
"""How far back the memory's slope is reckoned; before so much was seen it says nothing."""
DISK, MEMORY, RATE, CLOCK = "disk", "memory", "rate", "clock"


def _process() -> dict[str, Steady]:
    return {DISK: Steady(0, 300_000), MEMORY: Steady(1_800_000, 1_800_000)}


def _account() -> dict[str, Steady]:
    return {RATE: Steady(30_000, 60_000), CLOCK: Steady(60_000, 60_000)}


@dataclass(slots=True)
class Wellness:
    """Watches one service."""

    service: Service
    vitals: Vitals
    _process: dict[str, Steady] = field(default_factory=_process)
    _accounts: dict[str, dict[str, Steady]] = field(default_factory=lambda: defaultdict(_account))

    async def run(self) -> None:
        """Look until cancelled."""
        looks = 0
        while True:
            if looks * LOOK % SLOW == 0:
                now = self.service.clock.monotonic()
                await self.process(self.vitals.pulse(now - WINDOW), now)
            self.accounts()
            looks += 1
            await self.service.clock.sleep(LOOK)

    async def process(self, pulse: Pulse, now: int) -> None:
        """Look at the process; tell what is news."""
        for what, level, detail in process_levels(pulse):
            match self._process[what].look(level, now):
                case News.DEGRADED:
                    await self.service.tell(what, detail)
                case News.RESTORED:
                    await self.service.tell(what, "")

    def accounts(self) -> None:
        """Look at every account; tell what is news."""
        now = self.service.clock.monotonic()
        for name in self.service.states:
            if name in self.service.connections.down:
                continue
            for what, level, detail in self._levels(name):
                steady = self._accounts[name][what]
                since = steady.since
                match steady.look(level, now):
                    case News.DEGRADED:
                        self._tell(name, AccountDegraded(what, detail))
                    case News.RESTORED:
                        self._tell(name, AccountRestored(what, (now - (since or now)) // 1_000))

    def _levels(self, name: str) -> Iterator[tuple[str, Level, str]]:
        exchange = self.service.exchanges[name]
        if isinstance(exchange, Budgeted):
            shares = {endpoint: room * 100 // cap for endpoint, (room, cap) in exchange.budgets().items() if cap}
            worst = min(shares, key=lambda each: (shares[each], each), default="")
            detail = f"{worst} has had no request to spare for 30 s; what protects goes first, reads wait"
            yield RATE, level_of(shares.get(worst, 100), bad=1, well=20), detail
        if isinstance(exchange, Dated):
            skew = exchange.skew()
            way = "behind" if skew > 0 else "ahead of"
            detail = f"this machine's clock is {abs(skew)} ms {way} the venue's; requests are dated by the venue's"
            yield CLOCK, level_of(abs(skew), bad=MOST_SKEW, well=MOST_SKEW // 2), detail

    def _tell(self, name: str, body: AccountDegraded | AccountRestored) -> None:
        at = self.service.clock.now()
        environment = self.service.states[name].environment
        alert = Alert(body=body, account=name, environment=environment, at=at, cause=f"{body.what}:{at}")
        self.service.writer.hand(Batch(alerts=(alert,)))


def process_levels(pulse: Pulse) -> Iterator[tuple[str, Level, str]]:
    """What the process's figures come to. Who has not run for long says nothing of the slope."""
    free = pulse.disk_free
    detail = f"{free // MEBIBYTE} MiB are free where the store lies; a full disk stops new entries"
    yield DISK, level_of(free, bad=LEAST_FREE, well=2 * LEAST_FREE), detail
    if pulse.memory_slope is not None and pulse.seconds * 1_000 >= WINDOW * 9 // 10:
        detail = f"{pulse.memory // MEBIBYTE} MiB in use, growing by {pulse.memory_slope // MEBIBYTE} MiB a day"
        yield MEMORY, level_of(pulse.memory_slope, bad=STEEPEST, well=STEEPEST // 2), detail
