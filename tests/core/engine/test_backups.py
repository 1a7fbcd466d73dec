"""Backups in rounds: asked for when due, trouble told once, and nothing that runs is ended by it."""

import asyncio

import pytest

from core.engine.backups import LOOK, Rounds
from core.engine.memory_store import MemoryStore
from core.engine.writer import Writer
from core.errors import Stopped, Unavailable
from core.words import Environment


class Steps:
    """A clock on which every sleep is over at once, and the last one never."""

    def __init__(self, sleeps: int) -> None:
        """*sleeps* that end."""
        self.slept: list[int] = []
        self._sleeps = sleeps
        self.done = asyncio.Event()

    def now(self) -> int:
        """The time: one millisecond for each sleep."""
        return len(self.slept)

    monotonic = now

    async def sleep(self, milliseconds: int) -> None:
        """Note it."""
        self.slept.append(milliseconds)
        if len(self.slept) >= self._sleeps:
            self.done.set()
            await asyncio.Event().wait()


class Shelved(MemoryStore):
    """A store that makes backups, or says why not, as told beforehand."""

    def __init__(self, *outcomes: str | Exception) -> None:
        """What each call comes to."""
        super().__init__(("chat",))
        self.outcomes = list(outcomes)
        self.asked: list[int] = []

    async def backup(self, to: str = "", *, older_than: int = 0) -> str:
        """The next outcome."""
        self.asked.append(older_than)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def played(store: Shelved, every: int = 900_000) -> tuple[list[str], list[int]]:
    """What people were told, in order, and how long it slept, when every outcome was played."""
    clock = Steps(len(store.outcomes))
    writer = Writer(store, clock, lambda _: None)
    running = asyncio.create_task(Rounds(store, clock, writer, Environment.PAPER, every).run())
    await clock.done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await writer.flush()
    return [alert.kind for alert in reversed(await store.alerts())], clock.slept


async def test_it_is_asked_every_minute_and_makes_one_when_due() -> None:
    """The store knows how old the last one is: restarts neither skip one nor add any (rel:P7)."""
    store = Shelved("a.db", "", "", "b.db")
    told, slept = await played(store)

    assert (told, store.asked) == ([], [900_000] * 4)
    assert slept == [LOOK] * 4


@pytest.mark.parametrize("trouble", [Unavailable("disk full"), Stopped("damaged: page 7"), OSError("a bug")])
async def test_trouble_is_told_once_and_so_is_its_end(trouble: Exception) -> None:
    """What fails a backup, damage or a plugin's bug, is no reason to stop trading (rel:F45, rel:F58, rel:I8)."""
    told, _ = await played(Shelved("a.db", trouble, trouble, "", "b.db", "c.db"))

    assert told == ["service_degraded", "service_restored"]


async def test_that_none_was_due_does_not_say_that_they_work_again() -> None:
    """Only one that was made does."""
    told, _ = await played(Shelved(Unavailable("disk full"), "", ""))

    assert told == ["service_degraded"]


class Hanging(Shelved):
    """A store whose backup folder hangs until it is *let*."""

    def __init__(self, *outcomes: str | Exception) -> None:
        """As Shelved."""
        super().__init__(*outcomes)
        self.let = asyncio.Event()

    async def backup(self, to: str = "", *, older_than: int = 0) -> str:
        """Wait, then the next outcome."""
        self.asked.append(older_than)
        await self.let.wait()
        return str(self.outcomes.pop(0))


async def test_one_that_hangs_is_told_and_none_is_begun_beside_it() -> None:
    """rel:F45, rel:F58, rel:P7: nobody heard that there were no backups any more; when it ends all is well again."""
    store = Hanging("a.db")
    clock = Steps(9)
    writer = Writer(store, clock, lambda _: None)
    rounds = Rounds(store, clock, writer, Environment.PAPER, 900_000)
    rounds.ends_within = 0.01
    for _ in range(3):
        await asyncio.wait_for(rounds.round(), 5)
    store.let.set()
    await rounds.round()
    await writer.flush()

    assert [alert.kind for alert in reversed(await store.alerts())] == ["service_degraded", "service_restored"]
    assert len(store.asked) == 1


async def test_none_are_made_when_none_are_wanted() -> None:
    """`every: 0`."""
    store = Shelved("a.db")
    clock = Steps(1)
    await Rounds(store, clock, Writer(store, clock, lambda _: None), Environment.PAPER, 0).run()

    assert store.asked == []
