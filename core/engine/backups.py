"""Backups while the service runs: one is asked for whenever the last is old enough. Trading never waits for it."""

import structlog

from core.alerts import Alert, ServiceDegraded, ServiceRestored
from core.engine.writer import Writer
from core.errors import TandemError
from core.words import Environment
from ports.clock import Clock
from ports.persistence import Batch, Store

log = structlog.get_logger("tandem.engine")

WHAT = "backup"
LOOK = 60_000
"""How often somebody looks whether one is due, milliseconds."""


class Rounds:
    """Asks the store for backups. That they fail is told once, and so is that they work again."""

    def __init__(self, store: Store, clock: Clock, writer: Writer, environment: Environment, every: int) -> None:
        """*every* in milliseconds; 0 asks for none. *environment* is what alerts say."""
        self._store = store
        self._clock = clock
        self._writer = writer
        self._environment = environment
        self._every = every
        self._failing = False

    async def run(self) -> None:
        """Ask until cancelled."""
        while self._every:
            await self.round()
            await self._clock.sleep(min(LOOK, self._every))

    async def round(self) -> None:
        """Ask once. Nothing that a store raises ends anything: what runs is in memory, and stops are at the venue."""
        try:
            made = await self._store.backup(older_than=self._every)
        except TandemError as error:
            self._tell(ServiceDegraded(WHAT, str(error)), failing=True)
            return
        except Exception as error:
            log.exception("a backup broke off")
            self._tell(ServiceDegraded(WHAT, f"{type(error).__name__}: {error}"), failing=True)
            return
        if made:
            self._tell(ServiceRestored(WHAT), failing=False)

    def _tell(self, body: ServiceDegraded | ServiceRestored, *, failing: bool) -> None:
        if failing != self._failing:
            self._failing = failing
            at = self._clock.now()
            alert = Alert(body=body, account="", environment=self._environment, at=at, cause=f"{WHAT}:{at}")
            self._writer.hand(Batch(alerts=(alert,)))
