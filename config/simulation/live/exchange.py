"""The Exchange port over a simulated road: what live adapters are to the engine, without a wire."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Generic, TypeVar

from config.simulation.fates import Kind
from config.simulation.live.loop import VirtualClock
from config.simulation.road import Road
from config.simulation.story import SYMBOL
from core.account.effects import CutKind
from core.commands import Command, Done, Outcome
from core.errors import Unavailable
from core.facts import Cut, VenueFact
from core.instrument import Instrument
from core.terms import Capabilities, Terms
from core.words import Environment, PositionMode
from plugins.exchanges.paper.codes import refused
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.words import VenueError
from ports.exchange import Candle

REVIVED = 95_000
"""Milliseconds after which an account that could not be started has been tried again, and has looked around."""

T = TypeVar("T")


class Feed(Generic[T]):
    """What comes in, for one reader; it ends with None."""

    def __init__(self) -> None:
        """Nothing came yet."""
        self._queue: asyncio.Queue[T | None] = asyncio.Queue()

    def put(self, each: T | None) -> None:
        """It came."""
        self._queue.put_nowait(each)

    def __aiter__(self) -> AsyncIterator[T]:
        """See AsyncIterator."""
        return self

    async def __anext__(self) -> T:
        """See AsyncIterator."""
        each = await self._queue.get()
        if each is None:
            raise StopAsyncIteration
        return each


class RoadExchange:
    """One account in one life of the process. *sends* says of each request whether the process lives to send it."""

    environment = Environment.PAPER

    def __init__(
        self,
        account: str,
        road: Road,
        venue: Venue,
        capabilities: Capabilities,
        sends: Callable[[str, Sequence[Command]], bool],
    ) -> None:
        """Not connected yet."""
        self.account = account
        self.capabilities = capabilities
        self.started = False
        self._road = road
        self._venue = venue
        self._sends = sends
        self._clock = VirtualClock(road.timeline)
        self._facts: Feed[VenueFact] = Feed()
        self._prices: Feed[tuple[str, Decimal, int]] = Feed()

    async def start(self) -> None:
        """See Exchange.start."""
        try:
            await self._there_and_back()
        except Unavailable:
            self._road.troubled_until = max(self._road.troubled_until, self._clock.now() + REVIVED)
            raise
        self.started = self._road.up = True

    async def close(self) -> None:
        """See Exchange.close."""
        self.started = self._road.up = False
        self._facts.put(None)
        self._prices.put(None)

    def heard(self, fact: VenueFact) -> None:
        """The private stream carries this; without a connection it is lost."""
        if self.started:
            self._facts.put(fact)

    def priced(self, symbol: str, last: Decimal, at: int) -> None:
        """The public stream carries this."""
        if self.started:
            self._prices.put((symbol, last, at))

    async def instruments(self) -> Mapping[str, Instrument]:
        """See Exchange.instruments: kept, as live adapters keep them."""
        return dict(self._venue.state.instruments)

    async def terms(self, symbol: str) -> Terms:
        """See Exchange.terms."""
        await self._there_and_back()
        return self._road.terms(symbol)

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """See Exchange.snapshot."""
        answer: asyncio.Future[Cut | None] = asyncio.get_running_loop().create_future()
        self._road.looks.look(since, CutKind.FULL if full else CutKind.AUDIT, lambda cut: _settle(answer, cut))
        cut = await answer
        if cut is None:
            raise Unavailable(f"{self.account}: the venue gave no answer")
        return cut

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """See Exchange.submit."""
        answer: asyncio.Future[tuple[Outcome, ...]] = asyncio.get_running_loop().create_future()
        if self._sends(self.account, commands):
            self._road.requests.send(tuple(commands), lambda _, outcomes: _settle(answer, outcomes))
        return await answer

    async def switch_mode(self, symbol: str, mode: PositionMode) -> Outcome:
        """See Exchange.switch_mode."""
        await self._there_and_back()
        try:
            self._venue.switch_mode(self.account, symbol, hedge=mode is PositionMode.HEDGE)
        except VenueError as error:
            return refused(error)
        return Done()

    def events(self) -> AsyncIterator[VenueFact]:
        """See Exchange.events."""
        return self._facts

    async def candles(self, symbol: str, interval_minutes: int, limit: int) -> tuple[Candle, ...]:
        """See Exchange.candles: this venue keeps none."""
        return ()

    async def last_price(self, symbol: str) -> Decimal:
        """See Exchange.last_price."""
        await self._there_and_back()
        return self._venue.state.last[symbol]

    def prices(self, symbols: Sequence[str]) -> AsyncIterator[tuple[str, Decimal, int]]:
        """See Exchange.prices; there is one symbol."""
        if symbols and tuple(symbols) != (SYMBOL,):
            raise ValueError(f"{self.account}: there is no market but {SYMBOL}")
        return self._prices

    async def _there_and_back(self) -> None:
        """A question that may fail; its answer is of the moment in which it arrives. Raises Unavailable."""
        road = self._road
        failed = road.fates.of((Kind.FAILED_LOOK,)) is not None
        if failed or road.timeline.now < road.offline_until:
            await self._clock.sleep(road.pace.answer)
            raise Unavailable(f"{self.account}: the venue gave no answer")
        await self._clock.sleep(road.fates.lag(1, road.pace.road) + road.fates.lag(1, road.pace.road))


def _settle(answer: "asyncio.Future[T]", value: T) -> None:
    """Give the answer, unless who asked is gone."""
    if not answer.done():
        answer.set_result(value)
