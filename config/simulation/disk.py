"""The simulated store: it takes time, it can be full, and it keeps exactly what it said it kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from config.simulation.fates import POINT, Fates, Kind
from config.simulation.timeline import Timeline
from core.account.effects import Journaled
from core.alerts import Alert
from core.facts import Act, Filled, Reached, Woke
from core.report import TradeReport

RETRY = 250
PATIENCE = 2_000
LINGER = 40


@dataclass(slots=True)
class Write:
    """One step's leavings of one account."""

    account: str
    entries: list[Journaled]
    alerts: list[Alert]
    closed: list[TradeReport]
    stored: Callable[[], None] | None = None


@dataclass(slots=True)
class Disk:
    """What survives: the journal by account, alerts by their dedupe key, reports by trade.

    One writer, one transaction at a time, all that waits at once (as `core.engine.writer`).
    """

    timeline: Timeline
    fates: Fates
    lag: int
    crash: Callable[[], None]
    journal: dict[str, list[Journaled]] = field(default_factory=dict)
    alerts: dict[tuple[str, str, str, str], Alert] = field(default_factory=dict)
    repeated: int = 0
    reports: dict[tuple[str, str], TradeReport] = field(default_factory=dict)
    executions: set[tuple[str, str, str]] = field(default_factory=set)
    full_until: int = 0
    forgotten: set[tuple[str, str]] = field(default_factory=set)
    """(account, trade) of decisions that died with the process: what they cause leaves after 2 s without a disk."""
    commits: int = 0
    _waiting: list[Write] = field(default_factory=list)
    _writing: bool = False
    _generation: int = 0
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def hand(self, write: Write, *, urgent: bool) -> None:
        """Queue a write; *stored* is called once it is durable."""
        self._waiting.append(write)
        if not self._writing:
            self._writing = True
            self._soon(0 if urgent else LINGER)

    def died(self) -> None:
        """The process is gone, and what was not durable with it."""
        self._generation += 1
        self._forget(self._waiting)
        self._waiting.clear()
        self._writing = False

    @property
    def digest(self) -> str:
        """A hash over everything that was ever stored, in order (rel:I20)."""
        return self._digest.hexdigest()

    def _soon(self, delay: int) -> None:
        generation = self._generation
        self.timeline.after(delay + self.fates.lag(1, self.lag), lambda: self._commit(generation))

    def _commit(self, generation: int) -> None:
        if generation != self._generation:
            return
        if self.timeline.now < self.full_until:
            self._soon(RETRY)
            return
        writes, self._waiting = self._waiting, []
        fate = self.fates.death(POINT)
        if fate is not Kind.CRASH_TORN:
            self.keep(writes)
        else:
            self._forget(writes)
        if fate is not None:
            self.crash()
            return
        self._writing = False
        for write in writes:
            if write.stored is not None:
                write.stored()
        if self._waiting and not self._writing:
            self._writing = True
            self._soon(0)

    def _forget(self, writes: list[Write]) -> None:
        for write in writes:
            decided = (entry for entry in write.entries if isinstance(entry.what, Act | Woke | Reached))
            self.forgotten.update((write.account, entry.trade or "") for entry in decided)

    def keep(self, writes: list[Write]) -> None:
        """Make durable, in one transaction."""
        self.commits += 1
        for write in writes:
            lines = self.journal.setdefault(write.account, [])
            for entry in write.entries:
                if self._new(write.account, entry):
                    lines.append(entry)
                    self._digest.update(repr(entry).encode())
            for alert in write.alerts:
                key = (alert.account, alert.trade, alert.kind, alert.cause)
                self.repeated += key in self.alerts
                self.alerts.setdefault(key, alert)
            for report in write.closed:
                self.reports[report.account, report.id] = report

    def _new(self, account: str, entry: Journaled) -> bool:
        """An execution is stored once (unique by account, symbol and execution id)."""
        fact = entry.what
        if not isinstance(fact, Filled):
            return True
        key = (account, fact.slot.symbol, fact.execution)
        new = key not in self.executions
        self.executions.add(key)
        return new
