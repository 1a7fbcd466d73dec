"""Whoever confirms an act hears what came of it: through a stop, a kill and Telegram's absence (E6, J2)."""

import asyncio

import pytest

from core.engine.memory_store import MemoryStore
from plugins.frontends.telegram.screen import Screen
from plugins.frontends.telegram.turn import Turn
from tests.botapi.people import Person
from tests.botapi.server import BotApi, bot_api
from tests.plugins.frontends.telegram.shell.test_conversation import COMMANDS, Desk
from tests.plugins.frontends.telegram.talking import Talking, talking

pytestmark = pytest.mark.integration

CHAT = "frontend:telegram:chat:7"
INTERRUPTED = "Tandem was interrupted while it did what you confirmed at"


class Slow(Desk):
    """An act that takes as long as the test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.gate = asyncio.Event(), asyncio.Event()

    async def act(self, turn: Turn) -> Screen:
        """Begins, waits, does it."""
        self.begun.set()
        await self.gate.wait()
        return await super().act(turn)


async def confirmed(talk: Talking, desk: Slow) -> Person:
    """Alice has pressed, and the act is under way."""
    alice = talk.api.person(7, "Alice")
    alice.say("/start")
    await talk.shows(alice, "Menu")
    alice.press("Confirm")
    await desk.begun.wait()
    return alice


async def test_a_stop_waits_for_what_somebody_is_doing() -> None:
    """E6, J2: the act ends and is answered; what is said meanwhile is heard by the next start."""
    desk = Slow()
    async with bot_api() as api:
        async with talking(desk.screens(), COMMANDS, api=api) as talk:
            alice = await confirmed(talk, desk)
            ending = asyncio.create_task(talk.frontend.finish())
            await asyncio.sleep(0)
            alice.say("/ask")
            desk.gate.set()
            await ending
            assert talk.words(alice) == "Done 1"
        async with talking(desk.screens(), COMMANDS, api=api, store=talk.store) as again:
            await again.shows(alice, "Your price?")

    assert INTERRUPTED not in " ".join(each.text for each in alice.sees)


async def told_after(api: BotApi, desk: Slow, store: MemoryStore) -> list[str]:
    """What the next process with this store says to Alice by itself."""
    alice = api.person(7, "Alice")
    async with talking(desk.screens(), COMMANDS, api=api, store=store) as again:
        await again.shows(alice, INTERRUPTED)
        await again.clock.sleep(30_000)
    return [each.text for each in alice.sees if INTERRUPTED in each.text]


async def test_who_is_cut_off_is_told_at_the_next_start() -> None:
    """E6: stopped in the middle of an act: once, what it was and where to look; nothing is done again."""
    desk = Slow()
    async with bot_api() as api:
        async with talking(desk.screens(), COMMANDS, api=api) as talk:
            await confirmed(talk, desk)
        (words,) = await told_after(api, desk, talk.store)

    assert "Menu · [Confirm]" in words
    assert "look at positions" in words
    assert desk.acts == []


async def test_who_acted_when_the_process_was_killed_is_told() -> None:
    """E6, rel:F53: what the store held in the middle of the act is enough."""
    desk, store = Slow(), MemoryStore()
    async with bot_api() as api:
        async with talking(desk.screens(), COMMANDS, api=api) as talk:
            await confirmed(talk, desk)
            await store.remember(CHAT, str(await talk.store.recall(CHAT)))
            desk.gate.set()
            await talk.shows(api.person(7), "Done 1")
        told = await told_after(api, desk, store)

    assert len(told) == 1
    assert desk.acts == [("close", "r1")]


async def test_an_outcome_that_could_not_be_shown_comes_later() -> None:
    """E6, E7: Telegram is away when the act ends: what came of it is told when it is back, marked as late."""
    desk = Slow()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = await confirmed(talk, desk)
        talk.api.trouble.failing("editMessageText")
        away = talk.api.trouble.failing("sendMessage")
        desk.gate.set()
        await talk.api.until(lambda: away.met)
        talk.clock.ahead = 60_000
        await talk.shows(alice, "Late: this could not be shown when it was done.\nDone 1")

    assert desk.acts == [("close", "r1")]
