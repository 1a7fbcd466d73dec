"""The one writer for the store: what it is told to write is written once, in order, whoever still waits for it."""

import asyncio
from dataclasses import dataclass, field

from core.engine.memory_store import MemoryStore
from core.engine.writer import Writer
from core.errors import Unavailable
from ports.contract.samples import opened, paused, report
from ports.persistence import Batch
from tests.serving import HastyClock


class Reluctant(MemoryStore):
    """A store that refuses so many times."""

    def __init__(self, refusals: int) -> None:
        """Then it is willing."""
        super().__init__()
        self.refusals = refusals

    async def append(self, batch: Batch) -> None:
        """As it is told."""
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("the disk is full")
        await super().append(batch)


class Threaded(MemoryStore):
    """A store with a thread of its own: what it has begun it ends, though whoever asked is gone."""

    def __init__(self) -> None:
        """Once begun it waits until it may go on."""
        super().__init__()
        self.begun, self.goes_on = asyncio.Event(), asyncio.Event()

    async def append(self, batch: Batch) -> None:
        """As the thread does it."""
        await asyncio.shield(asyncio.create_task(self._kept(batch)))

    async def _kept(self, batch: Batch) -> None:
        self.begun.set()
        await self.goes_on.wait()
        await super().append(batch)


@dataclass
class Desk:
    """A writer, and what it said."""

    store: Reluctant | Threaded
    said: list[str] = field(default_factory=list)
    writes: int = 0

    def __post_init__(self) -> None:
        """Not running."""
        self.writer = Writer(self.store, HastyClock(), self.said.append, self._stored)

    def _stored(self) -> None:
        self.writes += 1


async def test_a_store_that_refuses_is_told_of_once_and_once_that_it_accepts() -> None:
    """rel:F45, D1: four times a second would be a flood; and each that is told waits for the same store."""
    desk = Desk(Reluctant(3))
    desk.writer.hand(Batch(records=(opened(),)))
    for _ in range(4):
        await desk.writer.flush()

    assert desk.said == ["the disk is full", ""]
    assert desk.writes == 1
    assert len(await desk.store.live("main")) == 1


async def test_whoever_waits_no_more_keeps_nobody_from_being_written() -> None:
    """rel:I15: given up meanwhile, as by a front end that stops: written all the same, and so is what came after."""
    desk = Desk(Reluctant(0))
    given_up = desk.writer.hand(Batch(records=(opened(),)))
    given_up.cancel()
    after = desk.writer.hand(Batch(closed=(report(),)))
    await desk.writer.flush()

    assert after.done()
    assert await desk.store.requests("main")
    assert desk.writer.closed == 1


async def test_a_decision_does_not_wait_for_what_may_gather() -> None:
    """DESIGN 4: what nobody waits for is written together, until somebody does: then all of it at once."""
    desk = Desk(Reluctant(0))
    running = asyncio.create_task(desk.writer.run())
    behind = desk.writer.hand(Batch(records=(opened(),)))
    durable = await desk.writer.durable(Batch(closed=(report(),)))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert durable
    assert behind.done()
    assert desk.writes == 1


async def test_a_service_that_ends_in_the_middle_of_a_write_stores_nothing_twice() -> None:
    """rel:F43, rel:I9, J2: plans and acts have no key of their own; twice in the journal, a start folds them twice."""
    store = Threaded()
    desk = Desk(store)
    running = asyncio.create_task(desk.writer.run())
    handed = desk.writer.hand(Batch(records=(paused(),)))
    await store.begun.wait()
    running.cancel()
    flushing = asyncio.create_task(desk.writer.flush())
    await asyncio.sleep(0)
    store.goes_on.set()
    await asyncio.gather(running, flushing, return_exceptions=True)

    assert await store.live("main") == (paused(),)
    assert (handed.done(), desk.writes) == (True, 1)


async def test_a_store_that_hangs_keeps_nobody_from_stopping_and_takes_nothing_twice() -> None:
    """J2, rel:F45: SIGTERM did nothing while the disk hung; what it had begun to take was never handed over again."""
    store = Threaded()
    desk = Desk(store)
    desk.writer.ends_within = 0.01
    running = asyncio.create_task(desk.writer.run())
    desk.writer.hand(Batch(records=(paused(),)))
    await store.begun.wait()
    running.cancel()
    async with asyncio.timeout(10):
        await asyncio.gather(running, return_exceptions=True)
        flushed = await desk.writer.flush()
    unwritten = desk.writer.unwritten
    store.goes_on.set()
    desk.writer.ends_within = 10

    assert (flushed, len(unwritten), await desk.writer.flush()) == (False, 1, True)
    assert await store.live("main") == (paused(),)


async def test_who_writes_the_rest_beside_the_writer_writes_nothing_twice() -> None:
    """rel:I9, E6: `emergency` without a service does; what was handed over meanwhile is written as well."""
    store = Threaded()
    desk = Desk(store)
    running = asyncio.create_task(desk.writer.run())
    desk.writer.hand(Batch(records=(opened(),)))
    await store.begun.wait()
    flushing = asyncio.create_task(desk.writer.flush())
    await asyncio.sleep(0)
    later = desk.writer.hand(Batch(records=(paused(),)))
    store.goes_on.set()
    await asyncio.gather(flushing, later)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert await store.live("main") == (opened(), paused())
    assert desk.writes == 2
