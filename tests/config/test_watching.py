"""A watch that fails ends nothing: it is told once and begun again; trading goes on."""

import asyncio
from pathlib import Path

from config.load import load_text
from config.registry import registry
from config.vitals import Vitals
from config.watching import Watching
from core.alerts import ServiceDegraded
from core.engine.memory_store import MemoryStore
from core.engine.periods import NAME as PERIODS
from core.engine.periods import periods
from core.engine.rules import NAME
from tests.serving import House, house

SETTINGS = load_text("accounts: {main: {use: paper}}\n", "t.yaml", registry())


class Noting(MemoryStore):
    """A store that says what it was given to remember."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__()
        self.names: list[str] = []

    async def remember(self, name: str, value: str) -> None:
        """See Store.remember."""
        await super().remember(name, value)
        self.names.append(name)


async def told(at: House) -> list[str]:
    """What people were told is wrong with the service."""
    await at.service.writer.flush()
    return [each.body.detail for each in await at.store.alerts(100) if isinstance(each.body, ServiceDegraded)]


async def test_rules_that_can_not_be_read_stop_no_trade(tmp_path: Path) -> None:
    """rel:F47, D1: said once, however often it is tried again; the other watches go on."""
    store = Noting()
    await store.remember(NAME, "nonsense")
    async with house(store=store) as at:
        running = asyncio.create_task(Watching(lambda: SETTINGS, at.service, Vitals(tmp_path)).run())
        await at.until(lambda: PERIODS in store.names)
        found = await told(at)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert len(found) == 1
    assert found[0].startswith("people's own alerts: people's own alerts in the store can't be read")
    assert (await periods(store))[-1].balances.keys() == {"main", "mirror"}
