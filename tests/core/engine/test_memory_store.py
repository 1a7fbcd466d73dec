"""The store in memory keeps every promise that can be kept without a disk."""

from core.engine.memory_store import MemoryStore
from ports.contract.samples import AT, told
from ports.contract.store import StoreContract
from ports.persistence import Batch, Store


class TestMemoryStore(StoreContract):
    """The shared contract."""

    async def opened(self, notifiers: tuple[str, ...]) -> Store:
        """Empty, in memory."""
        store = MemoryStore(notifiers)
        await store.start()
        return store


async def test_clock_stamps_what_waits() -> None:
    """With a clock, lateness is counted from when the alert arose here; without one, from the fact."""
    clocked, plain = MemoryStore(("chat",), now=lambda: AT + 5), MemoryStore(("chat",))
    for store in (clocked, plain):
        store.write(Batch(alerts=(told("x"),)))

    assert [row.created_at for row in await clocked.due("chat", AT)] == [AT + 5]
    assert [row.created_at for row in await plain.due("chat", AT)] == [AT]
