"""What an account looks at by itself through ccxt, again and again: the venue's clock, and the trading rules."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any

import structlog

from core.facts import VenueFact
from plugins.exchanges.ccxt import outcomes
from plugins.exchanges.ccxt.reads import Reads
from plugins.exchanges.ccxt.rules import Rules
from ports.leaving import leaving

log = structlog.get_logger("tandem.ccxt")

CLOCK_EVERY = 600
"""Seconds between two looks at the venue's clock; one that was refused for it is looked at anew at once."""
CLOCK_AT_MOST = 1
RULES_EVERY = 3_601
"""Seconds between two looks at the trading rules, just longer than they are kept."""


class Looks:
    """One account's. *put* takes notices; *now* is venue time in milliseconds."""

    def __init__(
        self,
        account: str,
        exchange: Any,
        reads: Reads,
        rules: Rules,
        put: Callable[[Iterable[VenueFact]], None],
        now: Callable[[], int],
    ) -> None:
        """Nothing is asked here."""
        self._account = account
        self._exchange = exchange
        self._reads = reads
        self._rules = rules
        self._put = put
        self._now = now

    def again(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """The looks that go on for as long as the account does, to be run side by side."""
        return self._look_at_clock(), self._look_at_rules()

    async def _look_at_clock(self) -> None:
        """Ccxt measures the clock when it starts and never again, however far it runs away (rel:F05)."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOCK_EVERY):
                    await self._reads.misdated.wait()
            self._reads.misdated.clear()
            await self._tried(outcomes.called(self._account, self._exchange.load_time_difference))
            await asyncio.sleep(CLOCK_AT_MOST)

    async def _look_at_rules(self) -> None:
        while True:
            await asyncio.sleep(RULES_EVERY)
            await self._tried(self._tell_leaving())

    async def _tell_leaving(self) -> None:
        used = [slot.symbol for slot in self._reads.slots]
        self._put(leaving(self._account, used, await self._rules.all(), self._now()))

    async def _tried(self, work: Coroutine[Any, Any, None]) -> None:
        """A look that may fail: it is made again later."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - told, and looked at again
            log.warning("look failed", account=self._account, reason=repr(error))
