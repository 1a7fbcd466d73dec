"""What tests of an Exchange adapter stand on: its author's bench, an ear for its facts, and the usual commands."""
# ruff: noqa: S101 -- as the contract that is built from it

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Protocol, TypeVar

import pytest

from core.commands import Command, Done, Outcome, Place
from core.facts import PositionIs, Stream, VenueFact
from core.identity import key_text
from core.words import OrderSide, Slot
from ports.exchange import Exchange

PATIENCE = 10
"""Seconds after which a fact will not come."""

F = TypeVar("F", bound=VenueFact)


class Bench(Protocol):
    """What the tests need of an adapter's author: a started adapter, and a hand on its market."""

    exchange: Exchange
    symbol: str

    async def move(self, price: Decimal) -> None:
        """Let the symbol trade at *price*; what it touches on the way happens."""
        ...

    async def foreign_order(self, side: OrderSide, quantity: Decimal, price: Decimal) -> None:
        """Let the account's owner place a limit order of his own, without a client id of ours."""
        ...

    async def drop_stream(self) -> None:
        """Break the private stream; raises NotImplementedError where there is none to break."""
        ...


class Heard:
    """Collects an adapter's facts from when it is made, and waits for the one that is meant."""

    def __init__(self, exchange: Exchange) -> None:
        """Listen from now on."""
        self.facts: list[VenueFact] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._listen(exchange))
        self.ended = False

    async def wait(self, kind: type[F], fits: Callable[[F], bool] = lambda _: True) -> F:
        """The first fact of this kind that fits, come or still to come."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for fact in self.facts:
                    if isinstance(fact, kind) and fits(fact):
                        return fact
                self._news.clear()
                await self._news.wait()

    async def end(self) -> None:
        """Wait until the adapter's facts end."""
        async with asyncio.timeout(PATIENCE):
            await self._task

    async def _listen(self, exchange: Exchange) -> None:
        async for fact in exchange.events():
            self.facts.append(fact)
            self._news.set()
        self.ended = True


class OnBench:
    """Tests of an adapter at its bench, a fresh account without position or orders for each."""

    number = 0

    def key(self, role: str = "E1", revision: int = 0) -> str:
        """A client id as the engine makes them, another trade for each test."""
        return key_text(self.account, f"C0NTRACT{type(self).number:02d}", role, revision)

    @pytest.fixture(autouse=True)
    def _begin(self, bench: Bench) -> None:
        type(self).number += 1
        self.stage = bench
        self.exchange = bench.exchange
        self.account = bench.exchange.account
        self.slot = Slot(bench.symbol, 0)

    async def listen(self) -> Heard:
        """The adapter's facts from now on, once its stream is up: what happens before that only a cut shows."""
        heard = Heard(self.exchange)
        if not self.exchange.capabilities.lossless_stream:
            await heard.wait(Stream, lambda fact: fact.up)
        return heard

    async def one(self, command: Command) -> Outcome:
        """Carry one command out."""
        return (await self.exchange.submit([command]))[0]

    async def last(self) -> Decimal:
        """The last price."""
        return await self.exchange.last_price(self.stage.symbol)

    async def quantity(self, lots: int = 10) -> Decimal:
        """A quantity that is above every minimum."""
        terms = await self.exchange.terms(self.stage.symbol)
        least = max(terms.instrument.min_quantity, terms.instrument.min_notional / terms.last * 2)
        return terms.instrument.floor_quantity(least + terms.instrument.step) * lots

    async def at(self, part: str) -> Decimal:
        """A price on the tick: this part of the last one ("0.95")."""
        terms = await self.exchange.terms(self.stage.symbol)
        return (await self.last() * Decimal(part) / terms.instrument.tick).to_integral_value() * terms.instrument.tick

    async def entry(self, role: str = "E1", price: Decimal | None = None, stop: Decimal | None = None) -> Place:
        """A placement of ours: at market unless *price* is given."""
        return Place(self.key(role), self.slot, OrderSide.BUY, await self.quantity(), price, False, stop)  # noqa: FBT003

    async def held(self, heard: Heard) -> Place:
        """Buy at market with a stop, and wait until it is held."""
        place = await self.entry(stop=await self.at("0.9"))
        assert isinstance(await self.one(place), Done)
        await heard.wait(PositionIs, lambda fact: fact.size == place.quantity)
        return place
