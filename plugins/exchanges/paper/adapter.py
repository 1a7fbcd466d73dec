"""The embedded venue as an Exchange: what a live account is, without keys, network or money."""

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal

from core.commands import Command, Done, Outcome, Unknown
from core.errors import ConfigError, Unavailable
from core.facts import Cut, VenueFact
from core.instrument import Instrument
from core.terms import Capabilities, Terms
from core.words import Environment, PositionMode
from plugins.exchanges.paper.codes import refused
from plugins.exchanges.paper.settings import PaperAccountSettings
from plugins.exchanges.paper.venue.words import VenueError
from plugins.exchanges.paper.world import PaperWorld, Tick
from ports.exchange import Candle
from ports.read_queue import ReadQueue

PRICES_KEPT = 10_000


class PaperExchange:
    """One account at the embedded venue. Commands are carried out at once and saved before they are answered."""

    environment = Environment.PAPER

    def __init__(self, account: str, settings: PaperAccountSettings, world: PaperWorld) -> None:
        """Join *world*; nothing is opened here."""
        self.account = account
        self.capabilities = Capabilities(lossless_stream=True, request_lifetime=0, closes_whole=True)
        self._world = world
        self._started = False
        self._readers: list[ReadQueue[Tick]] = []
        world.join(account, settings)

    async def start(self) -> None:
        """Start the world with its first account; raises Stopped when its kept state can't be used."""
        if not self._started:
            await self._world.start()
            self._started = True

    async def close(self) -> None:
        """Leave; the last account stops the market and saves it. Safe to call twice."""
        if not self._started:
            return
        self._started = False
        self._world.queues[self.account].close()
        for reader in self._readers:
            reader.close()
        await self._world.close()

    async def instruments(self) -> Mapping[str, Instrument]:
        """Every symbol of the venue."""
        return self._world.venue.venue.state.instruments

    async def terms(self, symbol: str) -> Terms:
        """What the account offers now."""
        self._known(symbol)
        return self._world.venue.accounts[self.account].terms(symbol)

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """A full cut, of what is saved; raises Unavailable when it can't be."""
        try:
            self._world.settle()
        except sqlite3.Error as error:
            raise Unavailable(f"{self.account}: the embedded venue can't be saved: {error}") from error
        return self._world.venue.accounts[self.account].snapshot(since)

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Carry commands out."""
        outcomes = self._world.venue.accounts[self.account].submit(commands)
        try:
            self._world.settle()
        except sqlite3.Error as error:
            return tuple(Unknown(f"the embedded venue can't be saved: {error}") for _ in commands)
        return outcomes

    async def switch_mode(self, symbol: str, mode: PositionMode) -> Outcome:
        """Switch a flat symbol's mode."""
        self._known(symbol)
        try:
            self._world.venue.venue.switch_mode(self.account, symbol, hedge=mode is PositionMode.HEDGE)
        except VenueError as error:
            return refused(error)
        self._world.settle()
        return Done()

    def events(self) -> AsyncIterator[VenueFact]:
        """The account's facts."""
        return self._world.queues[self.account].read()

    async def candles(self, symbol: str, interval_minutes: int, limit: int) -> tuple[Candle, ...]:
        """What the embedded market did since the process began."""
        self._known(symbol)
        return self._world.bars.closed(symbol, interval_minutes, limit, self._world.venue.now)

    async def last_price(self, symbol: str) -> Decimal:
        """The last price."""
        self._known(symbol)
        return self._world.venue.last(symbol)

    async def prices(self, symbols: Sequence[str]) -> AsyncIterator[Tick]:
        """Every step of every symbol asked for, all when none is named; a reader that is too slow misses the oldest."""
        queue: ReadQueue[Tick] = ReadQueue(PRICES_KEPT)
        self._world.tickers.append(queue)
        self._readers.append(queue)
        try:
            async for tick in queue.read():
                if not symbols or tick[0] in symbols:
                    yield tick
        finally:
            self._world.tickers.remove(queue)
            self._readers.remove(queue)

    def _known(self, symbol: str) -> None:
        state = self._world.venue.venue.state
        if symbol not in state.instruments or symbol not in state.last:
            known = ", ".join(sorted(state.last))
            raise ConfigError((f"{self.account}: the embedded venue has no {symbol}; it has {known}",))
