"""What wakes a lane, what holds it, what it knows of why (D2): by its own clock, which a test moves."""

import asyncio
from dataclasses import dataclass, field

import pytest

from core.engine.carrying import Means
from core.engine.delivery import Route
from core.engine.due import IDLE, Due
from core.engine.memory_store import MemoryStore
from core.engine.outbox import Outbox, Waiting
from core.errors import Declined, RateLimited, Unavailable
from ports.contract.samples import OTHER, critical, told
from ports.notifier import Delivery, Notifier, Pace, Receipt
from ports.persistence import Batch
from tests.core.engine.outboxes import Chat, HandClock, Recorder, Scene, turns, until


@dataclass(slots=True)
class StillClock(HandClock):
    """Time stands: whoever sleeps wakes when he is woken; *sleeps* is for how long each would."""

    sleeps: list[int] = field(default_factory=list)

    async def sleep(self, milliseconds: int) -> None:
        """Never back."""
        self.sleeps.append(milliseconds)
        await asyncio.Event().wait()


async def pumped(scene: Scene) -> "asyncio.Task[None]":
    """The pump, at rest."""
    pump = asyncio.create_task(scene.outbox.run())
    await turns(20)
    return pump


async def test_a_nudge_wakes_an_idle_lane_at_once() -> None:
    """D2: a stop that was hit would else be told up to five seconds later; nobody sleeps on behind it."""
    clock = StillClock()
    scene, before = Scene(clock=clock), asyncio.all_tasks()
    pump = await pumped(scene)
    scene.store.write(Batch(alerts=(critical("stop"),)))
    scene.outbox.nudge()
    await until(lambda: scene.chat.causes == ["stop"])
    await turns(20)
    running = len(asyncio.all_tasks() - before)
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)

    assert running == 1 + 1 + 2  # the pump, its lane, and what the lane waits for: a nudge or the time


async def test_a_nudge_ends_no_pause() -> None:
    """D2: while the chat is away each new alert finds the lane asleep until the pause is over, not asking again."""
    clock = StillClock()
    scene = Scene(clock=clock, chat=Recorder(script=iter([Unavailable("502")] * 9)))
    scene.store.write(Batch(alerts=(told("1"),)))
    pump = await pumped(scene)
    scene.store.write(Batch(alerts=(critical("2", trade=OTHER),)))
    scene.outbox.nudge()
    await turns(50)
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)

    assert len(scene.chat.asked) == 1
    assert clock.sleeps[-1] == 1_000


async def test_what_is_under_way_waits_for_no_known_reason() -> None:
    """D1: nothing has gone wrong: people are told how long, and not why."""
    scene = Scene(chat=(chat := Chat(gate=asyncio.Event())))
    scene.store.write(Batch(alerts=(told("x"),)))
    delivering = asyncio.create_task(scene.deliver())
    await until(lambda: bool(chat.under_way))
    waiting = list(scene.outbox.waiting())
    assert chat.gate is not None
    chat.gate.set()
    await delivering

    assert waiting == [Waiting("chat", 0, "")]


async def test_a_chat_that_never_answers_is_said_to_give_no_answer() -> None:
    """D1: a time-out has no words of its own, and "it waits" without a reason mends nothing."""
    scene = Scene(chat=Chat(gate=asyncio.Event()), deadline=0)
    scene.store.write(Batch(alerts=(told("x"),)))
    await scene.deliver()

    assert [each.reason for each in scene.outbox.waiting()] == ["no answer in time"]


async def test_a_chat_that_asks_for_silence_is_said_to_do_so() -> None:
    """D1: in a flood that is what people need to know."""
    scene = Scene(chat=Recorder(script=iter([RateLimited("slow down", 9)])))
    scene.store.write(Batch(alerts=(told("x"),)))
    await scene.deliver()

    assert [each.reason for each in scene.outbox.waiting()] == ["slow down"]


async def test_a_chat_that_is_back_is_as_if_it_had_never_been_away() -> None:
    """D2: several at once again, no reason left over, and the next outage is probed after a second, not a minute."""
    chat = Chat(script=iter([Unavailable("502")] * 6 + [None] * 4 + [Unavailable("503")]))
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=(told("x"),)))
    await scene.deliver_for(200_000)
    chat.gate = asyncio.Event()
    scene.store.write(Batch(alerts=tuple(told(str(number), trade=str(number)) for number in range(3))))
    delivering = asyncio.create_task(scene.deliver())
    await until(lambda: chat.under_way == 3)
    reasons = [each.reason for each in scene.outbox.waiting()]
    chat.gate.set()
    await delivering
    scene.store.write(Batch(alerts=(told("y"),)))

    assert reasons == [""]
    assert await scene.deliver() == 1_000


async def test_the_longest_silence_that_was_asked_for_is_kept() -> None:
    """D2: three were under way: that one of them only got no answer does not shorten what another was told."""
    chat = Chat(script=iter([RateLimited("slow down", 60), Unavailable("timed out"), Unavailable("timed out")]))
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=tuple(told(str(number), trade=str(number)) for number in range(3))))

    assert await scene.deliver() == 60_000
    assert len(chat.asked) == 3


async def test_one_asks_whether_a_chat_is_back() -> None:
    """D2: not all that may be under way at once: each would count as shown perhaps, and be marked a repeat."""
    chat = Chat(script=iter([Unavailable("502")] * 99))
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=tuple(told(str(number), trade=str(number)) for number in range(3))))
    scene.clock.time += await scene.deliver()
    before = len(chat.asked)
    await scene.deliver()

    assert (before, len(chat.asked)) == (3, 4)


@pytest.mark.parametrize(
    ("again", "expected"), [([4_000, 1_000, 3_000], 1_000), ([1_000, 4_000], 1_000), ([-5], 1), ([], IDLE)]
)
def test_the_next_look_is_when_the_first_refused_alert_is_due(again: list[int], expected: int) -> None:
    """D2: whatever was refused after it; what is due already is looked at in the next moment."""
    clock = HandClock()
    due = Due(Route("chat"), Means(MemoryStore(("chat",)), clock, {"chat": Recorder()}, str, 30_000, "UTC"))
    for milliseconds in again:
        due.again_at(clock.now() + milliseconds)

    assert due.idle() == expected


async def test_a_refused_critical_alert_does_not_wait_for_the_rest_of_a_backlog() -> None:
    """D2: when its pause is over it goes before what is less urgent, in a chat that takes one a second."""
    scene = Scene(chat=Chat(paced=Pace(1, 1_000), script=iter([Declined("bad request")])))
    others = tuple(told(str(number), trade=str(number)) for number in range(10))
    scene.store.write(Batch(alerts=(*others, critical("stop", trade=OTHER))))
    await scene.deliver_for(15_000)

    assert scene.chat.causes.index("stop") <= 2


async def test_a_trade_with_more_alerts_than_a_look_shows_holds_up_no_other() -> None:
    """D2: they go one after the other; meanwhile what is behind all of them goes beside."""
    scene = Scene(chat=(chat := Chat(gate=asyncio.Event(), together=1)))
    many = tuple(told(f"A{number}", trade="A") for number in range(150))
    scene.store.write(Batch(alerts=(*many, told("B", trade="B"))))
    delivering = asyncio.create_task(scene.deliver())
    await turns(50)
    under_way = chat.under_way
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)

    assert under_way == 2


async def test_the_age_of_what_waits_is_the_oldest_ones() -> None:
    """D1: the youngest one's would never come to the minute after which people are told."""
    scene = Scene(chat=Recorder(script=iter([Unavailable("502")] * 9)))
    scene.store.write(Batch(alerts=(told("old"),)))
    scene.clock.time += 50_000
    scene.store.write(Batch(alerts=(told("new"),)))
    await scene.deliver()

    assert [each.age for each in scene.outbox.waiting()] == [50_000]


async def test_a_refused_alert_is_not_overtaken_in_a_backlog() -> None:
    """D2: so much waits that the store is not asked anew at once; what is behind it in its trade waits all the same."""
    scene = Scene(chat=Recorder(script=iter([Declined("bad request")])))
    others = tuple(told(f"{number}", trade=f"{number}") for number in range(150))
    scene.store.write(Batch(alerts=(told("A0", trade="A"), told("A1", trade="A"), *others)))
    await scene.deliver_for(9_000)

    assert [cause for cause in scene.chat.causes if cause[0] == "A"] == ["A0", "A1"]
    assert len(scene.chat.causes) == 152


async def test_a_chats_pace_counts_from_when_the_last_message_was_there() -> None:
    """D2: what was slow on its way would else be followed at once, and the chat be shut for flooding it."""
    scene = Scene()

    class Tardy(Chat):
        __slots__ = ()

        async def deliver_together(self, deliveries: tuple[Delivery, ...]) -> Receipt:
            """It takes 700 ms."""
            scene.clock.time += 700
            return await Chat.deliver_together(self, deliveries)

    scene.outbox = Outbox(scene.store, scene.clock, {"chat": Tardy(paced=Pace(1, 1_000))}, lambda alert: alert.cause)
    scene.store.write(Batch(alerts=(told("1"), told("2", trade=OTHER))))

    assert await scene.deliver() == 1_050


async def test_a_refusal_does_not_forget_an_earlier_try() -> None:
    """rel:I8: the time-out may have shown it; that the chat refuses it then does not unmark the repeat."""
    scene = Scene(chat=Recorder(script=iter([Unavailable("timed out"), Declined("bad request")])))
    scene.store.write(Batch(alerts=(told("x"),)))
    await scene.deliver_for(9_000)

    assert [one.repeat for one in scene.chat.shown] == [True]


async def test_a_notifier_that_was_built_anew_gets_what_waits() -> None:
    """J2: after a reload nothing goes through the old one, whose client is closed, nor by its pace."""
    store, clock, old, new = MemoryStore(("chat",)), HandClock(), Chat(), Chat()
    notifiers: dict[str, Notifier] = {"chat": old}
    outbox = Outbox(store, clock, notifiers, lambda alert: alert.cause)
    store.write(Batch(alerts=(told("0"),)))
    await outbox.deliver_due("chat")
    notifiers["chat"] = new
    store.write(Batch(alerts=tuple(told(str(number)) for number in range(1, 6))))
    await outbox.deliver_due("chat")

    assert (old.causes, new.causes) == (["0"], ["1", "2", "3", "4", "5"])
    assert [len(each) for each in new.messages] == [4, 1]
