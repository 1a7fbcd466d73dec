"""The venue behind the wire: one venue, its moving market, its keys, and whoever listens to what happens."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from core.instrument import Instrument
from plugins.exchanges.paper.market.candles import Candles
from plugins.exchanges.paper.market.mover import Mover
from plugins.exchanges.paper.market.synthetic import Synthetic
from plugins.exchanges.paper.v5.keys import KeyRing
from plugins.exchanges.paper.v5.road import Road
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.events import Event
from plugins.exchanges.paper.venue.policies import Policies
from plugins.exchanges.paper.venue.state import VenueState
from ports.exchange import Candle

TICK = 100
"""Milliseconds between two looks at the market (Bybit pushes tickers as often)."""


class Market(StrEnum):
    """What moves the prices."""

    STILL = "still"
    SYNTHETIC = "synthetic"
    CANDLES = "candles"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketPlan:
    """How the market moves. *starts* are first prices; *candles* (for CANDLES) are walked from now on, bar by bar."""

    kind: Market = Market.STILL
    starts: Mapping[str, Decimal] = field(default_factory=dict)
    candles: Mapping[str, Sequence[Candle]] = field(default_factory=dict)
    seed: int = 1
    volatility: Decimal = Decimal("0.02")
    every: int = 250


class WireWorld:
    """One venue in real time. Every act goes through `act`, so that what it caused is told before its answer leaves.

    Listeners are called in venue order, inside the act: `events` with what happened, `traded` with each new price
    (symbol, last, time). They must not await or raise.
    """

    def __init__(
        self, instruments: Mapping[str, Instrument], keys: KeyRing, now: Callable[[], int], policies: Policies
    ) -> None:
        """A venue without accounts and prices. *now* gives milliseconds."""
        self.venue = Venue(VenueState(dict(instruments), policies))
        self.mover = Mover(self.venue)
        self.keys = keys
        self.now = now
        self.events: list[Callable[[Sequence[Event]], None]] = []
        self.traded: list[Callable[[str, Decimal, int], None]] = []
        self._told: dict[str, Decimal] = {}
        self._still = True

    def open_market(self, plan: MarketPlan) -> None:
        """Give every symbol with a start price its path from now on."""
        at = self.now()
        self._still = plan.kind is Market.STILL
        for symbol, price in plan.starts.items():
            tick = self.venue.state.instruments[symbol].tick
            if plan.kind is Market.CANDLES and symbol in plan.candles:
                self.mover.add(Candles(symbol, _from_now(plan.candles[symbol], at)))
                continue
            walk = None
            if plan.kind is not Market.STILL:
                walk = Synthetic(
                    symbol, price, tick, seed=plan.seed, at=at, every=plan.every, volatility=plan.volatility
                )
            self.mover.add(Road(symbol, price, at, walk))

    def act(self, what: Callable[[Venue], object]) -> None:
        """Carry something out at the venue now and tell what it caused. VenueError passes through, told first.

        The market has been walked up to a moment ago; walking it for every request would make a venue with many open
        positions slow to answer, for each one's liquidation depends on all the others.
        """
        self.venue.state.now = max(self.venue.state.now, self.now())
        try:
            what(self.venue)
        finally:
            self._tell()

    def push(self, symbol: str, price: Decimal) -> None:
        """Move a price there at once, touching everything on the way, nearest first. Raises KeyError."""
        self.catch_up()
        self.venue.state.now = max(self.venue.state.now, self.now())
        track = self.mover.tracks[symbol]
        if isinstance(track.path, Road):
            track.path.price = price
        self.mover.push(symbol, price)
        self._tell()
        if self._still and self._endangered():
            self._walk(self.now())

    def catch_up(self) -> None:
        """Walk the market up to now; each touch is told before the price moves on. A still one has nowhere to go."""
        if not self._still:
            self._walk(self.now())

    def _endangered(self) -> bool:
        """Whether any account has less than its positions need: another symbol's price may have brought that about."""
        state = self.venue.state
        rates = {name: each.maintenance for name, each in state.instruments.items()}
        prices = state.valued()
        return any(
            account.equity(prices) <= account.maintenance(rates, prices)
            for account in state.accounts.values()
            if account.exposed()
        )

    def _walk(self, until: int) -> None:
        while self.venue.state.now < until:
            self.mover.advance(until)
            self._tell()

    async def run(self) -> None:
        """Keep the market moving until cancelled."""
        while True:
            await asyncio.sleep(TICK / 1_000)
            self.catch_up()

    def _tell(self) -> None:
        happened = self.venue.drain()
        if happened:
            for listener in self.events:
                listener(happened)
        state = self.venue.state
        for symbol, price in state.last.items():
            if self._told.get(symbol) != price:
                self._told[symbol] = price
                for heard in self.traded:
                    heard(symbol, price, state.now)


def _from_now(candles: Sequence[Candle], at: int) -> list[Candle]:
    shift = at - candles[0].at
    return [Candle(each.at + shift, each.open, each.high, each.low, each.close, each.volume) for each in candles]
