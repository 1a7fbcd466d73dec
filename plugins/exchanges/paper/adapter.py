"""The embedded venue as an Exchange: what a live account is, without keys, network or money."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal

from core.commands import Command, Outcome
from core.errors import ConfigError
from core.facts import Cut, VenueFact
from core.instrument import Instrument
from core.terms import Capabilities, Terms
from core.words import Environment
from plugins.exchanges.paper.settings import PaperAccountSettings
from plugins.exchanges.paper.world import PaperWorld
from ports.exchange import Candle


class PaperExchange:
    """One account at the embedded venue. Commands are carried out at once and saved before they are answered."""

    environment = Environment.PAPER

    def __init__(self, account: str, settings: PaperAccountSettings, world: PaperWorld) -> None:
        """Join *world*; nothing is opened here."""
        self.account = account
        self.capabilities = Capabilities(lossless_stream=True, request_lifetime=0)
        self._world = world
        self._prices: asyncio.Queue[tuple[str, Decimal, int]] = asyncio.Queue()
        world.join(account, settings)

    async def start(self) -> None:
        """Start the world with its first account."""
        await self._world.start()
        self._world.tickers.append(self._prices)

    async def close(self) -> None:
        """Leave; the last account stops the market and saves it."""
        self._world.queues[self.account].close()
        await self._world.close()

    async def instruments(self) -> Mapping[str, Instrument]:
        """Every symbol of the venue."""
        return self._world.venue.venue.state.instruments

    async def terms(self, symbol: str) -> Terms:
        """What the account offers now."""
        self._known(symbol)
        return self._world.venue.accounts[self.account].terms(symbol)

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """A full cut."""
        return self._world.venue.accounts[self.account].snapshot(since)

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Carry commands out."""
        outcomes = self._world.venue.accounts[self.account].submit(commands)
        self._world.settle()
        return outcomes

    def events(self) -> AsyncIterator[VenueFact]:
        """The account's facts."""
        return self._world.queues[self.account].read()

    async def candles(self, symbol: str, interval_minutes: int, limit: int) -> tuple[Candle, ...]:
        """The embedded market keeps no history."""
        self._known(symbol)
        return ()

    async def last_price(self, symbol: str) -> Decimal:
        """The last price."""
        self._known(symbol)
        return self._world.venue.last(symbol)

    async def prices(self, symbols: Sequence[str]) -> AsyncIterator[tuple[str, Decimal, int]]:
        """Every step of every symbol asked for."""
        while True:
            symbol, price, at = await self._prices.get()
            if not symbols or symbol in symbols:
                yield symbol, price, at

    def _known(self, symbol: str) -> None:
        state = self._world.venue.venue.state
        if symbol not in state.instruments or symbol not in state.last:
            known = ", ".join(sorted(state.last))
            raise ConfigError((f"{self.account}: the embedded venue has no {symbol}; it has {known}",))
