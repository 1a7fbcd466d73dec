"""One account's shell, live: in which order things leave, what wakes its machine, and whom it asks again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from core.account.inputs import Operate
from core.commands import Command, Outcome, Place
from core.desired import Desired
from core.engine.memory_store import MemoryStore
from core.errors import ConfigError, Unavailable
from core.facts import Act, ActKind, Cut, Reached
from core.plan import CLOSING_ROLE, Rules
from core.terms import Terms
from core.trade import Trade
from plugins.clocks.system import SystemClock
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.exchanges.paper.world import MEMORY, PaperWorld
from plugins.strategies.conservative.strategy import Conservative
from ports.exchange import Exchange
from tests.living import NEVER, SYMBOL, ask, serving
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
