"""Chats: several messages under way, bursts put together, a pace for each, and what people want to be told (D2, D3)."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from core.alerts import Alert
from core.engine.delivery import Route, backlog, parcels, stage
from core.engine.memory_store import MemoryStore
from core.engine.outbox import Outbox
from core.engine.pacing import JITTER, Paces
from core.errors import Declined, RateLimited, Unavailable, Unreached
from core.preferences import Preferences, Setting
from ports.contract.samples import AT, OTHER, critical, told
from ports.notifier import Pace
from ports.persistence import Batch, OutboxRow
from tests.core.engine.outboxes import CHAIN, Chat, HandClock, Recorder, Scene, turns, until


def alerts(count: int, trade: str) -> tuple[Alert, ...]:
    """So many of one trade."""
    return tuple(told(f"{trade}{number}", trade=trade) for number in range(count))


class SlowStore(MemoryStore):
    """One whose answers take their time: what was due when it was asked, not when it answers."""

    def __init__(self, notifiers: tuple[str, ...], now: Callable[[], int]) -> None:
        """It answers at once, until told otherwise."""
        super().__init__(notifiers, now=now)
        self.answers = asyncio.Event()
        self.answers.set()
        self.asked = 0

    async def due(
        self, notifier: str, now: int, limit: int = 100, *, without: Collection[str] = ()
    ) -> tuple[OutboxRow, ...]:
        """See Store.due."""
        found = await super().due(notifier, now, limit, without=without)
        self.asked += 1
        await self.answers.wait()
        return found


def rows(*given: Alert) -> tuple[OutboxRow, ...]:
    """As the store gives them."""
    return tuple(
        OutboxRow(id=number, notifier="chat", alert=alert, chat="7", created_at=AT, due_at=0, attempts=0, tried=False)
        for number, alert in enumerate(given)
    )


def packed(*given: OutboxRow, most: int = 10) -> list[list[int]]:
    """Which rows travel together."""
    return [list(parcel.ids) for parcel in parcels(given, lambda row: stage(CHAIN, row), most)]


async def test_trades_side_by_side_and_each_in_order() -> None:
    """As many at once as the chat takes, never two of one trade (D2)."""
    chat = Chat()
    scene = Scene(chat=chat)
    for trade in "ABCDE":
        scene.store.write(Batch(alerts=alerts(3, trade)))
    await scene.deliver()

    assert chat.widest == 3
    assert sorted(chat.causes) == sorted(f"{trade}{number}" for trade in "ABCDE" for number in range(3))
    for trade in "ABCDE":
        assert [cause for cause in chat.causes if cause[0] == trade] == [f"{trade}{number}" for number in range(3)]


async def test_few_alerts_are_a_message_each() -> None:
    """Where nothing waits, nothing is put together."""
    chat = Chat()
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=alerts(3, "A")))
    await scene.deliver()

    assert chat.messages == [["A0"], ["A1"], ["A2"]]


async def test_backlog_of_a_trade_is_put_together() -> None:
    """Up to as many as a message takes; none is lost, each is done with by the same message (D2)."""
    chat = Chat()
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=alerts(6, "A")))
    await scene.deliver()

    assert chat.messages == [["A0", "A1", "A2", "A3"], ["A4", "A5"]]
    assert await scene.store.due("chat", scene.clock.time) == ()


def test_critical_alerts_are_never_hidden_among_others() -> None:
    """Alone in its message, with what stood before it in front (D2)."""
    before, stop, after = told("before"), critical("stop"), told("after")

    assert packed(*rows(before, told("too"), stop, after)) == [[0, 1], [2], [3]]


def test_what_goes_together() -> None:
    """One trade, one chat, nothing that was refused before, and no more than a message takes."""
    mixed = rows(told("1"), told("2", trade=OTHER), told("3"), told("4"), told("5", trade=OTHER))
    refused = (*rows(told("1"), told("2"))[:1], replace(rows(told("1"), told("2"))[1], attempts=1))
    elsewhere = (rows(told("1"))[0], replace(rows(told("2"))[0], id=1, chat="8"))

    assert packed(*mixed) == [[0, 2, 3], [1, 4]]
    assert packed(*mixed, most=2) == [[0, 2], [1, 4], [3]]
    assert packed(*refused) == [[0], [1]]
    assert packed(*elsewhere) == [[0], [1]]


def test_backlog_is_many_or_old() -> None:
    """More than can be under way, or older than three seconds."""
    some = rows(told("1"), told("2"))

    assert [backlog(some, 1, AT), backlog(some, 2, AT), backlog(some, 2, AT + 3_001)] == [True, False, True]


async def test_refused_bundle_is_tried_alert_by_alert() -> None:
    """One bad alert does not take the others with it (D2)."""
    chat = Chat(script=iter([Declined("bad request")]))
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=alerts(4, "A")))
    await scene.deliver_for(5_000)

    assert chat.messages == [["A0"], ["A1"], ["A2"], ["A3"]]
    assert not any(one.repeat for one in chat.shown)


async def test_chat_is_written_to_at_its_pace() -> None:
    """A message a second, whoever they are about; nothing is refused and nothing marked (rel:F51)."""
    chat = Chat(paced=Pace(1, 1_000))
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=(*alerts(1, "A"), *alerts(1, "B"), *alerts(1, "C"))))
    waits = []
    for _ in range(3):
        waits.append(await scene.deliver())
        scene.clock.time += waits[-1]

    assert waits[:2] == [1_000 + JITTER] * 2
    assert chat.causes == ["A0", "B0", "C0"]


async def test_slow_chat_holds_up_no_other() -> None:
    """However much waits for it, and though trades of the other came later."""
    chat = Chat(paced=Pace(1, 60_000))
    scene = Scene(chat=chat)
    busy = [replace(told(f"g{number}", trade=f"T{number}"), chat="group") for number in range(150)]
    scene.store.write(Batch(alerts=(*busy[:1], replace(told("p1", trade="P"), chat="person"), *busy[1:])))
    await scene.deliver()
    scene.clock.time += 61_000
    scene.store.write(Batch(alerts=(replace(told("p2", trade="P"), chat="person"),)))
    scene.outbox.nudge()
    await scene.deliver_for(1_000)

    assert [cause for cause in chat.causes if cause[0] == "p"] == ["p1", "p2"]


def test_pace_counts_what_left_lately() -> None:
    """Two in a minute: the third waits for the first to be a minute old."""
    paces, pace = Paces(), Pace(2, 60_000)
    for now in (0, 10_000):
        paces.count("7", pace, now)

    assert [paces.wait("7", pace, 20_000), paces.wait("7", pace, 60_050), paces.wait("8", pace, 0)] == [40_050, 0, 0]
    assert paces.wait("7", Pace(0, 0), 20_000) == 0
    paces.arrived("7", 15_000)
    assert paces.wait("7", Pace(1, 60_000), 20_000) == 55_050


async def test_outage_is_probed_by_one() -> None:
    """Those under way fail together as one failure; after it one alone asks whether it is over (E7)."""
    chat = Chat(script=iter([Unreached("down")] * 4))
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=tuple(told(trade, trade=trade) for trade in "ABCDE")))
    pauses = [await scene.deliver()]
    scene.clock.time += pauses[0]
    chat.widest = 0
    pauses.append(await scene.deliver())
    scene.clock.time += pauses[1]
    await scene.deliver()

    assert pauses == [1_000, 2_000]
    assert sorted(chat.causes) == list("ABCDE")
    assert not any(one.repeat for one in chat.shown)


async def test_unreached_does_not_forget_an_earlier_try() -> None:
    """A time-out may have shown it; a refused connection after that does not unmark the repeat."""
    scene = Scene(chat=Chat(script=iter([Unavailable("timed out"), Unreached("down")])))
    scene.store.write(Batch(alerts=(told("x"),)))
    await scene.deliver_for(9_000)

    assert [one.repeat for one in scene.chat.shown] == [True]


async def test_asked_for_patience_all_wait() -> None:
    """429 to one pauses the lane; those already under way end as they may, and nothing is lost."""
    chat = Chat(script=iter([RateLimited("slow", 7)]))
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=tuple(told(trade, trade=trade) for trade in "ABCDE")))

    assert await scene.deliver() == 7_000
    assert sorted(chat.causes) == ["B", "C"]
    scene.clock.time += 7_000
    await scene.deliver()
    assert sorted(chat.causes) == list("ABCDE")


async def test_critical_alert_overtakes_while_others_are_held() -> None:
    """It takes the free place at once; nobody waits for the slow ones (D2)."""
    chat = Chat(gate=asyncio.Event(), at_once=2)
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=(told("slow", trade="A"),)))
    pump = asyncio.create_task(scene.outbox.run())
    await until(lambda: chat.under_way == 1)
    scene.store.write(Batch(alerts=(told("later", trade="B"), critical("stop", trade="C"))))
    scene.outbox.nudge()
    await until(lambda: chat.under_way == 2)
    assert chat.gate is not None
    chat.gate.set()
    await until(lambda: len(chat.shown) == 3)
    pump.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pump

    assert chat.causes == ["slow", "stop", "later"]


@pytest.mark.parametrize(("trouble", "expected"), [(Declined("no"), ["B0", "A0", "A1"]), (None, ["A0", "A1", "B0"])])
async def test_what_ends_while_the_store_is_asked(trouble: Exception | None, expected: list[str]) -> None:
    """The answer is older than the end: nothing is delivered twice, and nothing overtakes what was refused (D2)."""
    chat = Chat(gate=asyncio.Event(), script=iter([trouble]))
    scene = Scene(chat=chat)
    store = SlowStore(("chat",), now=scene.clock.now)
    outbox = Outbox(store, scene.clock, {"chat": chat}, lambda alert: alert.cause)
    store.write(Batch(alerts=alerts(1, "A")))
    pump = asyncio.create_task(outbox.run())
    await until(lambda: chat.under_way == 1)
    await turns(20)
    store.answers.clear()
    before = store.asked
    store.write(Batch(alerts=(told("A1", trade="A"), *alerts(1, "B"))))
    outbox.nudge()
    await until(lambda: store.asked > before)
    assert chat.gate is not None
    chat.gate.set()
    await until(lambda: chat.under_way == 0)
    await turns(20)
    store.answers.set()
    await until(lambda: len(chat.shown) == 3)
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)

    assert chat.causes == expected


async def test_own_chat_comes_before_the_default() -> None:
    """The trade's chat, else the notifier's own, else the default (D3)."""
    for home, expected in (("home", ["mine", "home"]), ("", ["mine", "default"])):
        scene = Scene(chat=Chat(home=home))
        scene.store.write(Batch(alerts=(replace(told("x"), chat="mine"), told("y", trade=OTHER))))
        await scene.deliver()

        assert sorted(scene.chat.asked) == sorted(expected)


async def test_kinds_that_are_off_reach_files_only() -> None:
    """Not the chat; the file and the store's list have every alert (D3)."""
    clock, chat, file = HandClock(), Chat(), Recorder("file")
    store = MemoryStore(("chat", "file"), now=clock.now)
    outbox = Outbox(store, clock, {"chat": chat, "file": file}, lambda alert: alert.cause)
    outbox.preferences = Preferences().prefer("late_close", Setting.OFF)
    store.write(Batch(alerts=(told("x"), critical("stop"))))
    await outbox.flush()

    assert (chat.causes, file.causes) == (["stop"], ["x", "stop"])
    assert len(await store.alerts()) == 2
    assert await store.due("chat", clock.time) == ()


async def test_silent_kinds_make_no_sound_in_chats() -> None:
    """Shown all the same (D3)."""
    scene = Scene(chat=Chat())
    scene.outbox.preferences = Preferences(defaults={"late_close": Setting.SILENT})
    scene.store.write(Batch(alerts=(told("x"), critical("y", trade=OTHER))))
    await scene.deliver()

    assert {one.alert.cause: one.silent for one in scene.chat.shown} == {"x": True, "y": False}


def test_route_without_a_chat_begins_at_the_default() -> None:
    """Nobody waits for five refusals of no chat at all."""
    (row,) = rows(told("x"))

    assert stage(Route("chat", "default"), replace(row, chat="")).chat == "default"


async def test_a_failure_during_a_pause_that_was_asked_for_is_one_failure() -> None:
    """rel:F51, D2: one message meets the rate limit, the next one under way a broken line; the outbox goes on."""
    chat = Chat(script=iter([RateLimited("slowly", 2.0), Unreached("no line")]))
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=(*alerts(1, "A"), *alerts(1, "B"))))
    await scene.deliver_for(5_000)

    assert sorted(chat.causes) == ["A0", "B0"]


class Unequal(Chat):
    """One whose chat 7 is very slow, and whose others are not."""

    def pace(self, chat: str) -> Pace:
        """A message a minute, or as many as come."""
        return Pace(1, 60_000) if chat == "7" else Pace(0, 0)


async def test_a_chat_with_more_waiting_than_is_looked_at_holds_up_no_other() -> None:
    """D2: 1,200 alerts wait for a slow group; what others are told goes at once, each trade in its order."""
    chat = Unequal()
    scene = Scene(chat=chat)
    many = [replace(each, chat="7") for trade in "ABCDEF" for each in alerts(200, trade)]
    others = [replace(each, chat="8") for each in alerts(3, "X")]
    scene.store.write(Batch(alerts=(*many, *others, *alerts(2, "Y"))))
    await scene.deliver_for(5_000)

    assert [cause for cause in chat.causes if cause[0] == "X"] == ["X0", "X1", "X2"]
    assert [cause for cause in chat.causes if cause[0] == "Y"] == ["Y0", "Y1"]
    assert len([each for each in chat.messages if each[0][0] in "ABCDEF"]) == 1


async def test_what_comes_later_passes_the_slow_chat_too() -> None:
    """D2: and goes on doing so for as long as the backlog lasts."""
    chat = Unequal()
    scene = Scene(chat=chat)
    scene.store.write(Batch(alerts=tuple(replace(each, chat="7") for each in alerts(1_200, "A"))))
    await scene.deliver_for(2_000)
    scene.store.write(Batch(alerts=alerts(1, "Z")))
    scene.outbox.nudge()
    await scene.deliver_for(3_000)

    assert "Z0" in chat.causes


async def test_whoever_is_served_no_more_hears_nothing_more() -> None:
    """E1, D3: not even what waited for its turn; it goes where alerts go that name no chat, and others keep theirs."""
    chat, gone = Chat(paced=Pace(1, 100)), set[tuple[str, str]]()
    scene = Scene(chat=chat)
    theirs = [replace(told(f"8{number}", trade=f"T{number}"), chat="8") for number in range(1_100)]
    scene.store.write(Batch(alerts=(replace(told("7a", trade="P"), chat="7"), *theirs)))
    scene.outbox.leave_out(lambda notifier, named: (notifier, named) in gone)
    await scene.deliver()
    gone.add(("chat", "8"))
    scene.outbox.reroute()
    scene.clock.time += 100 + JITTER  # a backlog is not looked at again so soon
    await scene.deliver()

    assert chat.asked == ["7", "8", "default"]


async def test_however_much_somebody_left_it_holds_up_no_other() -> None:
    """E1, D2: it waits for the default chat, and no look that shows only such alerts hides what others wait for."""
    chat = Chat(paced=Pace(1, 600_000))
    scene = Scene(chat=chat)
    scene.outbox.leave_out(lambda _, named: named == "8")
    left = [replace(told(f"8{number}", trade=f"T{number}"), chat="8") for number in range(1_200)]
    scene.store.write(Batch(alerts=(*left, replace(told("7a", trade="P"), chat="7"))))
    await scene.deliver_for(10_000)

    assert "7a" in chat.causes
