"""Who goes first, and who is given back unsent."""

import asyncio
import threading
from collections.abc import Callable

from plugins.exchanges.bybit.budget import Budget
from plugins.exchanges.bybit.lanes import BAN, PATIENCE, Lane, Lanes
from plugins.exchanges.bybit.replies import Answered, Banned, Crowded, HttpRefused, Reply


class Clock:
    """Milliseconds that only move when told."""

    def __init__(self) -> None:
        """At the beginning."""
        self.now = 0

    def __call__(self) -> int:
        """The time."""
        return self.now


def answering(reply: Reply, done: list[str] | None = None, name: str = "") -> Callable[[], Reply]:
    """A call that answers at once and notes that it was made."""

    def call() -> Reply:
        if done is not None:
            done.append(name)
        return reply

    return call


TAKEN = Answered(0, "OK")


async def test_what_protects_goes_before_what_asks() -> None:
    """rel:F04: with one thread busy, the stop leaves before the entry and the question that came earlier."""
    lanes, gate, made = Lanes(3, Budget(500), Clock()), threading.Event(), list[str]()

    def held() -> Reply:
        gate.wait(5)
        return TAKEN

    busy = [asyncio.create_task(lanes.send(f"busy{number}", Lane.ENTRY, 1, held)) for number in range(3)]
    await asyncio.sleep(0)
    later = [
        asyncio.create_task(lanes.send(name, lane, 1, answering(TAKEN, made, name)))
        for name, lane in (("question", Lane.QUERY), ("entry", Lane.ENTRY), ("stop", Lane.STOP))
    ]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*busy, *later)
    lanes.close()
    assert made.index("stop") < made.index("question")


async def test_a_turn_that_does_not_come_is_given_back_unsent() -> None:
    """What it wanted may be out of date: a definite refusal, never a late surprise (rel:F03)."""
    clock, made = Clock(), list[str]()
    lanes = Lanes(3, Budget(500), clock)
    await lanes.send("amend", Lane.TAKE_PROFIT, 10, answering(TAKEN))
    waiting = asyncio.create_task(lanes.send("amend", Lane.TAKE_PROFIT, 10, answering(TAKEN, made, "late")))
    await asyncio.sleep(0)
    clock.now = PATIENCE
    await lanes.send("other", Lane.STOP, 1, answering(TAKEN))
    reply = await waiting
    lanes.close()
    assert isinstance(reply, Crowded)
    assert made == []


async def test_a_banned_address_sends_nothing_more() -> None:
    """rel:F04: 403 stops all HTTP for ten minutes; what waits learns for how long."""
    clock, made = Clock(), list[str]()
    lanes = Lanes(3, Budget(500), clock)
    await lanes.send("any", Lane.QUERY, 1, answering(HttpRefused(403, "banned")))
    reply = await lanes.send("stop", Lane.STOP, 1, answering(TAKEN, made, "stop"))
    assert reply == Banned("the venue bans this address for its many requests", BAN)
    clock.now = BAN
    assert await lanes.send("stop", Lane.STOP, 1, answering(TAKEN, made, "stop")) == TAKEN
    lanes.close()
    assert made == ["stop"]
