"""Accounts come up each for itself: one that can't be reached, or whose key is refused, holds back no other."""

from collections.abc import Mapping
from itertools import chain, repeat

import structlog

from core.account.state import AccountState
from core.alerts import AccountDegraded, AccountRestored, Alert
from core.engine.writer import Writer
from core.errors import ConfigError, Stopped, TandemError, Unavailable
from core.terms import Terms
from ports.clock import Clock
from ports.exchange import Exchange
from ports.persistence import Batch

log = structlog.get_logger("tandem.service")

CONNECTION = "connection"
"""The trouble of an account that could not be started."""

PAUSES = (5_000, 10_000, 30_000, 60_000)
"""Milliseconds between the tries to connect an account; the last one for ever."""


class Connections:
    """Which accounts are connected. *down* are those that are not, with the reason (rel:F40, rel:F41)."""

    def __init__(
        self, exchanges: Mapping[str, Exchange], states: Mapping[str, AccountState], clock: Clock, writer: Writer
    ) -> None:
        """Nothing is opened here."""
        self._exchanges = exchanges
        self._states = states
        self._clock = clock
        self._writer = writer
        self.down: dict[str, str] = {}

    async def open(self) -> None:
        """Start every exchange. Raises what the first met when none could be started."""
        failures: dict[str, TandemError] = {}
        for name, exchange in self._exchanges.items():
            try:
                await exchange.start()
            except (ConfigError, Unavailable, Stopped) as error:
                failures[name] = error
        if failures and len(failures) == len(self._exchanges):
            raise next(iter(failures.values()))
        for name, failure in failures.items():
            self.down[name] = str(failure)
            self._states[name].troubles[CONNECTION] = self._clock.now()

    async def revive(self, name: str) -> bool:
        """Try until an account is connected; False when only a person and a restart can mend what is wrong."""
        self._tell(name, AccountDegraded(CONNECTION, self.down[name]))
        for pause in chain(PAUSES, repeat(PAUSES[-1])):
            await self._clock.sleep(pause)
            try:
                await self._exchanges[name].start()
            except Unavailable as error:
                self.down[name] = str(error)
            except (ConfigError, Stopped) as error:
                self.down[name] = str(error)
                log.warning("account stays down", account=name, reason=str(error))
                return False
            else:
                break
        del self.down[name]
        since = self._states[name].troubles.pop(CONNECTION)
        self._tell(name, AccountRestored(CONNECTION, (self._clock.now() - since) // 1_000))
        return True

    def why(self, account: str) -> str:
        """Why an account is not connected, in words."""
        return f"{account} is not connected: {self.down[account]}"

    async def terms(self, account: str, symbol: str) -> Terms:
        """What an account offers; raises Unavailable when it is not connected."""
        if account in self.down:
            raise Unavailable(self.why(account))
        return await self._exchanges[account].terms(symbol)

    def _tell(self, name: str, body: AccountDegraded | AccountRestored) -> None:
        at = self._clock.now()
        environment = self._states[name].environment
        alert = Alert(body=body, account=name, environment=environment, at=at, cause=f"connection:{at}")
        self._writer.hand(Batch(alerts=(alert,)))
