"""An account that was renamed or taken out while it had trades (J2): said wherever somebody looks."""

from core.engine.memory_store import MemoryStore
from ports.contract.samples import TRADE, opened
from ports.persistence import Batch
from tests.serving import house


async def test_trades_of_an_account_that_is_gone_are_told_at_every_start() -> None:
    """J2, I1: it would be in nobody's list, with a position on; those that run are told of nothing."""
    store = MemoryStore()
    await store.append(Batch(records=(opened("old"),)))
    async with house(store=store) as at:
        await at.service.writer.flush()
        (alert,) = [each for each in await at.store.alerts(10) if each.kind == "service_degraded"]

    assert at.service.unwatched == (f"nobody watches over old (not in the configuration): {TRADE} may be open",)
    assert alert.critical
    assert "put the account back under that name" in str(alert.body)
