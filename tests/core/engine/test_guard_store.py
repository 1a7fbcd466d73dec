"""A store that refuses, in the running service: entries wait, exits do not, nothing is lost."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal

from core.account.box import Box
from core.account.inputs import Input, LeaderIs, Operate
from core.commands import Command, Outcome, Place
from core.engine.memory_store import MemoryStore
from core.errors import Unavailable
from core.facts import Act, ActKind, Filled, Sent
from core.plan import Plan
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.venue.orders import NewOrder
from ports.exchange import Exchange
from ports.persistence import Batch
from tests.living import Serving, ask, serving


class Refusing(MemoryStore):
    """A store whose disk may be full."""

    def __init__(self) -> None:
        """Willing at first."""
        super().__init__()
        self.full = False
        self.refused = 0

    async def append(self, batch: Batch) -> None:
        """As the disk allows."""
        if self.full:
            self.refused += 1
            raise Unavailable("the disk is full: free some space where the store lies")
        await super().append(batch)


@dataclass
class Looking:
    """An exchange beside a store: what was durable whenever an entry left."""

    inner: PaperExchange
    store: Refusing
    entries: list[tuple[str, bool]] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    async def submit(self, commands: tuple[Command, ...]) -> tuple[Outcome, ...]:
        """Note what is durable, then pass on."""
        for command in commands:
            if isinstance(command, Place) and not command.reduce_only:
                known = [record.what for record in await self.store.live("main")]
                plan = any(isinstance(what, Plan) for what in known)
                sent = any(isinstance(what, Sent) and what.key == command.key for what in known)
                self.entries.append((command.key, plan and sent))
        return await self.inner.submit(commands)


def told(stage: Serving, kind: str) -> bool:
    """Whether an alert of that kind is stored."""
    return kind in [alert.kind for alert in stage.store._outbox.alerts]  # noqa: SLF001 - as it is, without waiting


async def test_every_entry_is_durable_before_it_leaves() -> None:
    """rel:I15: plan and intent of each entry stand in the store at the moment the exchange is asked."""
    store, looking = Refusing(), []

    def wrap(inner: PaperExchange) -> Exchange:
        looking.append(Looking(inner, store))
        return looking[0]  # type: ignore[return-value]

    async with serving(store=store, wrap=wrap) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: "TP4" in stage.orders())

    assert [durable for _, durable in looking[0].entries] == [True, True]


async def test_nothing_opens_while_the_store_refuses() -> None:
    """rel:I15, rel:F45: the disk is full: no entry leaves, and that is told; once it accepts, the trade opens."""
    store, looking = Refusing(), []

    def wrap(inner: PaperExchange) -> Exchange:
        looking.append(Looking(inner, store))
        return looking[0]  # type: ignore[return-value]

    async with serving(store=store, wrap=wrap) as stage:
        stage.service.states["main"].leverage["BTCUSDT"] = Decimal(10)  # so that entries are the first thing to leave
        store.full = True
        opening = asyncio.create_task(stage.service.open(ask(stage), "main"))
        await stage.until(lambda: store.refused > 10)  # longer than anybody waits for it
        assert looking[0].entries == []
        store.full = False
        await opening
        await stage.until(lambda: "TP4" in stage.orders())

        assert told(stage, "service_degraded")
        assert told(stage, "service_restored")


async def test_exits_do_not_wait_for_the_store() -> None:
    """rel:F45, rel:F46, rel:I3: refused while a limit fills and an operator closes: targets follow, it goes flat."""
    store = Refusing()
    async with serving(store=store) as stage:
        replies = await stage.service.open(ask(stage), "main")
        await stage.until(lambda: "TP4" in stage.orders())
        await stage.service.writer.flush()
        before = len(await store.executions("main"))
        store.full = True
        stage.price(stage.world.venue.last("BTCUSDT") * 98 / 100)
        await stage.until(lambda: sum(order.leaves for order in stage.venue().orders.values()) == 1, "not resized")
        assert replies[0].plan is not None
        await stage.service.operate("main", Operate(replies[0].plan.trade, ActKind.CLOSE, "me"))
        await stage.until(lambda: stage.size() == 0, "not closed")
        assert len(await store.executions("main")) == before
        store.full = False
        await stage.until(lambda: not stage.service.states["main"].boxes)
        await stage.service.writer.flush()
        what = [record.what for record in await store.trade("main", replies[0].plan.trade)]

    assert sum(1 for each in what if isinstance(each, Filled)) == before + 2
    assert sum(1 for each in what if isinstance(each, Act)) == 1
    assert len(await store.closed("main")) == 1


def main_boxes(stage: Serving) -> list[Box]:
    """Main's live trades."""
    return list(stage.service.states["main"].boxes.values())


class Slow(MemoryStore):
    """A store that takes its time."""

    def __init__(self) -> None:
        """Quick at first."""
        super().__init__()
        self.ready = asyncio.Event()
        self.ready.set()
        self.asked = 0

    async def append(self, batch: Batch) -> None:
        """When it is ready."""
        self.asked += 1
        await self.ready.wait()
        await super().append(batch)


async def test_mirrors_hear_of_nothing_that_is_not_durable() -> None:
    """A4: main's entry fills while the store takes its time; told before, a mirror acted on what a start forgets.

    After a kill in between main's trade may stand otherwise: its start knows what the store holds, and so must mirrors.
    """
    store, heard = Slow(), list[Decimal]()
    async with serving(accounts=("main", "mirror"), store=store) as stage:
        mirror = stage.service.workers["mirror"]
        post = mirror.post

        def hear(each: Input) -> None:
            heard.extend([each.entered] if isinstance(each, LeaderIs) else [])
            post(each)

        mirror.post = hear  # type: ignore[method-assign] # listens in
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: heard and heard[-1] > 0, "the mirror never heard of the entry")
        store.ready.clear()
        before, told = store.asked, len(heard)
        stage.price(stage.world.venue.last("BTCUSDT") * 98 / 100)
        await stage.until(lambda: stage.service.states["main"].boxes and store.asked > before)
        await stage.until(lambda: all(box.trade.ledger.entered == 1 for box in main_boxes(stage)), "E2 is not known")
        meanwhile = heard[told:]
        store.ready.set()
        await stage.until(lambda: heard[-1] == 1, "the mirror never heard of E2")

    assert meanwhile == []


async def test_a_mirror_follows_though_the_store_takes_nothing() -> None:
    """A4, rel:F45: with a full disk it closes as well, when the writer's patience is over."""
    store = Refusing()
    async with serving(accounts=("main", "mirror"), store=store) as stage:
        await stage.service.open(ask(stage, resting=False), "main")
        await stage.until(lambda: stage.orders("main") == stage.orders("mirror") == ["TP1", "TP2", "TP3", "TP4"])
        store.full = True
        stage.world.venue.venue.place("main", NewOrder(symbol="BTCUSDT", side="Sell", quantity=stage.size()))
        stage.world.settle()
        await stage.until(lambda: stage.size("mirror") == 0, "the mirror did not follow")
        refused = store.refused
        store.full = False
        closed = [(alert.account, alert.kind) for alert in await stage.told() if alert.kind == "position_closed"]

    assert refused
    assert sorted(closed) == [("main", "position_closed"), ("mirror", "position_closed")]
