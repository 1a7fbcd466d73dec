"""The embedded venue in the service: one world for all paper accounts, moved by a clock, kept across restarts."""

import asyncio
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import structlog

from core.errors import Stopped
from core.facts import VenueFact
from plugins.exchanges.paper.bars import Bars
from plugins.exchanges.paper.market.resumed import Resumed
from plugins.exchanges.paper.market.synthetic import Synthetic
from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from plugins.exchanges.paper.shelf import Shelf
from plugins.exchanges.paper.stepped import SteppedVenue
from ports.read_queue import ReadQueue

MEMORY = ":memory:"
Tick = tuple[str, Decimal, int]
log = structlog.get_logger("tandem.paper")


class PaperWorld:
    """One venue with a synthetic market. Time is the caller's clock; a restart leaves out the time it was down."""

    def __init__(self, settings: PaperVenueSettings, now: Callable[[], int]) -> None:
        """Nothing is opened or read here. *now* gives milliseconds."""
        self.settings = settings
        self.now = now
        self.stepped: SteppedVenue | None = None
        self.queues: dict[str, ReadQueue[VenueFact]] = {}
        self.tickers: list[ReadQueue[Tick]] = []
        self.bars = Bars()
        self._instruments = settings.all_instruments()
        self._wanted: dict[str, PaperAccountSettings] = {}
        self.shelf = None if settings.state == MEMORY else Shelf(Path(settings.state))
        self._task: asyncio.Task[None] | None = None
        self._users = 0

    def join(self, account: str, settings: PaperAccountSettings) -> None:
        """Take part with an account; called before `start`."""
        self._wanted[account] = settings
        self.queues[account] = ReadQueue()

    @property
    def venue(self) -> SteppedVenue:
        """The venue, once started."""
        if self.stepped is None:
            raise RuntimeError("the paper world is not started")
        return self.stepped

    async def start(self) -> None:
        """Load or make the world and let its market run; further users only join. Raises Stopped."""
        if self.stepped is None:
            self.stepped = self._made()
            if self.shelf is not None:
                self.stepped.keeping = True
                self.shelf.save(self.stepped.venue.state, ())
            self._task = asyncio.get_running_loop().create_task(self._run())
        self._users += 1

    async def close(self) -> None:
        """Stop the market and save, when the last user leaves."""
        self._users -= 1
        if self._users > 0 or self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        if self.shelf is not None:
            self.settle()
            self.shelf.save(self.venue.venue.state, ())
            self.shelf.close()

    def settle(self) -> None:
        """Save what happened, then hand it out: what an account was told is never forgotten (rel:F43).

        Raises sqlite3.Error when it can't be saved; then nothing was handed out, and the next call tries again.
        """
        world = self.venue
        world.distribute()
        if world.heard and self.shelf is not None:
            self.shelf.save(world.venue.state, world.heard)
            world.heard.clear()
        for name, queue in self.queues.items():
            facts = world.accounts[name].drain()
            if facts:
                queue.put(facts)

    async def catch_up(self) -> None:
        """Walk the market up to now; each touch is handed out before the price moves on."""
        world, until = self.venue, self.now()
        while world.now < until:
            world.advance(until)
            self.settle()
            for symbol, price in world.venue.state.last.items():
                self.bars.note(symbol, price, world.now)
            await asyncio.sleep(0)
        ticks = [(symbol, price, world.now) for symbol, price in world.venue.state.last.items()]
        for queue in self.tickers:
            queue.put(ticks)

    async def _run(self) -> None:
        """Catch up again and again. What the disk refuses waits; a bug ends every reader with its error."""
        try:
            while True:
                await asyncio.sleep(self.settings.every_ms / 1_000)
                try:
                    await self.catch_up()
                except sqlite3.Error as error:
                    log.warning("paper venue not saved", path=self.settings.state, reason=str(error))
        except Exception as error:
            for queue in self.queues.values():
                queue.close(error)
            raise

    def _made(self) -> SteppedVenue:
        world = SteppedVenue({name: each.instrument(name) for name, each in self._instruments.items()})
        if self.shelf is not None and self.shelf.open(world.venue.state):
            self._check(world)
        self._add_walks(world)
        for account, wanted in self._wanted.items():
            self._admit(world, account, wanted)
        return world

    def _check(self, world: SteppedVenue) -> None:
        """Everything held or working must still be tradable under the present settings."""
        for account in world.venue.state.accounts.values():
            used = {*account.exposed(), *(order.symbol for order in account.orders.values())}
            for symbol in sorted(used - self._instruments.keys()):
                raise Stopped(
                    f"{self.settings.state}: account {account.name} has a position or orders on {symbol}, which "
                    "venue.instruments doesn't list; add it there again"
                )

    def _add_walks(self, world: SteppedVenue) -> None:
        at, last = self.now(), world.venue.state.last
        for symbol in [symbol for symbol in last if symbol not in self._instruments]:
            del last[symbol]
        for symbol, each in self._instruments.items():
            price = last.get(symbol, each.price)
            if price is not None:
                walk = Synthetic(
                    symbol,
                    each.price or price,
                    each.tick,
                    seed=self.settings.seed,
                    at=at,
                    every=self.settings.every_ms,
                    volatility=self.settings.volatility,
                )
                number = at // self.settings.every_ms if symbol in last else 0
                world.mover.add(Resumed(walk, number, price, at))

    def _admit(self, world: SteppedVenue, name: str, wanted: PaperAccountSettings) -> None:
        known = world.venue.state.accounts.get(name)
        if known is not None:
            known.taker, known.maker = wanted.taker, wanted.maker
            world.attach(name)
            return
        world.add(name, wanted.balance, taker=wanted.taker, maker=wanted.maker)
        if wanted.hedge:
            for symbol in self._instruments:
                world.venue.switch_mode(name, symbol, hedge=True)
