"""What must neither end the front end, and with it the trading, nor leave it deaf (E7)."""

import asyncio
import json
from typing import Any

import pyotp
import pytest
from structlog.testing import capture_logs

from core.engine.memory_store import MemoryStore
from plugins.frontends.telegram.screen import Screen
from plugins.frontends.telegram.turn import Turn
from ports.secret import Secret
from tests.botapi.server import bot_api
from tests.plugins.frontends.telegram.shell.test_conversation import COMMANDS, Desk
from tests.plugins.frontends.telegram.talking import talking

pytestmark = pytest.mark.integration

WEEK = 7 * 86_400_000


async def test_a_dashboard_that_meets_a_revoked_token_ends_nothing() -> None:
    """E7, rel:F52: who revokes a leaked token while a dashboard is watched must not end the service with it."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = talk.api.person(7, "Alice")
        alice.say("/watch")
        await talk.shows(alice, "Look 1")
        talk.api.trouble.refuse(401, "Unauthorized", "editMessageText")
        talk.clock.ahead = 46_000
        await talk.api.until(lambda: desk.drawn == 2)
        talk.clock.ahead = 92_000
        await talk.shows(alice, "Look 3")

        assert not talk.running.done()


@pytest.mark.parametrize("kept", [{"_watched": {}}, {"_watched": 5}, {"_asked": {"7": {}}}])
async def test_an_odd_memory_ends_nothing(kept: object) -> None:
    """E7: another chat goes on, and so does the service, though this one's memory was written by who knows what."""
    store, desk = MemoryStore(), Desk()
    await store.remember("frontend:telegram:chat:7", json.dumps(kept))
    async with talking(desk.screens(), COMMANDS, store=store) as talk:
        victor = talk.api.person(8, "Victor")
        for _ in range(5):
            victor.say("/watch")
            await talk.clock.sleep(2_000)
        await talk.shows(victor, "Look 5")

        assert not talk.running.done()


async def test_a_chat_in_a_long_act_holds_up_no_other_dashboard() -> None:
    """E4, rel:S17: while one chat's act takes its time, the others' dashboards are drawn."""
    desk, begun, gate = Desk(), asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn) -> Screen:
        begun.set()
        await gate.wait()
        return await desk.menu(turn)

    async with talking({**desk.screens(), "slow": slow}, {**COMMANDS, "slow": "slow"}) as talk:
        alice, victor = talk.api.person(7, "Alice"), talk.api.person(8, "Victor")
        victor.say("/watch")
        await talk.shows(victor, "Look 1")
        alice.say("/slow")
        await begun.wait()
        talk.clock.ahead = 46_000
        await talk.shows(victor, "Look 2")
        meanwhile = talk.words(alice)
        gate.set()
        await talk.shows(alice, "Menu")

    assert "Menu" not in meanwhile


async def test_telegram_may_number_its_updates_anew() -> None:
    """E7, rel:F53: after a week without updates any number may be next, and it is heard."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = talk.api.person(7, "Alice")
        alice.say("/start")
        await talk.shows(alice, "Menu")
        await talk.api.confirmed()
        talk.clock.ahead = WEEK
        talk.api.world.updates._next = 5  # noqa: SLF001 - as Telegram does by itself
        alice.say("/ask")
        await talk.shows(alice, "Your price?")
        await talk.api.confirmed()

    assert len(talk.api.calls_of("sendMessage")) == 2


async def test_another_bot_has_its_own_count() -> None:
    """E7: a new bot's numbers may all lie below the old one's; with the same store it is heard at once."""
    desk, store, answered = Desk(), MemoryStore(), list[int]()
    for token in (f"110201543:{'a' * 35}", f"110201544:{'b' * 35}"):
        async with bot_api(token=token) as api, talking(desk.screens(), COMMANDS, api=api, store=store) as talk:
            alice = api.person(7, "Alice")
            alice.say("/start")
            await talk.shows(alice, "Menu")
            answered.append(len(api.calls_of("sendMessage")))

    assert answered == [1, 1]


ODD = [
    ("message", {"message_id": 1}),
    ("message", "words"),
    ("callback_query", {"id": "1", "from": 5}),
]


@pytest.mark.parametrize(("kind", "body"), ODD)
async def test_an_update_that_cannot_be_read_holds_up_none_behind_it(kind: str, body: Any) -> None:
    """E7, rel:F53: what this version can't read is met once, logged with its number, and all others are heard."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice, victor = talk.api.person(7, "Alice"), talk.api.person(8, "Victor")
        with capture_logs() as logs:
            alice.say("/start")
            odd = talk.api.deliver(kind, body)
            victor.say("/ask")
            await talk.shows(victor, "Your price?")
            await talk.shows(alice, "Menu")
            await talk.api.confirmed()

    assert odd is not None
    assert [each["event"] for each in logs if each.get("update") == odd.id and "skipped" in each["event"]]
    assert len(talk.api.calls_of("getUpdates")) < 8


class Dying(Desk):
    """Keeps what the store had of the chat when the act began."""

    store: MemoryStore
    kept = ""

    async def act(self, turn: Turn) -> Screen:
        """As a process that dies now would leave it."""
        self.kept = str(await self.store.recall("frontend:telegram:chat:7"))
        return await super().act(turn)


async def test_a_code_is_spent_durably_before_its_act() -> None:
    """S2, S3: should the process die in the act, the next one does not take a code to do it again."""
    desk, secret = Dying(), pyotp.random_base32()
    async with talking(desk.screens(), COMMANDS, totp=Secret(secret)) as talk:
        desk.store = talk.store
        alice = talk.api.person(7, "Alice")
        alice.say("/start")
        await talk.shows(alice, "Menu")
        alice.press("Switch")
        await talk.shows(alice, "6-digit code")
        alice.say(pyotp.TOTP(secret).at(talk.clock.now() // 1_000))
        await talk.shows(alice, "Done 1")

    assert '"_code":{}' in desk.kept
    assert '"_asked":{}' in desk.kept
