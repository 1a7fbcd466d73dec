"""Accounts come up each for itself: one that can't be reached, hangs, or whose key is refused, holds back no other."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from itertools import chain, repeat
from typing import TypeVar

import structlog

from core.account.state import AccountState
from core.alerts import AccountDegraded, AccountRestored, Alert
from core.candle import Candle
from core.commands import Outcome, Unknown
from core.days import day
from core.engine.belonging import Belonging, Owner
from core.engine.failing import adapter_failed
from core.engine.writer import Writer
from core.errors import ConfigError, Stopped, TandemError, Unavailable
from core.facts import Cut
from core.instrument import Instrument
from core.terms import Terms
from core.words import PositionMode
from ports.clock import Clock
from ports.exchange import Exchange
from ports.persistence import Batch, Store

log = structlog.get_logger("tandem.service")

CONNECTION = "connection"
"""The trouble of an account that could not be started."""

START = "start"
"""What is told of each account where none could be started, and the service ended."""

PAUSES = (5_000, 10_000, 30_000, 60_000)
"""Milliseconds between the tries to connect an account; the last one for ever."""

OTHERS_WAIT = 5
"""Seconds that the trades of some accounts wait for others to come up; those go on meanwhile."""

FOR_GOOD = "it is not tried again: mend that, then restart; until then nobody watches over its trades"
"""What people are told of an account that only they can mend."""

STARTS_WITHIN = 60
"""Seconds in which an account must have come up; the adapter's own limits are less, and say more."""

TERMS_WITHIN = 60
"""Seconds in which a venue must have said what it offers: a request is too old by then (A9)."""

PRICE_WITHIN = 10
"""The same of the last price, for which somebody waits who moves a stop."""

CUT_WITHIN = 20
"""The same of a full look that somebody asked for; a machine's own may take longer."""

SWITCH_WITHIN = 20
"""The same of a position mode that somebody switches; what became of it is not known then."""

CANDLES_WITHIN = 3
"""The same of candles: a picture without them is better than none."""

Told = TypeVar("Told")


class Connections:
    """Which accounts are connected. *down* are those that are not, with the reason (rel:F40, rel:F41).

    *refused* are those among them whose key is another account's than the store's: what that holds is none of ours.
    *hopeless* are those that only a person can mend, where none could be started.
    """

    def __init__(
        self,
        exchanges: Mapping[str, Exchange],
        states: Mapping[str, AccountState],
        clock: Clock,
        writer: Writer,
        store: Store,
    ) -> None:
        """Nothing is opened here."""
        self._exchanges = exchanges
        self._states = states
        self._clock = clock
        self._writer = writer
        self._store = store
        self.belonging = Belonging(store, states, clock)
        self._starting: dict[str, asyncio.Task[TandemError | None]] = {}
        self.others_wait: float = OTHERS_WAIT
        self.starts_within: float = STARTS_WITHIN
        self.terms_within: float = TERMS_WITHIN
        self.price_within: float = PRICE_WITHIN
        self.cut_within: float = CUT_WITHIN
        self.switch_within: float = SWITCH_WITHIN
        self.candles_within: float = CANDLES_WITHIN
        self.down: dict[str, str] = {}
        self.refused: set[str] = set()
        self.hopeless: set[str] = set()

    async def open(self) -> None:
        """Start every exchange, leaders first; who isn't ready soon goes on in `revive`.

        Raises what the first met when none could be started; what is wrong with the configuration, of all of them.
        """
        await self.belonging.recall()
        for followers in (False, True):
            starts = [self._begun(name) for name in self._exchanges if self._follows(name) is followers]
            if starts:
                await asyncio.wait(starts, timeout=self.others_wait)
        failures = await self._failures()
        for name in self._exchanges:
            if name in failures or name in self._starting:
                self.down[name] = str(failures.get(name, f"{name}: its venue has not answered yet"))
                self._states[name].troubles[CONNECTION] = self._clock.now()
        if failures and len(failures) == len(self._exchanges):
            self.hopeless = {name for name, error in failures.items() if not isinstance(error, Unavailable)}
            raise _all_of(list(failures.values()))

    async def tell_refused(self) -> None:
        """Store, for people, why nothing has started and only they can mend it: once a day, however often it is tried.

        The service ends by it, so that nobody else will.
        """
        at = self._clock.now()
        told = {name: self.down[name] for name in self._exchanges if name in self.hopeless}
        alerts = [self._alert(name, AccountDegraded(START, why), f"{day(at)}:{why}") for name, why in told.items()]
        await self._store.append(Batch(alerts=tuple(alerts)))

    def _follows(self, name: str) -> bool:
        return self._states[name].following is not None

    def _begun(self, name: str) -> "asyncio.Task[TandemError | None]":
        self._starting[name] = asyncio.create_task(self._start(name))
        return self._starting[name]

    async def _failures(self) -> dict[str, TandemError]:
        """Why accounts could not be started, of those that are done; while none has started all are waited for."""
        failures: dict[str, TandemError] = {}
        while True:
            for name in [name for name, start in self._starting.items() if start.done()]:
                failure = await self._starting.pop(name)
                failures |= {} if failure is None else {name: failure}
            if not self._starting or len(failures) + len(self._starting) < len(self._exchanges):
                return {name: failures[name] for name in self._exchanges if name in failures}
            await asyncio.wait(self._starting.values(), return_when=asyncio.FIRST_COMPLETED)

    async def _start(self, name: str) -> TandemError | None:
        """Start one, and see that it is the account that its trades were made with; why it can't be used."""
        found = await self._started(name)
        if not isinstance(found, Owner):
            return found
        try:
            await self.belonging.settle(name, found)
        except Unavailable as error:
            return error
        except ConfigError as error:
            self.refused.add(name)
            await self._leave(name)
            return error
        return None

    async def _leave(self, name: str) -> None:
        """Hear nothing more of an account that is none of ours."""
        try:
            async with asyncio.timeout(self.starts_within):
                await self._exchanges[name].close()
        except Exception:
            log.exception("exchange failed", account=name)

    async def _started(self, name: str) -> Owner | TandemError:
        """Start one's adapter; whose key it has. It is a plugin: whatever it raises ends no other (rel:F58)."""
        try:
            async with asyncio.timeout(self.starts_within):
                await self._exchanges[name].start()
            return Owner.of(self._exchanges[name])
        except (ConfigError, Unavailable, Stopped) as error:
            return error
        except TimeoutError:
            return Unavailable(f"{name}: its venue has not answered within {self.starts_within} s")
        except Exception as error:
            log.exception("exchange failed", account=name)
            return Unavailable(f"{name}: {adapter_failed(error)}")

    async def revive(self, name: str) -> bool:
        """Try until an account is connected; False when only a person and a restart can mend what is wrong."""
        if name in self.refused:
            return self._given_up(name, self.down[name])
        self._tell(name, AccountDegraded(CONNECTION, self.down[name]))
        for pause in chain(PAUSES, repeat(PAUSES[-1])):
            if name in self._starting:
                failure = await self._starting.pop(name)
            else:
                await self._clock.sleep(pause)
                failure = await self._start(name)
            if failure is None:
                break
            self.down[name] = str(failure)
            if not isinstance(failure, Unavailable):
                # What was told when it began may have been another reason, and who reads it waits for it to come back.
                return self._given_up(name, str(failure))
        del self.down[name]
        since = self._states[name].troubles.pop(CONNECTION)
        self._tell(name, AccountRestored(CONNECTION, (self._clock.now() - since) // 1_000))
        return True

    def _given_up(self, name: str, reason: str) -> bool:
        log.warning("account stays down", account=name, reason=reason)
        self.down[name] = f"{reason}; {FOR_GOOD}"
        self._tell(name, AccountDegraded(CONNECTION, self.down[name]))
        return False

    def why(self, account: str) -> str:
        """Why an account is not connected, in words."""
        return f"{account} is not connected: {self.down[account]}"

    async def terms(self, account: str, symbol: str) -> Terms:
        """What an account offers. Raises ConfigError for an unknown symbol, Unavailable when it can't be had now.

        That is so when it is not connected, and when the adapter breaks or hangs: it is somebody's plugin (rel:F58).
        """
        return await self._asked(account, lambda exchange: exchange.terms(symbol), self.terms_within)

    async def last_price(self, account: str, symbol: str) -> Decimal:
        """The last price at an account's venue. Raises Unavailable as `terms` does."""
        return await self._asked(account, lambda exchange: exchange.last_price(symbol), self.price_within)

    async def cut(self, account: str) -> Cut:
        """All that an account has at its venue now, for somebody who asks. Raises Unavailable as `terms` does."""
        since = self._states[account].cuts.since
        return await self._asked(account, lambda exchange: exchange.snapshot(since, full=True), self.cut_within)

    async def instruments(self, account: str) -> Mapping[str, Instrument]:
        """All that an account can trade, for somebody who looks for a symbol. Raises Unavailable as `terms` does."""
        return await self._asked(account, lambda exchange: exchange.instruments(), self.price_within)

    async def candles(self, account: str, symbol: str, interval: int, limit: int) -> Sequence[Candle]:
        """The latest *limit* closed bars of so many minutes, oldest first. Raises Unavailable as `terms` does."""
        return await self._asked(
            account, lambda exchange: exchange.candles(symbol, interval, limit), self.candles_within
        )

    async def switch_mode(self, account: str, symbol: str, mode: PositionMode) -> Outcome:
        """Switch a symbol's position mode; Unknown where no answer came: what was asked for may have left."""
        try:
            return await self._asked(account, lambda exchange: exchange.switch_mode(symbol, mode), self.switch_within)
        except Unavailable as error:
            return Unknown(str(error))

    async def _asked(self, account: str, what: Callable[[Exchange], Awaitable[Told]], within: float) -> Told:
        if account in self.down:
            raise Unavailable(self.why(account))
        try:
            async with asyncio.timeout(within):
                return await what(self._exchanges[account])
        except TandemError:
            raise
        except TimeoutError as error:
            raise Unavailable(f"{account}: its venue did not answer in time") from error
        except Exception as error:
            log.exception("exchange failed", account=account)
            raise Unavailable(f"{account}: {adapter_failed(error)}") from error

    def _tell(self, name: str, body: AccountDegraded | AccountRestored) -> None:
        self._writer.hand(Batch(alerts=(self._alert(name, body, str(self._clock.now())),)))

    def _alert(self, name: str, body: AccountDegraded | AccountRestored, cause: str) -> Alert:
        environment, at = self._states[name].environment, self._clock.now()
        return Alert(body=body, account=name, environment=environment, at=at, cause=f"{body.what}:{cause}")


def _all_of(failures: Sequence[TandemError]) -> TandemError:
    """What to raise: whoever mends the configuration sees all of it, else what the first met."""
    problems = [error.problems for error in failures if isinstance(error, ConfigError)]
    return ConfigError(tuple(chain(*problems))) if len(problems) == len(failures) else failures[0]
