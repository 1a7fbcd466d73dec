"""Behind a chat for which more waits than is looked at: everybody else's alerts, at their own pace (D2)."""

import asyncio
from dataclasses import dataclass, replace

from core.alerts import Alert
from core.errors import Declined
from ports.contract.samples import critical, told
from ports.notifier import Pace
from ports.persistence import Batch
from tests.core.engine.outboxes import Chat, Scene, turns


@dataclass(slots=True)
class Paced(Chat):
    """Chat 7 and the default take a message a minute, those above 100 one a second, the others any number."""

    def pace(self, chat: str) -> Pace:
        """By its number."""
        return Pace(1, 60_000) if chat in ("7", "default") else Pace(1, 1_000) if len(chat) == 3 else Pace(0, 0)


def behind(*others: Alert) -> tuple[Chat, Scene]:
    """1,200 alerts for chat 7, then *others*."""
    scene = Scene(chat=(chat := Paced()))
    many = [replace(told(f"A{number}", trade="A"), chat="7") for number in range(1_200)]
    scene.store.write(Batch(alerts=(*many, *others)))
    return chat, scene


def some(count: int, chat: str) -> list[Alert]:
    """So many for a chat, each of another trade."""
    return [replace(told(f"{chat}:{number}", trade=f"{chat}:{number}"), chat=chat) for number in range(count)]


async def test_all_of_the_others_go_not_only_as_many_as_one_look_shows() -> None:
    """D2: the next look comes after a second, not when nothing happened for five."""
    chat, scene = behind(*some(250, "8"))
    await scene.deliver_for(4_000)

    assert len([cause for cause in chat.causes if cause.startswith("8:")]) == 250


async def test_what_comes_after_a_look_does_not_wait_for_an_idle_moment() -> None:
    """D2: a new look at the line is a new look past it."""
    chat, scene = behind()
    for milliseconds in (2_500, 100):
        await scene.deliver()
        scene.clock.time += milliseconds
    scene.store.write(Batch(alerts=tuple(some(1, "8"))))
    scene.outbox.nudge()
    await scene.deliver_for(2_000)

    assert "8:0" in chat.causes


async def test_two_busy_chats_starve_no_third() -> None:
    """D2: each of them has more waiting than it may be sent in the meantime, and is sent no more than it may."""
    chat, scene = behind(*some(120, "101"), *some(120, "102"), *some(1, "8"))
    await scene.deliver_for(6_000)

    assert "8:0" in chat.causes
    for busy in ("101", "102"):
        sent = [cause for cause in chat.causes if cause.startswith(busy)]
        assert sent[:2] == [f"{busy}:0", f"{busy}:1"]
        assert len(sent) <= 7


async def test_nobody_from_behind_the_line_takes_a_critical_ones_chat() -> None:
    """D2: a stop's hit waits for what stands before it in its trade; meanwhile nothing else goes into its chat."""
    first, stop = replace(told("T0", trade="T"), chat="8"), replace(critical("T1", trade="T"), chat="8")
    chat, scene = behind(first, stop, *some(1, "8"))
    chat.gate = asyncio.Event()
    delivering = asyncio.create_task(scene.deliver())
    await turns(50)
    under_way = chat.under_way
    chat.gate.set()
    await delivering

    assert under_way == 2
    assert [cause for cause in chat.causes if cause[0] in "T8"] == ["T0", "T1", "8:0"]


async def test_whoever_is_served_again_is_told_again_behind_a_slow_chat() -> None:
    """D2, E1: as long as he was not, his alerts waited for the default chat, of which more waits than is looked at."""
    served = [False]
    scene = Scene(chat=(chat := Paced()))
    scene.outbox.leave_out(lambda _, named: named == "8" and not served[0])
    scene.store.write(Batch(alerts=tuple(some(1, "8"))))
    await scene.deliver()
    served[0] = True
    scene.outbox.reroute()
    scene.store.write(Batch(alerts=(*[told(f"A{number}", trade="A") for number in range(1_200)], *some(2, "8"))))
    await scene.deliver_for(3_000)

    assert chat.asked[0] == "default"
    assert "8:1" in chat.causes


async def test_what_is_refused_past_the_slow_is_not_overtaken_by_what_follows_it() -> None:
    """D2: a trade's six alerts go in two messages; the first is refused, and the second waits for it."""
    theirs = [replace(told(f"T{number}", trade="T"), chat="8") for number in range(6)]
    chat, scene = behind(*theirs)
    chat.script = iter([None] * 4 + [Declined("bad request")])
    await scene.deliver_for(9_000)

    assert [cause for cause in chat.causes if cause[0] == "T"] == [f"T{number}" for number in range(6)]
