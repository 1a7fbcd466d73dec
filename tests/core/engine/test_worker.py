"""One account's shell, live: in which order things leave, what wakes its machine, and whom it asks again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, cast

import pytest

from core.account.inputs import Operate
from core.account.state import Timings
from core.alerts import AccountDegraded
from core.commands import Command, Outcome, Place
from core.desired import Desired
from core.engine.memory_store import MemoryStore
from core.errors import ConfigError, Unavailable
from core.facts import Act, ActKind, Cut, Reached, VenueFact
from core.plan import CLOSING_ROLE, Rules
from core.terms import Terms
from core.trade import Trade
from plugins.clocks.system import SystemClock
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.exchanges.paper.world import MEMORY, PaperWorld
from plugins.strategies.conservative.strategy import Conservative
from ports.exchange import Exchange
from tests.living import NEVER, SYMBOL, Wrap, ask, serving
from tests.serving import HastyClock


@dataclass
class Seen:
    """An exchange beside a store: was the act durable when its closing order left, and prices that a test sends.

    *untold* are raised, one a question, for terms.
    """

    inner: PaperExchange
    store: MemoryStore
    untold: list[Exception]
    durable: list[bool] = field(default_factory=list)
    ticks: "asyncio.Queue[Decimal]" = field(default_factory=asyncio.Queue)

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    async def submit(self, commands: tuple[Command, ...]) -> tuple[Outcome, ...]:
        """Note what is durable, then pass on."""
        for command in commands:
            if isinstance(command, Place) and f"-{CLOSING_ROLE}-" in command.key:
                self.durable.append(any(isinstance(each.what, Act) for each in await self.store.live("main")))
        return await self.inner.submit(commands)

    async def terms(self, symbol: str) -> Terms:
        """As the inner one's, once they can be had."""
        if self.untold:
            raise self.untold.pop(0)
        return await self.inner.terms(symbol)

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """As the inner one's; its first page of orders shows only other symbols'."""
        cut = await self.inner.snapshot(since, full=full)
        return cut if full else replace(cut, orders=())

    async def prices(self, _: tuple[str, ...]) -> AsyncIterator[tuple[str, Decimal, int]]:
        """What the test sends."""
        while True:
            yield SYMBOL, await self.ticks.get(), 1


class Beside:
    """Wraps an exchange once a service makes it."""

    def __init__(self, *untold: Exception) -> None:
        """See Seen."""
        self.store = MemoryStore()
        self._untold = list(untold)

    def __call__(self, inner: PaperExchange) -> Exchange:
        """See Seen."""
        self.seen = Seen(inner, self.store, self._untold)
        return self.seen  # type: ignore[return-value]


async def lost() -> PaperWorld:
    """A venue with a trade on it, whose store is gone."""
    world = PaperWorld(PaperVenueSettings.model_validate({"state": MEMORY, "every_ms": NEVER}), SystemClock().now)
    async with serving(world=world) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: "TP4" in stage.orders())
    return world


async def test_a_close_is_durable_before_its_order_leaves() -> None:
    """rel:I15, DESIGN 8.3: after a kill in between the trade would be flat, and nobody could say why."""
    beside = Beside()
    async with serving(store=beside.store, wrap=beside) as stage:
        (reply,) = await stage.service.open(ask(stage), "main")
        await stage.until(lambda: "TP4" in stage.orders())
        assert reply.plan is not None
        await stage.service.operate("main", Operate(reply.plan.trade, ActKind.CLOSE, "me"))
        await stage.until(lambda: stage.size() == 0)

    assert beside.seen.durable == [True]


async def test_lost_trades_are_looked_up_until_the_venue_answers() -> None:
    """C7: the store is lost, and the venue's first two answers too: the trade is made again whole all the same."""
    beside = Beside(Unavailable("no answer"), Unavailable("no answer"))
    async with serving(world=await lost(), store=beside.store, wrap=beside, clock=HastyClock()) as stage:
        before = stage.orders()
        await stage.until(lambda: stage.service.states["main"].boxes)
        (box,) = stage.service.states["main"].boxes.values()

    assert sorted(line.role for line in box.trade.lines.values() if line.live) == before


@pytest.mark.parametrize("error", [Unavailable("no answer"), KeyError("lotSizeFilter")])
async def test_lost_trades_are_looked_up_though_the_adapter_broke_at_first(error: Exception) -> None:
    """rel:F58, C7: a bug in the one account that has lost its trades ends neither it nor the others."""
    beside = Beside(error)
    async with serving(world=await lost(), store=beside.store, wrap=beside, clock=HastyClock()) as stage:
        await stage.until(lambda: stage.service.states["main"].boxes)

        assert len(stage.service.states["main"].boxes) == 1
        assert stage.service.connections.down == {}


async def test_a_lost_trade_of_a_symbol_without_terms_is_left_to_a_person() -> None:
    """C7, rel:F37: nothing can be planned on it; that ends neither the account nor the service."""
    beside = Beside(ConfigError(("main: there is no such symbol",)))
    async with serving(world=await lost(), store=beside.store, wrap=beside) as stage:
        await stage.until(lambda: not beside.seen.untold)
        await stage.until(lambda: "trade_unknown" in [alert.kind for alert in beside.store._outbox.alerts])  # noqa: SLF001

        assert not stage.service.states["main"].boxes


def reached(store: MemoryStore) -> list[Decimal]:
    """The prices of which main's trades were told."""
    trades = store._accounts["main"].trades.values()  # noqa: SLF001 - as it is, without waiting
    return [each.what.last for lines in trades for _, each in lines if isinstance(each.what, Reached)]


class Watching(Conservative):
    """A strategy that asks to be woken at two prices."""

    def desired(self, trade: Trade) -> Desired:
        """As ever, and at 50,000 and at 70,000 something more might be wished."""
        return super().desired(trade)._replace(below=Decimal(50_000), above=Decimal(70_000))


async def test_a_strategy_is_woken_at_or_beyond_the_prices_it_asked_for() -> None:
    """See Desired.below and Desired.above: not before, and at the very price already."""
    beside = Beside()
    async with serving(store=beside.store, wrap=beside, strategy=Watching("conservative", Rules())) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: "TP4" in stage.orders())
        for price in (50_001, 69_999, 50_000, 70_000):
            beside.seen.ticks.put_nowait(Decimal(price))
        await stage.until(lambda: len(reached(beside.store)) == 2)

    assert reached(beside.store) == [50_000, 70_000]


class Odd:
    """An exchange with a part that does what it must not."""

    def __init__(self, inner: PaperExchange) -> None:
        """Whole but for that."""
        self.inner, self.odd = inner, 1

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    def once(self) -> bool:
        """Whether it still has its oddity to do."""
        self.odd -= 1
        return self.odd >= 0


class Short(Odd):
    """One outcome is missing: nobody knows which."""

    async def submit(self, commands: tuple[Command, ...]) -> tuple[Outcome, ...]:
        """Carry all out, and forget the last one's outcome the first time."""
        return (await self.inner.submit(commands))[: -1 if self.once() else None]


class Ending(Odd):
    """Its facts end, as a generator does that returns."""

    async def events(self) -> AsyncIterator[VenueFact]:
        """Nothing at first."""
        if not self.once():
            async for fact in self.inner.events():
                yield fact


class Stuck(Odd):
    """Its first look never ends."""

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """Nothing at first."""
        if self.once():
            await asyncio.Event().wait()
        return await self.inner.snapshot(since, full=full)


class Mute(Odd):
    """What it offers is asked for in vain at first."""

    async def terms(self, symbol: str) -> Terms:
        """Nothing at first."""
        if self.once():
            await asyncio.Event().wait()
        return await self.inner.terms(symbol)


def odd(kind: type[Odd]) -> Wrap:
    """Wraps an exchange."""
    return lambda inner: cast("Exchange", kind(inner))


async def test_an_adapter_that_forgets_an_outcome_is_asked_by_key() -> None:
    """rel:F58, rel:F02: which of them it was is not known: nothing is doubled, nothing missing, nobody died."""
    async with serving(wrap=odd(Short)) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: stage.orders() == ["E2", "TP1", "TP2", "TP3", "TP4"])
        links = list(stage.venue().links)

    assert len(links) == len(set(links)) == 6


async def test_an_account_whose_facts_end_is_told_of_and_heard_again() -> None:
    """rel:F18, rel:F58: nobody closed it, no error was raised: deaf it would see a fill at the next audit only."""
    async with serving(wrap=odd(Ending), clock=HastyClock()) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: stage.service.workers["main"].meter.heard_at is not None, "it was never heard again")
        told = [alert.body for alert in await stage.told()]

    assert AccountDegraded("stream", "the adapter failed; the log says more") in told


async def test_a_look_that_never_ends_is_given_up_and_taken_anew() -> None:
    """rel:F58, rel:I12: one look is taken at a time; this one would have been the account's last."""
    async with serving(wrap=odd(Stuck), looks_within=0.01, timings=Timings(degraded=10)) as stage:
        assert not stage.service.states["main"].troubles


async def test_a_look_at_lost_trades_that_never_ends_is_given_up_and_taken_anew() -> None:
    """C7, rel:F58: the store is gone and the adapter says nothing: the account would not be well again for ever."""
    world = PaperWorld(PaperVenueSettings.model_validate({"state": MEMORY, "every_ms": NEVER}), SystemClock().now)
    async with serving(world=world) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: "TP4" in stage.orders())
    async with serving(world=world, wrap=odd(Mute), looks_within=0.05, clock=HastyClock()) as stage:
        roles = [role for box in stage.service.states["main"].boxes.values() for role in sorted(box.trade.lines)]

    assert {"E2", "TP4"} <= set(roles)


async def test_when_the_stream_told_something_last_is_known() -> None:
    """J3: the age of the stream, by the clock that nobody sets; every fact makes it young again."""
    async with serving() as stage:
        meter = stage.service.workers["main"].meter
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: "TP4" in stage.orders())
        assert meter.heard_at is not None
        meter.heard_at -= 60_000
        before = stage.service.clock.monotonic()
        stage.price(stage.world.venue.last(SYMBOL) * 103 / 100)
        await stage.until(lambda: meter.heard_at is not None and meter.heard_at >= before)
