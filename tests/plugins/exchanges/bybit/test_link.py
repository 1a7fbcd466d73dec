"""A stream kept alive: greeted, watched, built anew (rel:F18, rel:F19)."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

from core.commands import Cancel, Done
from core.words import Slot
from plugins.exchanges.bybit import link
from plugins.exchanges.bybit.link import Link
from ports import echo

CANCEL = Cancel("t1-main-7K3QX9A2MD-E1-00", Slot("BTCUSDT", 0))
Frame = dict[str, Any]


class Socket:
    """A connection that answers what it is told, and that a test may break; its key may be *refused*."""

    refused = False

    def __init__(self, on_frame: Callable[[Frame], None], on_death: Callable[[str], None]) -> None:
        """Authenticated at once."""
        self.heard = time.monotonic()
        self.frame = on_frame
        self.die = on_death
        self.left = False
        self.topics: list[str] = []
        on_frame({"op": "auth", "success": not Socket.refused, "ret_msg": "Params Error"})

    def tell(self, frame: Frame) -> None:
        """Subscriptions are accepted, unless one of their topics is gone."""
        taken = "gone" not in frame["args"]
        self.topics += frame["args"] if taken else ()
        self.frame({"op": frame["op"], "success": taken, "ret_msg": "handler not found"})

    def leave(self) -> None:
        """Closed."""
        self.left = True


class Stage:
    """A link and what it said."""

    def __init__(self, *topics: str, auth: bool = True) -> None:
        """Not running yet."""
        self.sockets: list[Socket] = []
        self.said: list[str] = []
        self.news = asyncio.Event()
        self.meanwhile: Callable[[], None] = lambda: None
        self.speaks = True
        self.link = Link(
            "test", self.make, auth=auth, data=lambda frame: self.note(frame["topic"]), up=lambda: self.note("up"),
            down=lambda reason: self.note(f"down: {reason}"),
        )  # fmt: skip
        self.link.want(topics or ("order",))

    def make(self, on_frame: Callable[[Frame], None], on_death: Callable[[str], None]) -> Socket:
        """Another connection; *meanwhile* happens while it is made, and it says nothing unless it *speaks*."""
        self.meanwhile()
        self.sockets.append(Socket(on_frame if self.speaks else lambda _: None, on_death))
        return self.sockets[-1]

    def note(self, what: str) -> None:
        """Remember what was said; raises for what is no text."""
        self.said.append("" + what)
        self.news.set()

    async def until(self, what: str) -> None:
        """Wait for something to be said."""
        async with asyncio.timeout(8):
            while what not in self.said:
                self.news.clear()
                await self.news.wait()

    async def followed(self) -> None:
        """Its first connection dies, and another one follows."""
        self.sockets[0].die("reset")
        await self.until("down: reset")
        self.said.remove("up")
        await self.until("up")


async def test_a_dead_connection_is_followed_by_another() -> None:
    """Down with the reason, then up again on a new socket; the old one is closed."""
    stage = Stage()
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    await stage.followed()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [socket.left for socket in stage.sockets] == [True, True]


async def test_a_change_that_is_never_shown_breaks_the_connection(monkeypatch: Any) -> None:
    """The canary: acknowledged, and no frame of it came (rel:F18)."""
    monkeypatch.setattr(echo, "ECHO_WITHIN", 0)
    stage = Stage()
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    stage.link.echo.answered(CANCEL, Done(), time.monotonic())
    await stage.until("down: a change of ours was not shown within 0 s")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert stage.said == ["up", "down: a change of ours was not shown within 0 s"]
    assert stage.sockets[0].left


async def test_a_change_that_was_shown_before_its_answer_is_owed_no_more() -> None:
    """The stream is often quicker than the answer: what it said since the change was sent counts."""
    stage = Stage()
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    sent = time.monotonic()
    stage.sockets[0].frame({"topic": "order", "data": []})
    await stage.until("order")
    stage.link.echo.answered(CANCEL, Done(), sent)
    assert stage.link.echo.owed is None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_frame_that_breaks_whoever_takes_it_is_not_the_last() -> None:
    """rel:F24: what came with it waited for ever on a stream that seemed well: it is built anew, and hears on."""
    stage = Stage()
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    for frame in ({"topic": ["order"]}, {"topic": "behind"}):
        stage.sockets[0].frame(frame)
    await stage.until("down: a frame could not be taken: TypeError")
    stage.said.remove("up")
    await stage.until("up")
    stage.sockets[1].frame({"topic": "after"})
    await stage.until("after")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert stage.said[-1] == "after"
    assert len(stage.sockets) == 2


async def test_a_symbol_that_is_gone_takes_no_others_prices_along() -> None:
    """rel:F37: after the next reconnection the stream of all prices never came up again."""
    stage = Stage("tickers.A", "gone", "tickers.B", auth=False)
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert stage.said == ["up"]
    assert stage.link._topics == ["tickers.A", "tickers.B"]  # noqa: SLF001 - asked for again after each reconnection


async def test_a_symbol_that_is_gone_takes_none_along_that_is_wanted_with_it() -> None:
    """rel:F37: of what is held after a start one may be settled already: no price of the others came."""
    stage = Stage("tickers.A", auth=False)
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    stage.link.want(["tickers.B", "gone", "tickers.C"])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert stage.sockets[0].topics == ["tickers.A", "tickers.B", "tickers.C"]


async def test_a_private_stream_without_one_of_its_topics_is_none() -> None:
    """rel:F19: without its executions it would seem well and miss every fill."""
    stage = Stage("order", "gone")
    running = asyncio.create_task(stage.link.run())
    await stage.until("down: subscribe was refused: handler not found")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert "up" not in stage.said


async def test_a_stream_whose_key_is_refused_is_closed_and_tried_again(monkeypatch: Any) -> None:
    """rel:F19, rel:F41: told once, with the venue's words, and never up: nothing would be shown on it."""
    monkeypatch.setattr(Socket, "refused", True)
    monkeypatch.setattr(link, "PAUSES", (0,))
    stage = Stage()
    running = asyncio.create_task(stage.link.run())
    async with asyncio.timeout(8):
        while len(stage.sockets) < 3:  # noqa: ASYNC110 - one that is tried again tells nobody
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    async with asyncio.timeout(8):
        while not all(socket.left for socket in stage.sockets):  # noqa: ASYNC110 - the last is closed in a thread of its own
            await asyncio.sleep(0.005)
    assert stage.said == ["down: auth was refused: Params Error"]
    assert not any(socket.topics for socket in stage.sockets)


async def test_a_change_from_before_a_connection_stood_is_not_owed_by_it() -> None:
    """rel:F18, rel:F19: its frame went by before anybody subscribed: the new stream was torn down for it, again."""
    stage = Stage()
    sent = time.monotonic()
    stage.meanwhile = lambda: stage.link.echo.answered(
        CANCEL, Done(), sent
    )  # answered while the connection is being made
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    owed = [stage.link.echo.owed]
    stage.link.echo.answered(CANCEL, Done(), sent)  # answered once it stands
    owed.append(stage.link.echo.owed)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert owed == [None, None]


async def test_a_connection_that_never_greets_leaves_nobody_waiting(monkeypatch: Any) -> None:
    """rel:F50: each such try left a task behind that waited for its answer for ever."""
    monkeypatch.setattr(link, "GREETED_WITHIN", 0.01)
    stage = Stage()
    stage.speaks = False
    running = asyncio.create_task(stage.link.run())
    await stage.until("down: TimeoutError")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_connection_that_is_silent_is_followed_by_another(monkeypatch: Any) -> None:
    """rel:F18: neither a frame nor a pong for so long: dead, whatever the socket says."""
    monkeypatch.setattr(link, "LOOK_EVERY", 0)
    stage = Stage()
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    stage.sockets[0].heard -= link.SILENT_AFTER + 1
    await stage.until("down: silent for 25 s")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert stage.sockets[0].left


class Noted(tuple[float, ...]):
    """Pauses that nobody waits, and which of them were asked for."""

    __slots__ = ()
    asked: ClassVar[list[int]] = []

    def __getitem__(self, number: Any) -> Any:
        """None at all."""
        self.asked.append(number)
        return 0


async def test_the_pause_grows_while_none_comes_up_and_is_short_again_after_one_that_did(monkeypatch: Any) -> None:
    """rel:F19, rel:F40: a venue that is away isn't stormed; one that was there is back soon, and both are told once."""
    monkeypatch.setattr(link, "PAUSES", Noted(link.PAUSES))
    stage, refusals = Stage(), list(range(len(link.PAUSES) + 1))
    Noted.asked.clear()

    def refuse() -> None:
        if refusals:
            raise OSError(f"no route {refusals.pop()}")

    stage.meanwhile = refuse
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    await stage.followed()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert Noted.asked == [0, 1, 2, 3, 4, 5, 6, 6, 6, 1]
    assert stage.said == ["down: no connection: OSError: no route 7", "down: reset", "up"]


async def test_what_a_connection_before_said_is_no_word_of_the_one_of_now() -> None:
    """rel:F18, rel:F24: a frame and a death of an old socket came late: the new stream was torn down for them."""
    stage = Stage()
    running = asyncio.create_task(stage.link.run())
    await stage.until("up")
    stage.sockets[0].die("reset")
    await stage.until("down: reset")
    stage.said.clear()
    await stage.until("up")
    stage.sockets[0].frame({"topic": "late"})
    stage.sockets[0].die("late")
    stage.sockets[1].frame({"topic": "order"})
    await stage.until("order")
    stage.sockets[1].die("over")
    await stage.until("down: over")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert stage.said[:3] == ["up", "order", "down: over"]


async def test_what_connects_while_the_account_is_closed_is_closed_too() -> None:
    """rel:F50: the thread goes on connecting: its socket stayed open with nobody to read it."""
    stage = Stage()
    begun, gate = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        gate.wait(5)

    stage.meanwhile = hold
    running = asyncio.create_task(stage.link.run())
    await asyncio.to_thread(begun.wait, 5)
    running.cancel()
    gate.set()
    await asyncio.gather(running, return_exceptions=True)
    assert [socket.left for socket in stage.sockets] == [True]
