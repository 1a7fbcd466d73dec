"""The Store port over the simulated disk: it takes time, it can be full, the process can die in it."""

import asyncio
from collections.abc import Callable

from config.simulation.disk import Disk, Write
from config.simulation.fates import POINT, Kind
from config.simulation.live.loop import VirtualClock
from config.simulation.process import SALT
from core.account.effects import Journaled
from core.engine.memory_store import MemoryStore
from core.errors import Unavailable
from core.report import TradeReport
from ports.persistence import Batch, Record


class DiskStore(MemoryStore):
    """What a process reads back is what was kept here; *disk* gets the same, for the verdict. It outlives processes."""

    def __init__(self, disk: Disk, crash: Callable[[], None]) -> None:
        """*crash* kills the process that writes."""
        super().__init__(salt=SALT)
        self._disk = disk
        self._clock = VirtualClock(disk.timeline)
        self._crash = crash

    async def append(self, batch: Batch) -> None:
        """See Store.append."""
        await self._takes()
        if self._disk.timeline.now < self._disk.full_until:
            raise Unavailable("the disk is full")
        fate = self._disk.fates.of(POINT)
        if fate is not Kind.CRASH_TORN:
            self.write(batch)
            self._disk.keep(_writes(batch))
        if fate is not None:
            self._crash()
            await asyncio.get_running_loop().create_future()

    async def live(self, account: str) -> tuple[Record, ...]:
        """See Store.live."""
        await self._takes()
        return await super().live(account)

    async def trade(self, account: str, trade: str) -> tuple[Record, ...]:
        """See Store.trade."""
        await self._takes()
        return await super().trade(account, trade)

    async def requests(self, account: str) -> frozenset[str]:
        """See Store.requests."""
        await self._takes()
        return await super().requests(account)

    async def closed(self, account: str | None = None, limit: int = 100) -> tuple[TradeReport, ...]:
        """See Store.closed."""
        await self._takes()
        return await super().closed(account, limit)

    async def _takes(self) -> None:
        await self._clock.sleep(self._disk.fates.lag(1, self._disk.lag))


def _writes(batch: Batch) -> list[Write]:
    """The batch by account, as the disk keeps it."""
    entries: dict[str, list[Journaled]] = {}
    for record in batch.records:
        entries.setdefault(record.account, []).append(Journaled(record.trade, record.what))
    journals = [Write(account, found, [], []) for account, found in entries.items()]
    return [*journals, Write("", [], list(batch.alerts), list(batch.closed))]
