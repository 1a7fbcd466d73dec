"""Backups while the service runs: one is asked for whenever the last is old enough. Trading never waits for it."""

import asyncio

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
ENDS_WITHIN = 600
"""Seconds after which people are told of one that has not ended."""


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
        self.ends_within: float = ENDS_WITHIN
        self._asked: asyncio.Task[str] | None = None

    async def run(self) -> None:
        """Ask until cancelled."""
        try:
            while self._every:
                await self.round()
                await self._clock.sleep(min(LOOK, self._every))
        finally:
            if self._asked is not None:
                self._asked.cancel()

    async def round(self) -> None:
        """Ask once. Nothing that a store raises ends anything: what runs is in memory, and stops are at the venue.

        While one hangs (a folder may, for ever) that is told, and no other is begun beside it.
        """
        asked = self._asked = self._asked or asyncio.create_task(self._store.backup(older_than=self._every))
        done, _ = await asyncio.wait({asked}, timeout=self.ends_within)
        if not done:
            why = f"the last one has not ended for {self.ends_within} s; look at its folder and the database"
            self._tell(ServiceDegraded(WHAT, why), failing=True)
            return
        self._asked = None
        try:
            made = asked.result()
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
