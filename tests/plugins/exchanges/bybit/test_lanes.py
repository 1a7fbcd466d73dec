"""Who goes first, and who is given back unsent."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from plugins.exchanges.bybit.budget import Budget
from plugins.exchanges.bybit.lanes import PATIENCE, Lane, Lanes, address
from plugins.exchanges.bybit.replies import Answered, Banned, Crowded, HttpRefused, Limit, Lost, NotSent, Reply
from ports.bybit_codes import BAN


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


async def spent(endpoint: str, lane: Lane = Lane.TAKE_PROFIT) -> tuple[Lanes, Clock, list[str]]:
    """Lanes with nothing left of an endpoint's budget, their clock, and a place to note what is made."""
    clock = Clock()
    lanes = Lanes(3, Budget(500), clock)
    await lanes.send(endpoint, lane, 10, answering(TAKEN))
    return lanes, clock, []


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
    lanes, clock, made = await spent("amend")
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


async def test_an_address_is_banned_for_all_its_accounts_and_at_one_host() -> None:
    """rel:F04: an account beside the one that was told went on asking; live is not banned with the demo."""
    clock, shared = Clock(), dict[str, object]()
    one, other, demo = (Lanes(3, address(shared, host), clock) for host in ("live", "live", "demo"))
    await sent(one, HttpRefused(403, "banned"))
    clock.now = 1_000
    replies = [await sent(other, TAKEN), await sent(demo, TAKEN)]
    for each in (one, other, demo):
        each.close()

    assert replies == [Banned("the venue bans this address for its many requests", BAN - 1_000), TAKEN]


async def sent(lanes: Lanes, reply: Reply, units: int = 1) -> Reply:
    """A placement goes its way, with this answer."""
    return await lanes.send("place", Lane.ENTRY, units, answering(reply))


@pytest.mark.parametrize(
    "reply",
    [
        Answered(10006, "Too many visits!", limit=Limit(10, 0, 700), at=400),
        Answered(0, "OK", items=({"code": 0}, {"code": 10006}), limit=Limit(10, 0, 700), at=400),
    ],
)
async def test_after_a_refusal_for_the_rate_an_endpoint_rests(reply: Reply) -> None:
    """rel:F04: until the venue's window is whole again and a second more; a part of a batch that was refused counts."""
    clock = Clock()
    lanes = Lanes(3, Budget(500), clock)
    await sent(lanes, reply)
    clock.now = 1_299
    shut = lanes.budgets()["place"]
    clock.now = 1_300
    lanes.close()

    assert (shut[0], lanes.budgets()["place"][0] > 0) == (0, True)


async def test_the_venues_word_on_a_cap_counts_and_what_never_left_does_not() -> None:
    """rel:F04: as its headers say; a request that could not be sent took nothing from it."""
    lanes = Lanes(3, Budget(500), Clock())
    await sent(lanes, Answered(0, "OK", limit=Limit(20, 19, 0)))
    await sent(lanes, NotSent("refused"), 5)
    await sent(lanes, Lost("ReadTimeout"), 3)
    lanes.close()

    assert lanes.budgets()["place"] == (16, 20)


async def test_a_batch_larger_than_the_cap_goes_alone() -> None:
    """rel:F13b: it would wait for ever; the venue answers it part by part."""
    lanes = Lanes(3, Budget(500), Clock())
    reply = await asyncio.wait_for(sent(lanes, TAKEN, 30), 3)
    lanes.close()

    assert reply == TAKEN


async def test_all_accounts_of_a_process_share_its_address() -> None:
    """rel:F04: 600 requests in 5 s for all of them together, or all are banned."""
    clock, address = Clock(), Budget(2, 5_000)
    one, other = Lanes(3, address, clock), Lanes(3, address, clock)
    await sent(one, TAKEN)
    await sent(other, TAKEN)
    third = asyncio.create_task(sent(other, TAKEN))
    await asyncio.sleep(0)
    clock.now = PATIENCE
    await one.send("other", Lane.STOP, 1, answering(TAKEN))
    reply = await third
    one.close()
    other.close()

    assert isinstance(reply, Crowded)


async def test_two_threads_are_kept_for_what_changes_something() -> None:
    """rel:F04: reads that hang must not hold up a stop."""
    lanes, gate, made = Lanes(3, Budget(500), Clock()), threading.Event(), list[str]()

    def held() -> Reply:
        gate.wait(5)
        return TAKEN

    reads = [asyncio.create_task(lanes.send(f"read{number}", Lane.QUERY, 1, held)) for number in range(3)]
    await asyncio.sleep(0)
    await asyncio.wait_for(lanes.send("stop", Lane.STOP, 1, answering(TAKEN, made, "stop")), 3)
    gate.set()
    await asyncio.gather(*reads)
    lanes.close()
    assert made == ["stop"]


async def test_nothing_of_less_risk_takes_the_budget_that_something_waits_for() -> None:
    """rel:F04: an endpoint's last units went to small batches of entries: ten exits waited, and were given back."""
    clock, made = Clock(), list[str]()
    lanes = Lanes(3, Budget(500), clock)
    await lanes.send("place", Lane.ENTRY, 2, answering(TAKEN))
    exits = asyncio.create_task(lanes.send("place", Lane.TAKE_PROFIT, 10, answering(TAKEN, made, "exits")))
    entries = asyncio.create_task(lanes.send("place", Lane.ENTRY, 2, answering(TAKEN, made, "entries")))
    await lanes.send("amend", Lane.TAKE_PROFIT, 1, answering(TAKEN, made, "elsewhere"))
    clock.now = 1_020
    await lanes.send("amend", Lane.TAKE_PROFIT, 1, answering(TAKEN))
    await exits
    lanes.close()
    await entries

    assert made == ["elsewhere", "exits"]


async def test_a_call_that_breaks_lets_the_next_one_go() -> None:
    """rel:F04, rel:F24: what waited behind it had its turn six seconds later only, and was then given back unsent."""
    lanes, made = Lanes(3, Budget(500), Clock()), list[str]()

    def breaks() -> Reply:
        raise AttributeError

    broken = [asyncio.create_task(lanes.send(f"one{number}", Lane.ENTRY, 1, breaks)) for number in range(3)]
    await asyncio.sleep(0)
    stop = asyncio.create_task(lanes.send("stop", Lane.STOP, 1, answering(TAKEN, made, "stop")))
    await asyncio.gather(*broken, return_exceptions=True)
    await asyncio.wait_for(stop, 3)
    lanes.close()

    assert made == ["stop"]


async def test_an_endpoint_that_waits_holds_up_no_other() -> None:
    """rel:F04: while exits wait for the budget of theirs, a question to another endpoint is asked."""
    lanes, _, made = await spent("amend")
    exits = asyncio.create_task(lanes.send("amend", Lane.TAKE_PROFIT, 10, answering(TAKEN, made, "exits")))
    await asyncio.sleep(0)
    await asyncio.wait_for(lanes.send("ask", Lane.QUERY, 1, answering(TAKEN, made, "question")), 3)
    lanes.close()

    assert isinstance(await exits, NotSent)
    assert made == ["question"]


async def test_what_waits_leaves_as_soon_as_there_is_room() -> None:
    """rel:F04, rel:F03: not when its patience is over: an amendment a second late is better than one given back."""
    lanes, clock, made = await spent("amend")
    clock.now = 1_019
    waiting = asyncio.create_task(lanes.send("amend", Lane.TAKE_PROFIT, 1, answering(TAKEN, made, "amend")))
    await asyncio.sleep(0)
    clock.now = 1_020
    await asyncio.wait_for(waiting, 3)
    lanes.close()

    assert made == ["amend"]


async def test_what_nobody_waits_for_any_more_does_not_leave() -> None:
    """rel:F03, A5: who switched a mode was told that no answer came; it left when there was room again."""
    lanes, clock, made = await spent("switch", Lane.ENTRY)
    given_up = asyncio.create_task(lanes.send("switch", Lane.ENTRY, 1, answering(TAKEN, made, "late")))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    clock.now = PATIENCE - 1
    await lanes.send("other", Lane.STOP, 1, answering(TAKEN, made, "stop"))
    lanes.close()

    assert made == ["stop"]
