"""The embedded venue as the service uses it: one world for all paper accounts, kept across restarts."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from plugins.exchanges.paper.adapter_queue import FactQueue
from plugins.exchanges.paper.market.path import Move
from plugins.exchanges.paper.market.synthetic import Synthetic
from plugins.exchanges.paper.saving import dump, load
from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from plugins.exchanges.paper.stepped import SteppedVenue

MEMORY = ":memory:"


class _Resumed:
    """A synthetic walk that goes on from where a saved world stood."""

    def __init__(self, walk: Synthetic, number: int, price: Decimal, at: int) -> None:
        self.symbol = walk.symbol
        self._walk = walk
        self._number = number
        self._price = price
        self._at = at

    def start(self) -> tuple[Decimal, int]:
        return self._price, self._at

    def moves(self) -> Iterator[Move]:
        number, price, at = self._number, self._price, self._at
        while True:
            number += 1
            at += self._walk.every
            price = self._walk.step(number, price)
            yield Move(price, at)


class PaperWorld:
    """One venue with a synthetic market. Time is the caller's clock; a restart leaves out the time it was down."""

    def __init__(self, settings: PaperVenueSettings, now: Callable[[], int]) -> None:
        """Nothing is opened or read here."""
        self.settings = settings
        self.now = now
        self.stepped: SteppedVenue | None = None
        self.queues: dict[str, FactQueue] = {}
        self.tickers: list[asyncio.Queue[tuple[str, Decimal, int]]] = []
        self._wanted: dict[str, PaperAccountSettings] = {}
        self._file: sqlite3.Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._users = 0

    def join(self, account: str, settings: PaperAccountSettings) -> None:
        """Take part with an account; called before `start`."""
        self._wanted[account] = settings
        self.queues[account] = FactQueue()

    @property
    def venue(self) -> SteppedVenue:
        """The venue, once started."""
        if self.stepped is None:
            raise RuntimeError("the paper world is not started")
        return self.stepped

    async def start(self) -> None:
        """Load or make the world and let its market run; further users only join."""
        self._users += 1
        if self.stepped is not None:
            return
        saved = self._open()
        self.stepped = self._load(saved) if saved is not None else self._make()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stop the market and save, when the last user leaves."""
        self._users -= 1
        if self._users > 0 or self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        self.save()
        if self._file is not None:
            self._file.close()
            self._file = None

    def settle(self) -> None:
        """Save what happened, then hand it out: what an account was told is never forgotten (rel:F43)."""
        self.venue.distribute()
        pending = [(name, self.venue.accounts[name].drain()) for name in self.queues]
        if any(facts for _, facts in pending):
            self.save()
        for name, facts in pending:
            self.queues[name].put(facts)

    def save(self) -> None:
        """Write the whole venue durably (one row, WAL, synchronous FULL)."""
        if self._file is None:
            return
        state = json.dumps(dump(self.venue.venue.state), separators=(",", ":"))
        with self._file:
            self._file.execute("insert or replace into world (id, state) values (1, ?)", (state,))

    def _open(self) -> dict[str, object] | None:
        if self.settings.state == MEMORY:
            return None
        path = Path(self.settings.state)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600, exist_ok=True)
        self._file = sqlite3.connect(path, check_same_thread=False)
        self._file.execute("pragma journal_mode=wal")
        self._file.execute("pragma synchronous=full")
        self._file.execute("create table if not exists world (id integer primary key, state text not null)")
        row = self._file.execute("select state from world where id = 1").fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def _make(self) -> SteppedVenue:
        instruments = {name: each.instrument(name) for name, each in self.settings.all_instruments().items()}
        world = SteppedVenue(instruments)
        at = self.now()
        for name, each in self.settings.all_instruments().items():
            if each.price is not None:
                world.mover.add(_Resumed(self._walk(name, each.price, at), 0, each.price, at))
        for account, wanted in self._wanted.items():
            self._admit(world, account, wanted)
        return world

    def _admit(self, world: SteppedVenue, account: str, wanted: PaperAccountSettings) -> None:
        world.add(account, wanted.balance, taker=wanted.taker, maker=wanted.maker)
        if wanted.hedge:
            for symbol in self.settings.all_instruments():
                world.venue.switch_mode(account, symbol, hedge=True)

    def _load(self, saved: dict[str, object]) -> SteppedVenue:
        instruments = {name: each.instrument(name) for name, each in self.settings.all_instruments().items()}
        world = SteppedVenue(instruments)
        load(world.venue.state, saved)
        at = self.now()
        for name, each in self.settings.all_instruments().items():
            price = world.venue.state.last.get(name, each.price)
            if price is not None:
                number = at // self.settings.every_ms
                world.mover.add(_Resumed(self._walk(name, each.price or price, at), number, price, at))
        for account, wanted in self._wanted.items():
            if account in world.venue.state.accounts:
                world.attach(account)
            else:
                self._admit(world, account, wanted)
        return world

    def _walk(self, symbol: str, start: Decimal, at: int) -> Synthetic:
        settings = self.settings
        tick = settings.all_instruments()[symbol].tick
        return Synthetic(
            symbol,
            start,
            tick,
            seed=settings.seed,
            at=at,
            every=settings.every_ms,
            volatility=settings.volatility,
        )

    async def _run(self) -> None:
        """Walk the market up to now, again and again; each touch is handed out before the price moves on."""
        while True:
            await asyncio.sleep(self.settings.every_ms / 1_000)
            world = self.venue
            until = self.now()
            while world.now < until:
                world.advance(until)
                self.settle()
                await asyncio.sleep(0)
            for queue in self.tickers:
                for symbol, price in world.venue.state.last.items():
                    queue.put_nowait((symbol, price, world.now))
