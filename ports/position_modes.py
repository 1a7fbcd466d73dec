"""Which symbols of an account are in hedge mode, for adapters of Bybit: its executions name no position index."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import structlog

from core.errors import ConfigError, Unavailable
from core.words import PositionMode, Slot

log = structlog.get_logger("tandem.exchanges")

Listed = Callable[[str], Awaitable[Iterable[Mapping[str, Any]]]]
"""Every row of a symbol in the position list, flat ones too. Raises ConfigError, Unavailable."""


class PositionModes:
    """One account's position modes, by symbol."""

    def __init__(self, account: str, listed: Listed) -> None:
        """Nothing is known yet."""
        self._account = account
        self._listed = listed
        self._known: dict[str, PositionMode] = {}
        self._doubted: set[str] = set()

    def hedge(self, symbol: str) -> bool:
        """Whether a symbol is in hedge mode, as far as is known."""
        return self._known.get(symbol) is PositionMode.HEDGE

    def known(self, symbol: str, mode: PositionMode) -> None:
        """A symbol is in this mode."""
        self._known[symbol] = mode
        self._doubted.discard(symbol)

    def shown(self, slot: Slot) -> None:
        """Something is held there, or an order works there: by its index, for no mode can be switched meanwhile."""
        self.known(slot.symbol, PositionMode.HEDGE if slot.index else PositionMode.ONE_WAY)

    def doubt(self, symbol: str) -> None:
        """A symbol's mode turned out otherwise, perhaps: it is read anew, and holds until then."""
        self._doubted.add(symbol)

    async def mode(self, symbol: str) -> PositionMode:
        """One-way or hedge, as the position list shows it: one row of index 0, or two of 1 and 2."""
        found = self._known.get(symbol)
        if found is None or symbol in self._doubted:
            hedged = any(int(row.get("positionIdx") or 0) for row in await self._listed(symbol))
            found = PositionMode.HEDGE if hedged else PositionMode.ONE_WAY
            self.known(symbol, found)
        return found

    async def learn(self, symbols: Iterable[str]) -> None:
        """Know the modes of *symbols*: after a start nobody has asked for them yet.

        All at once: a start waits for it. One that can't be read is asked for at the next look: a look that waited for
        it might never succeed.
        """
        await asyncio.gather(*(self._learn(symbol) for symbol in sorted(set(symbols) - self._known.keys())))

    async def _learn(self, symbol: str) -> None:
        try:
            await self.mode(symbol)
        except (ConfigError, Unavailable) as error:
            log.warning("mode not read", account=self._account, symbol=symbol, reason=str(error))
