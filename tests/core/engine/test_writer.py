"""The one writer for the store: what it is told to write is written once, in order, whoever still waits for it."""

import asyncio
from dataclasses import dataclass, field

from core.engine.memory_store import MemoryStore
from core.engine.writer import Writer
from core.errors import Unavailable
from ports.contract.samples import opened, report
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


@dataclass
class Desk:
    """A writer, and what it said."""

    store: Reluctant
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
