"""D2 in motion: what refuses, what can't be reached, what is late, what may have been shown before."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from core.alerts import Alert
from core.engine.delivery import ATTEMPTS, Route, Stage, delay, due_after_refusal, lateness, stage
from core.engine.due import IDLE
from core.engine.memory_store import MemoryStore
from core.engine.outbox import Outbox, Waiting
from core.errors import Declined, RateLimited, Stopped, Unavailable
from ports.contract.samples import AT, OTHER, critical, told
from ports.notifier import Delivery, Receipt
from ports.persistence import Batch, OutboxRow
from tests.core.engine.outboxes import CHAIN, HandClock, Recorder, Scene


def row(attempts: int = 0, chat: str = "mine") -> OutboxRow:
    """A row that was refused so often."""
    return OutboxRow(
        id=1, notifier="chat", alert=told("x"), chat=chat, created_at=AT, due_at=0, attempts=attempts, tried=False
    )


async def test_alert_is_delivered_once() -> None:
    """In time it carries no mark, and afterwards nothing is due."""
    scene = Scene()
    scene.store.write(Batch(alerts=(told("x"),)))

    assert await scene.deliver() == IDLE
    assert await scene.deliver() == IDLE
    assert scene.chat.shown == [Delivery(alert=told("x"), text="text of x", chat="default")]


async def test_critical_goes_first_and_trades_keep_their_order() -> None:
    """The store's order is the order of delivery."""
    scene = Scene()
    scene.store.write(Batch(alerts=(told("1"), told("2", trade=OTHER), critical("3", trade=OTHER))))
    await scene.deliver()

    assert scene.chat.causes == ["2", "3", "1"]


async def test_unreachable_uses_nothing_up_and_is_marked_late() -> None:
    """However long it lasts: no attempt is counted, pauses grow to a minute, and it comes when the chat is back."""
    down = [Unavailable("502")] * 12
    scene = Scene(chat=Recorder(script=iter(down)))
    scene.store.write(Batch(alerts=(told("x"),)))
    pauses = [await scene.deliver()]
    for _ in range(11):
        scene.clock.time += pauses[-1]
        pauses.append(await scene.deliver())
    (waiting,) = await scene.store.due("chat", scene.clock.time)
    scene.clock.time += pauses[-1]
    await scene.deliver()

    assert pauses == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000] + [60_000] * 6
    assert waiting.attempts == 0
    assert [(one.late, one.repeat) for one in scene.chat.shown] == [(sum(pauses), True)]
    assert scene.file.shown == []


async def test_what_waits_is_known_with_its_reason_and_age() -> None:
    """So that people can be told elsewhere that the chat is down (D1: outbox age)."""
    scene = Scene(chat=Recorder(script=iter([Unavailable("502"), Unavailable("503")])))
    scene.store.write(Batch(alerts=(told("x"), told("y"))))
    scene.clock.time += await scene.deliver()
    down = list(scene.outbox.waiting())
    await scene.deliver_for(20_000)

    assert down == [Waiting("chat", 1_000, "502")]
    assert list(scene.outbox.waiting()) == []
    assert scene.chat.causes == ["x", "y"]


async def test_rate_limit_is_obeyed_and_is_no_repeat() -> None:
    """retry_after pauses the whole lane; nothing was shown, so nothing is marked (D2)."""
    scene = Scene(chat=Recorder(script=iter([RateLimited("slow down", 7.5)])))
    scene.store.write(Batch(alerts=(told("x"), critical("y", trade=OTHER))))

    assert await scene.deliver() == 7_500
    assert await scene.deliver() == 7_500
    assert len(scene.chat.asked) == 1
    scene.clock.time += 7_500
    await scene.deliver()
    assert [(one.alert.cause, one.repeat) for one in scene.chat.shown] == [("y", False), ("x", False)]


async def test_rate_limit_does_not_forget_an_earlier_try() -> None:
    """A time-out may have shown it; a 429 after that does not unmark the repeat."""
    scene = Scene(chat=Recorder(script=iter([Unavailable("timed out"), RateLimited("slow down", 1)])))
    scene.store.write(Batch(alerts=(told("x"),)))
    await scene.deliver_for(9_000)

    assert [one.repeat for one in scene.chat.shown] == [True]


async def test_refusing_chat_is_left_for_the_fallback_and_then_the_file() -> None:
    """Five refusals each: the trade's chat, the default chat, the file, which says who did not accept it (D2)."""
    scene = Scene(chat=Recorder(script=iter([Declined("chat not found")] * 10)))
    scene.store.write(Batch(alerts=(replace(told("x"), chat="mine"),)))
    await scene.deliver_for(120_000)

    assert scene.chat.asked == ["mine"] * 5 + ["default"] * 5
    assert [one.text for one in scene.file.shown] == ["(chat did not accept this)\ntext of x"]
    assert await scene.store.due("chat", scene.clock.time) == ()


async def test_refusal_holds_up_its_own_trade_only() -> None:
    """The later alert of the same trade waits, other trades go on at once."""
    scene = Scene(chat=Recorder(script=iter([Declined("bad request")])))
    scene.store.write(Batch(alerts=(told("1"), told("2"), told("3", trade=OTHER))))

    assert await scene.deliver() == 1_000
    assert scene.chat.causes == ["3"]
    scene.clock.time += 1_000
    await scene.deliver()
    assert scene.chat.causes == ["3", "1", "2"]
    assert not any(one.repeat for one in scene.chat.shown)


async def test_last_stop_is_asked_for_ever() -> None:
    """Nothing is lost, even when the file refuses too; the pauses stay bounded."""
    scene = Scene(chat=Recorder(script=iter([Declined("no")] * 10)), file=Recorder("file", iter([Declined("no")] * 20)))
    scene.store.write(Batch(alerts=(told("x"),)))
    await scene.deliver_for(3_600_000)

    assert [one.alert.cause for one in scene.file.shown] == ["x"]


async def test_broken_notifier_counts_as_refusing() -> None:
    """A plugin's bug ends neither the pump nor the alert; it may have been shown, so the copy is marked (rel:F49)."""
    scene = Scene(chat=Recorder(script=iter([RuntimeError("bug")] * 10)))
    scene.store.write(Batch(alerts=(told("x"),)))
    await scene.deliver_for(120_000)

    assert [(one.alert.cause, one.repeat) for one in scene.file.shown] == [("x", True)]


async def test_hanging_notifier_counts_as_unreachable() -> None:
    """No answer within the deadline uses nothing up, and the repeat is marked."""

    class Hanging(Recorder):
        __slots__ = ()

        async def deliver(self, delivery: Delivery) -> Receipt:
            """Never answer the first time."""
            if not self.asked:
                self.asked.append(delivery.chat)
                await asyncio.Event().wait()
            self.shown.append(delivery)
            return Receipt("")

    scene = Scene(chat=Hanging(), deadline=0)
    scene.store.write(Batch(alerts=(told("x"),)))

    assert await scene.deliver() == 1_000
    scene.clock.time += 1_000
    await scene.deliver()
    assert [one.repeat for one in scene.chat.shown] == [True]


async def test_try_before_a_crash_is_marked_as_a_repeat() -> None:
    """The process died between showing and remembering it (rel:I8)."""
    scene = Scene()
    scene.store.write(Batch(alerts=(told("x"),)))
    (waiting,) = await scene.store.due("chat", AT)
    await scene.store.attempting([waiting.id])
    await scene.deliver()

    assert [one.repeat for one in scene.chat.shown] == [True]


async def test_store_that_can_not_be_written_is_waited_for() -> None:
    """Nothing is shown that could not be marked as tried; the pump comes back."""

    class Full(MemoryStore):
        full = True

        async def attempting(self, rows: Sequence[int]) -> None:
            """Refuse while full."""
            if self.full:
                raise Unavailable("disk full")

    scene = Scene()
    store = Full(("chat",), now=scene.clock.now)
    store.write(Batch(alerts=(told("x"),)))
    outbox = Outbox(store, scene.clock, {"chat": scene.chat}, lambda alert: alert.cause)

    assert await outbox.deliver_due("chat") == 1_000
    assert scene.chat.asked == []
    store.full = False
    scene.clock.time += 1_000
    await outbox.deliver_due("chat")
    assert scene.chat.causes == ["x"]


async def test_new_alert_is_looked_at_before_the_rest_of_a_backlog() -> None:
    """A critical alert does not wait for twenty old ones in a chat that takes one a second."""
    scene = Scene()

    class Interrupted(Recorder):
        __slots__ = ()

        async def deliver(self, delivery: Delivery) -> Receipt:
            """While the first is on its way, the stop is hit."""
            if not self.shown:
                scene.store.write(Batch(alerts=(critical("stop", trade=OTHER),)))
                scene.outbox.nudge()
            self.shown.append(delivery)
            return Receipt("")

    chat = Interrupted()
    scene.outbox = Outbox(scene.store, scene.clock, {"chat": chat}, lambda alert: alert.cause)
    scene.store.write(Batch(alerts=tuple(told(str(number)) for number in range(5))))
    await scene.deliver()

    assert chat.causes == ["0", "stop", "1", "2", "3", "4"]


async def test_lane_that_is_down_holds_up_no_other() -> None:
    """One lane per notifier (rel:F40's rule, for chats)."""
    clock, chat, file = HandClock(), Recorder(script=iter([Unavailable("down")] * 99)), Recorder("file")
    store = MemoryStore(("chat", "file"), now=clock.now)
    store.write(Batch(alerts=(told("x"),)))
    await Outbox(store, clock, {"chat": chat, "file": file}, lambda alert: alert.cause).flush()

    assert (chat.causes, file.causes) == ([], ["x"])


async def test_running_pump_delivers_what_comes_and_stops_when_cancelled() -> None:
    """The whole loop: an idle lane is woken by a nudge, and cancellation leaves no task behind."""
    scene = Scene()
    before = asyncio.all_tasks()
    pump = asyncio.create_task(scene.outbox.run())
    scene.store.write(Batch(alerts=(told("x"),)))
    scene.outbox.nudge()
    await scene.chat.told.wait()
    scene.chat.told.clear()
    scene.store.write(Batch(alerts=(told("y"),)))
    scene.outbox.nudge()
    await scene.chat.told.wait()
    pump.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pump

    assert scene.chat.causes == ["x", "y"]
    assert asyncio.all_tasks() == before


async def test_damaged_store_ends_the_pump() -> None:
    """What the store calls Stopped must reach the service."""

    class Damaged(MemoryStore):
        async def due(
            self, notifier: str, now: int, limit: int = 100, *, without: Collection[str] = ()
        ) -> tuple[OutboxRow, ...]:
            """Nothing can be read."""
            raise Stopped("damaged")

    outbox = Outbox(Damaged(), HandClock(), {"chat": Recorder()}, lambda alert: alert.cause)
    with pytest.raises(ExceptionGroup) as caught:
        await outbox.run()

    assert caught.group_contains(Stopped)


async def test_an_alert_that_can_not_be_put_into_words_ends_nothing() -> None:
    """rel:F58, D2: it waits, the others go, and trading with them."""

    def words(alert: Alert) -> str:
        if alert.cause == "odd":
            raise KeyError(alert.kind)
        return alert.cause

    store, chat = MemoryStore(("chat",)), Recorder()
    store.write(Batch(alerts=(told("odd"), told("x", trade=OTHER))))
    await Outbox(store, HandClock(), {"chat": chat}, words).deliver_due("chat")

    assert chat.causes == ["x"]


def test_route_to_nobody_is_a_mistake() -> None:
    """A fallback that does not exist would lose alerts when they are needed most."""
    with pytest.raises(ValueError, match="not there: file"):
        Outbox(MemoryStore(), HandClock(), {"chat": Recorder()}, lambda alert: alert.cause, routes=(CHAIN,))


@pytest.mark.parametrize(
    ("route", "attempts", "expected"),
    [
        (CHAIN, 0, Stage("chat", "mine")),
        (CHAIN, ATTEMPTS - 1, Stage("chat", "mine")),
        (CHAIN, ATTEMPTS, Stage("chat", "default")),
        (CHAIN, 2 * ATTEMPTS, Stage("file", "")),
        (CHAIN, 99, Stage("file", "")),
        (replace(CHAIN, fallback_chat="mine"), ATTEMPTS, Stage("file", "")),
        (Route("chat"), 99, Stage("chat", "mine")),
        (Route("file", last="file"), 99, Stage("file", "mine")),
    ],
)
def test_stage_after_so_many_refusals(route: Route, attempts: int, expected: Stage) -> None:
    """Each stop may refuse five times; no stop is asked twice; the last one stays."""
    assert stage(route, row(attempts)) == expected


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [(0, 1_000), (1, 2_000), (4, 0), (5, 1_000), (9, 0), (10, 1_000), (30, 60_000)],
)
def test_pause_after_a_refusal(attempts: int, expected: int) -> None:
    """It doubles at one stop and begins anew at the next, which is asked at once."""
    assert due_after_refusal(CHAIN, row(attempts), AT) - AT == expected


def test_delay_and_lateness_are_bounded_below_and_above() -> None:
    """A delivery in the usual time is not called late; no pause is longer than a minute, however often it failed."""
    assert (lateness(AT, AT + 10_000), lateness(AT, AT + 10_001), lateness(AT, AT - 5)) == (0, 10_001, 0)
    assert delay(10**30) == 60_000  # doubled so often there would be no number for it
