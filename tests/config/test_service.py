"""The service as `tandem run` runs it, in this process: what breaks beside the trading ends nothing (J2)."""

import asyncio
import gc
import shutil
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from config.load import load_text
from config.models import LogSettings
from config.registry import Offer, registry
from config.reloading import Relog
from config.sampling import sample
from config.service import OPERATOR, Screen, run_service
from core.engine.memory_store import MemoryStore
from core.errors import Stopped, Unavailable
from core.view import ServiceStatus
from ports.frontend import Application
from ports.hooks import Adapter
from ports.persistence import Batch
from tests.core.engine.outboxes import Chat, Recorder, turns
from tests.serving import house
from tests.staging import request

CONFIG = """
accounts: {main: {use: paper, balance: 10000}}
notifiers: [{use: file, path: alerts.jsonl}]
store: {use: sqlite, path: t.db}
venue: {state: ":memory:", every_ms: 20, volatility: 0.000001}
control: t.sock
"""
REQUEST = """
symbol: BTCUSDT
side: long
entries: [market]
take_profits: [62000, 63000, 64000, 65000]
stop: 56000
leverage: 10
margin_percent: 20
"""
PATIENCE = 10
"""Seconds after which what a test waits for will not come."""


class Settings(BaseModel):
    """Nothing to set."""


class Broken:
    """A front end whose `run` ends by an error. What asks behind its door is the test."""

    name = "own"

    def __init__(self) -> None:
        """Nothing is opened."""
        self.door: asyncio.Future[Application] = asyncio.get_running_loop().create_future()

    async def start(self, application: Application) -> None:
        """Let the test ask."""
        self.door.set_result(application)

    async def run(self) -> None:
        """Break at once."""
        raise ZeroDivisionError

    async def finish(self) -> None:
        """Nothing is under way."""

    async def close(self) -> None:
        """Nothing to close."""


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In a folder of its own; what the service took from the search for garbage is given back."""
    monkeypatch.chdir(tmp_path)
    with capture_logs():
        yield
    gc.unfreeze()


async def ran(
    say: Callable[[str], None],
    screen: Screen | None = None,
    frontend: Broken | None = None,
    text: str = CONFIG,
    relog: Relog = lambda _: None,
    notifier: Recorder | None = None,
    store: MemoryStore | None = None,
) -> Sequence[str]:
    """Run the service until it is stopped; its last words."""
    found = registry(third_party=False)
    if notifier is not None:
        found.offers["notifiers", "own"] = Offer(
            "notifiers", Adapter("own", Settings, lambda _, **_name: notifier), "test"
        )
    if store is not None:
        found.offers["stores", "own"] = Offer("stores", Adapter("own", Settings, lambda _, **_context: store), "test")
        text = text.replace("{use: sqlite, path: t.db}", "{use: own}")
    if frontend is not None:
        offer = Adapter("own", Settings, lambda _, **_context: frontend)
        found.offers["frontends", "own"] = Offer("frontends", offer, "test")
        text += "frontends: [{use: own}]\n"
    settings = load_text(text, "t.yaml", found)
    return await run_service(settings, found, say=say, relog=relog, screen=screen)


def stop(_: object = None) -> None:
    """As the operator does."""
    signal.raise_signal(signal.SIGTERM)


def write(text: str) -> None:
    """Somebody edits the configuration."""
    Path("t.yaml").write_text(text, "utf-8")


async def asked(door: Application, command: str, **arguments: object) -> Any:
    """What the service answers, which must be good."""
    answer = await door.do(OPERATOR, command, arguments)
    assert answer["exit"] == 0, answer
    return answer["data"]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Ask again until it holds."""
    while not await holds():  # noqa: ASYNC110 - what is waited for is told by nobody
        await asyncio.sleep(0.005)


async def test_a_closed_pipe_does_not_end_the_service() -> None:
    """J2: nobody reads its lines; it greets nobody, works, is stopped and ends in order."""
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        raise BrokenPipeError

    last = await ran(say, screen=stop)

    assert "runs t.yaml" in said[0]
    assert last == ["nothing is open; nothing stays at the venues"]


async def test_a_front_end_that_breaks_is_told_of_and_trades_go_on() -> None:
    """rel:F58, J2: an alert says so, and what is opened after it is filled and stays with its stop."""
    broken = Broken()

    async def told() -> bool:
        well = not any(each["troubles"] for each in (await asked(door, "status"))["accounts"])
        return well and any("own has broken off" in each["text"] for each in await asked(door, "alerts"))

    async def filled() -> bool:
        return bool((await asked(door, "status"))["positions"])

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        service = group.create_task(ran(lambda _: None, frontend=broken))
        door = await broken.door
        await until(told)
        await asked(door, "open", request=REQUEST)
        await until(filled)
        stop()

    assert "stays at the venue, stop 56000" in service.result()[0]


class Refusing(MemoryStore):
    """A store that takes nothing more once it is *full*."""

    full = False

    async def append(self, batch: Batch) -> None:
        """Refuse, or as ever."""
        if self.full:
            raise Unavailable("store own: the disk is full")
        await super().append(batch)


async def test_what_the_store_did_not_take_to_the_end_is_said() -> None:
    """J2, rel:F45: a pause was forgotten by the next start, and nobody was told; the log keeps what it was."""
    broken, store = Broken(), Refusing()

    async def well() -> bool:
        return not any(each["troubles"] for each in (await asked(door, "status"))["accounts"])

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        service = group.create_task(ran(lambda _: None, frontend=broken, store=store))
        door = await broken.door
        await until(well)
        store.full = True
        await asked(door, "pause", paused=True)
        stop()

    assert len(service.result()) == 2
    assert "the store did not take all to the end" in service.result()[1]
    assert "facts and" in service.result()[1]


class Hanging(Refusing):
    """A store that never answers once it is *full*."""

    async def append(self, batch: Batch) -> None:
        """As its thread would do it."""
        if self.full:
            await asyncio.Event().wait()
        await super().append(batch)


async def test_a_store_that_hangs_keeps_nobody_from_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    """J2, rel:F45: SIGTERM did nothing while the disk hung; what it has not taken is said, and stands in the log."""
    monkeypatch.setattr("core.engine.writer.ENDS_WITHIN", 0.05)
    broken, store = Broken(), Hanging()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        service = group.create_task(ran(lambda _: None, frontend=broken, store=store))
        door = await broken.door
        store.full = True
        await asked(door, "pause", paused=True)
        stop()

    assert "the store did not take all to the end" in service.result()[-1]


async def test_the_disk_is_watched_where_the_store_lies() -> None:
    """J3, rel:F45: the socket's folder may be on another disk, and somebody may even have cleaned it away."""
    broken = Broken()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        elsewhere = CONFIG.replace("t.sock", "cleaned/t.sock")
        service = group.create_task(ran(lambda _: None, frontend=broken, text=elsewhere))
        door = await broken.door
        shutil.rmtree("cleaned")
        health = await door.do(OPERATOR, "health", {})
        stop()

    assert cast("Any", health["data"])["process"]["disk_free"] > 0
    assert service.result() == ["nothing is open; nothing stays at the venues"]


async def test_a_front_end_that_does_not_start_is_told_of_and_trades_go_on() -> None:
    """rel:F58, J2: what would mend it is said, as of one that breaks off later."""

    class Unstartable(Broken):
        async def start(self, application: Application) -> None:
            await super().start(application)
            raise Stopped("frontends.own: no such bot; name another")

    broken, told = Unstartable(), list[str]()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(ran(lambda _: None, frontend=broken))
        door = await broken.door

        async def alerted() -> bool:
            told[:] = [each["text"] for each in await asked(door, "alerts") if "own did not start" in each["text"]]
            return bool(told)

        await until(alerted)
        stop()

    assert "no such bot; name another" in " ".join(told[0].split())


async def test_who_stops_it_while_it_starts_does_not_wait_for_what_hangs() -> None:
    """J2, rel:F58: Ctrl-C at a start that hangs in somebody's plugin; nothing was at work yet, and that is said."""

    class Hanging(Broken):
        async def start(self, application: Application) -> None:
            stop()
            await asyncio.Event().wait()

    async with asyncio.timeout(PATIENCE):
        last = await ran(lambda _: None, frontend=Hanging())

    assert "nothing was sent" in last[0]


async def test_a_sample_that_cannot_be_opened_ends_nothing() -> None:
    """J2: it was mended away between the check at the start and the first quiet moment."""
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if "sample" in line:
            stop()

    async with asyncio.timeout(PATIENCE):
        last = await ran(say, text=CONFIG + "sample: gone.yaml\n")

    assert "the sample gone.yaml was not opened: gone.yaml" in said[-1]
    assert last == ["nothing is open; nothing stays at the venues"]


async def test_the_sample_is_not_opened_beside_a_trade_that_came_up_meanwhile() -> None:
    """C7: the store was lost: when the accounts are well at last, the trade at the venue is live again."""
    said: list[str] = []
    settings = load_text(CONFIG + "sample: gone.yaml\n", "t.yaml", registry(third_party=False))
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        await at.open(request())
        await at.freeze()
        boxes, at.state().boxes = at.state().boxes, {}
        at.state().troubles["starting"] = 1
        sampling = asyncio.create_task(sample(settings, at.service, said.append))
        await turns(3)
        at.state().boxes = boxes
        at.state().troubles.clear()
        await sampling

    assert said == []


async def test_a_reload_that_meets_a_bug_ends_nothing() -> None:
    """rel:F58, J2: a notifier or a strategy that is built there may be anybody's."""
    said: list[str] = []
    write(CONFIG + "log: {level: debug}\n")

    def say(line: str) -> None:
        said.append(line)
        signal.raise_signal(signal.SIGTERM if "reload" in line else signal.SIGHUP)

    def relog(_: LogSettings) -> None:
        raise ZeroDivisionError

    async with asyncio.timeout(PATIENCE):
        last = await ran(say, relog=relog)

    assert "broke off in the middle (ZeroDivisionError)" in said[-1]
    assert last == ["nothing is open; nothing stays at the venues"]


async def test_trades_are_watched_though_no_notifier_starts() -> None:
    """rel:F58, J2: it is the only one, so the terminal, the health and the list of alerts say so; what waits, waits."""

    class Unstartable(Chat):
        async def start(self) -> None:
            raise Stopped("notifiers.own: no such bot; name another")

    broken, chat, said = Broken(), Unstartable(name="own"), list[str]()
    text = CONFIG.replace("[{use: file, path: alerts.jsonl}]", "[{use: own}]")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        service = group.create_task(ran(said.append, frontend=broken, text=text, notifier=chat))
        door = await broken.door
        health: Any = await door.do(OPERATOR, "health", {})

        async def alerted() -> bool:
            return any("own did not start" in each["text"] for each in await asked(door, "alerts"))

        await until(alerted)
        stop()

    why = "own did not start (notifiers.own: no such bot; name another)"
    assert (why in health["data"]["wrong"], chat.shown) == (True, [])
    assert f"its alerts wait in the store, trading goes on: {why}" in said
    assert service.result() == ["nothing is open; nothing stays at the venues"]


async def test_a_trade_of_somebody_who_left_is_told_of_in_the_default_chat() -> None:
    """E1, D3: who is listed is asked of the front ends that run, from the first alert on."""

    class Left(Broken):
        def private(self, notifier: str, chat: str) -> bool:
            return (notifier, chat) == ("own", "8")

        def lists(self, chat: str) -> bool:
            return False

    front, chat = Left(), Chat(name="own")
    text = CONFIG.replace("[{use: file, path: alerts.jsonl}]", "[{use: own}]") + "alerts: {default_chat: '-5'}\n"
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(ran(lambda _: None, frontend=front, text=text, notifier=chat))
        door = await front.door

        async def well() -> bool:
            return not any(each["troubles"] for each in (await asked(door, "status"))["accounts"])

        async def told() -> bool:
            return any(one.alert.trade for one in chat.shown)

        await until(well)
        await door.do(replace(OPERATOR, front="own", chat="8"), "open", {"request": REQUEST})
        await until(told)
        stop()

    assert {one.alert.chat for one in chat.shown if one.alert.trade} == {"8"}
    assert set(chat.asked) == {"-5"}


async def test_nothing_is_drawn_before_the_accounts_were_seen() -> None:
    """DESIGN 7: with 200 trades the picture of what nobody had looked at yet took a seventh of the start."""
    drawn: list[ServiceStatus] = []

    def draw(view: ServiceStatus) -> None:
        drawn.append(view)
        stop()

    await ran(lambda _: None, screen=draw)

    assert [account.troubles for account in drawn[0].accounts] == [()]


async def test_what_is_drawn_holds_nothing_up() -> None:
    """rel:F49: the picture of 200 trades takes half a second, and a fill came that much later to its stop."""
    drawing, answered = threading.Event(), threading.Event()
    beside: list[bool] = []

    def draw(_: ServiceStatus) -> None:
        drawing.set()
        beside.append(answered.wait(10))
        stop()

    frontend = Broken()
    service = asyncio.create_task(ran(lambda _: None, screen=draw, frontend=frontend))
    door = await frontend.door
    await until(lambda: asyncio.sleep(0, drawing.is_set()))
    await asked(door, "status")
    answered.set()
    await service

    assert beside == [True]


async def test_what_is_open_at_the_start_is_not_looked_through_for_garbage() -> None:
    """rel:F49: such a search stopped decisions for 75 ms."""
    frozen = [gc.get_freeze_count()]
    await ran(lambda _: frozen.append(gc.get_freeze_count()), screen=stop)

    assert frozen[1] > frozen[0] + 1_000
