"""What a notifier learns of its chats outlives it, and somebody hears once what to write into the configuration."""

import asyncio
from contextlib import suppress

from core.engine.memory_store import MemoryStore
from core.engine.moves import Moves
from core.errors import Unavailable
from ports.notifier import Delivery, Notifier, Receipt
from tests.core.engine.outboxes import HandClock


class Moved:
    """A notifier that has heard where its chats are."""

    name = "telegram"

    def __init__(self, **moved: str) -> None:
        self.moved = dict(moved)

    def follow(self, chat: str, to: str) -> None:
        """Told by the service."""
        self.moved[chat] = to

    async def start(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Nothing is sent here."""
        raise AssertionError(delivery)


class Full(MemoryStore):
    """One whose disk may be full."""

    full = True
    asked = 0

    async def remember(self, name: str, value: str) -> None:
        """See Store.remember."""
        self.asked += 1
        if self.full:
            raise Unavailable("the disk is full")
        await super().remember(name, value)


def moves(store: MemoryStore, notifiers: dict[str, Notifier], told: list[str]) -> Moves:
    """Only a chat named a stands in the configuration."""

    async def tell(what: str, detail: str) -> None:
        told.append(f"{what}: {detail}")

    return Moves(store, notifiers, tell, lambda chat: ["alerts.default_chat"] if chat == "a" else [])


async def test_it_is_kept_and_told_once() -> None:
    """D2: over looks and restarts; a chat that the configuration doesn't name is followed in silence."""
    store, told = MemoryStore(), list[str]()
    first = moves(store, {"telegram": Moved(a="b", x="y")}, told)
    await first.recall()
    await first.look()
    started = Moved()
    await moves(store, {"telegram": started}, told).recall()

    assert started.moved == {"a": "b", "x": "y"}
    assert len(told) == 1
    assert "write b instead of a (in alerts.default_chat)" in told[0]


async def test_a_store_that_refuses_ends_nothing_and_is_asked_again() -> None:
    """rel:F45: a disk that is full when a group moves stops no trading; the move is kept at last."""
    store, told, looks = Full(), list[str](), 0
    heard = moves(store, {"telegram": Moved(a="b")}, told)

    class Clock(HandClock):
        async def sleep(self, milliseconds: int) -> None:
            """The disk has room at the third look; the fifth is the last."""
            nonlocal looks
            looks += 1
            store.full = looks < 3
            if looks == 5:
                raise asyncio.CancelledError

    with suppress(asyncio.CancelledError):
        await heard.run(Clock())

    assert await store.recall("moved:telegram") == '{"a": "b"}'
    assert (len(told), store.asked) == (1, 3)


async def test_a_notifier_in_anothers_place_is_told() -> None:
    """J2: a reload puts in a new one, which has heard of nothing yet."""
    notifiers: dict[str, Notifier] = {"telegram": Moved(a="b")}
    kept = moves(MemoryStore(), notifiers, [])
    await kept.recall()
    fresh = notifiers["telegram"] = Moved()
    await kept.look()

    assert fresh.moved == {"a": "b"}
