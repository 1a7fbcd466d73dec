"""Last prices for whoever looks: asked for side by side, waited for briefly, remembered for a moment.

For display only. A venue that is slow to answer makes no status slow: what is not known by then is not shown.
"""

import asyncio
from collections.abc import Container, Mapping
from decimal import Decimal

import structlog

from core.account.state import AccountState
from core.errors import TandemError
from ports.clock import Clock
from ports.exchange import Exchange

log = structlog.get_logger("tandem.desk")

WITHIN = 1.0
"""Seconds that a look waits for prices."""
REMEMBERED = 5_000
AT_ONCE = 4
"""Few at once: commands to the venue go the same way."""


def holders(states: Mapping[str, AccountState], down: Container[str] = ()) -> dict[str, str]:
    """Every symbol of a live trade, with a connected account that holds it: whom to ask. Nobody else can be asked."""
    found: dict[str, str] = {}
    for name, state in states.items():
        for box in state.boxes.values() if name not in down else ():
            found.setdefault(box.trade.plan.symbol, name)
    return found


class LastPrices:
    """The prices of one service's symbols."""

    def __init__(self, exchanges: Mapping[str, Exchange], clock: Clock, *, within: float = WITHIN) -> None:
        """Nothing is known yet. *within*: seconds that a look waits."""
        self._within = within
        self._exchanges = exchanges
        self._clock = clock
        self._known: dict[str, tuple[Decimal, int]] = {}

    async def of(self, holders: Mapping[str, str]) -> dict[str, Decimal]:
        """The last price of each symbol, asked for at the account beside it; without those that don't come in time."""
        since = self._clock.monotonic() - REMEMBERED
        self._known = {name: known for name, known in self._known.items() if name in holders and known[1] >= since}
        gate = asyncio.Semaphore(AT_ONCE)
        asked = [
            asyncio.create_task(self._ask(symbol, account, gate))
            for symbol, account in holders.items()
            if symbol not in self._known
        ]
        if asked:
            await self._wait(asked)
        return {symbol: self._known[symbol][0] for symbol in holders if symbol in self._known}

    async def _wait(self, asked: list["asyncio.Task[None]"]) -> None:
        try:
            done, _ = await asyncio.wait(asked, timeout=self._within)
        finally:
            for task in asked:
                task.cancel()
        for task in done:
            task.result()

    async def _ask(self, symbol: str, account: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                last = await self._exchanges[account].last_price(symbol)
            except TandemError as error:
                log.warning("no price", symbol=symbol, reason=str(error))
            else:
                self._known[symbol] = (last, self._clock.monotonic())
