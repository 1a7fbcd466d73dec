"""What one account's worker asks its venue for: looks, what lost trades have left there, new trading rules."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from core.account import regridding
from core.account.effects import CutKind
from core.account.inputs import CutFailed, Input, Known, Rebuild
from core.account.rebuilding import REACH
from core.account.state import AccountState
from core.engine.failing import failure
from core.engine.meter import CUT, Call, Meter
from core.errors import ConfigError
from core.terms import Terms
from ports.clock import Clock
from ports.exchange import Exchange

log = structlog.get_logger("tandem.engine")

REBUILDS_AGAIN = 5_000
"""Milliseconds after which the venue is asked once more for what it knows of lost trades."""

LOOKS_WITHIN = 120
"""Seconds in which an adapter must have shown its account; its own limits are less, and say more."""


class Looks:
    """Asks one account's adapter, which is somebody's plugin: whatever it raises, and however long it takes."""

    def __init__(
        self, state: AccountState, exchange: Exchange, clock: Clock, meter: Meter, post: Callable[[Input], None]
    ) -> None:
        """*post* hands the machine what was found."""
        self._state = state
        self._exchange = exchange
        self._account = exchange.account
        self._clock = clock
        self._meter = meter
        self._post = post
        self.within: float = LOOKS_WITHIN
        self._reading = False

    async def look(self, kind: CutKind) -> Known | CutFailed:
        """One look at the account, or why there is none."""
        try:
            async with asyncio.timeout(self.within):
                cut = await self._exchange.snapshot(self._state.cuts.since, full=kind is CutKind.FULL)
        except Exception as error:  # noqa: BLE001 - an adapter is somebody's plugin
            return CutFailed(failure(error, self._account))
        return Known((cut,))

    async def take(self, kind: CutKind) -> None:
        """Look, and hand the machine what was seen."""
        began = self._clock.monotonic()
        found = await self.look(kind)
        self._post(found)
        failed = isinstance(found, CutFailed)
        self._meter.note(CUT, Call(began, self._clock.monotonic() - began, failed, lost=False))

    async def rebuild(self, symbols: Sequence[str]) -> None:
        """Get what is known of trades that the store has forgotten, and try until it can be had (C7)."""
        while True:
            try:
                found = await self.history(symbols)
            except Exception as error:  # noqa: BLE001 - an adapter is somebody's plugin
                why = failure(error, self._account)
                log.warning("lost trades can't be looked up yet", account=self._account, reason=why)
                await self._clock.sleep(REBUILDS_AGAIN)
            else:
                self._post(found)
                return

    async def history(self, symbols: Sequence[str]) -> Rebuild:
        """What the venue still knows of trades in *symbols*. Raises what the adapter raises, or TimeoutError."""
        async with asyncio.timeout(self.within):
            terms = [each for symbol in symbols if (each := await self._terms(symbol)) is not None]
            return Rebuild(tuple(terms), await self._exchange.snapshot(max(self._clock.now() - REACH, 1), full=True))

    async def rules(self) -> None:
        """See whether the venue has other rules for what is traded here; an adapter keeps them for an hour (rel:F37).

        While that can't be had trades go by those they have; each look asks again.
        """
        if self._reading or not self._state.boxes:
            return
        self._reading = True
        try:
            async with asyncio.timeout(self.within):
                listed = await self._exchange.instruments()
        except Exception as error:  # noqa: BLE001 - an adapter is somebody's plugin
            log.warning("rules not read", account=self._account, reason=failure(error, self._account))
        else:
            facts = regridding.news(self._state, listed, self._clock.now())
            if facts:
                self._post(Known(facts))
        finally:
            self._reading = False

    async def _terms(self, symbol: str) -> Terms | None:
        """What the account offers; None for a symbol that can't be traded here, whatever somebody holds of it."""
        try:
            return await self._exchange.terms(symbol)
        except ConfigError as error:
            log.warning("no terms", account=self._account, symbol=symbol, reason=str(error))
            return None
