"""Who is served, and what happens when Telegram, somebody else or a crowd is in the way (E1, E7, S1, S2, S17)."""

import asyncio
from collections.abc import Mapping
from itertools import product

import pyotp
import pytest

from plugins.frontends.telegram.screen import Screen
from plugins.frontends.telegram.turn import Turn
from ports.frontend import Answer, Role
from ports.secret import Secret
from tests.botapi.approaches import APPROACHES
from tests.botapi.server import bot_api
from tests.plugins.frontends.telegram.shell.test_conversation import COMMANDS, Desk
from tests.plugins.frontends.telegram.talking import Talking, talking

pytestmark = pytest.mark.integration

SECRET = pyotp.random_base32()
HER_OWN = ("message", "photo", "button", "edited message")
"""What Alice does in her own name; she says something before she edits it."""
STRANGER, GROUP, UNLISTED = 666, -100, -200


@pytest.mark.parametrize("words", ["/start", "g:menu?", "59000"])
async def test_strangers_get_nothing_however_they_come(words: str) -> None:
    """S1: every user x chat x kind of update but a listed one's own words is dropped, counted and never answered."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, chats=[GROUP]) as talk:
        api = talk.api
        people = [api.person(STRANGER, "Mallory"), api.person(7, "Alice")]
        api.world.updates.allow(["message", "callback_query", "edited_message", "channel_post", "inline_query"])
        for person, (name, approach) in product(people, APPROACHES.items()):
            for chat in (person.chat, api.group(GROUP).chat, api.group(UNLISTED).chat):
                served = person.user.id == 7 and chat.id in (7, GROUP) and name in HER_OWN
                if not served:
                    approach(api, person, chat, words)
        await api.confirmed()
        api.person(7).say("/start")
        await api.until(lambda: api.calls_of("sendMessage"))

    sent = [call.given.text("chat_id") for call in talk.api.calls_of("sendMessage")]
    assert sent == ["7"]
    assert talk.api.calls_of("answerCallbackQuery") == []
    assert talk.frontend.dropped > 20
    assert desk.acts == []


async def confirmed(talk: Talking, label: str) -> None:
    """Alice opens the menu and presses."""
    alice = talk.api.person(7, "Alice")
    alice.say("/start")
    await talk.shows(alice, "Menu")
    alice.press(label)


async def test_a_dangerous_act_needs_a_code_that_works_once() -> None:
    """S2: without the code nothing; with it the act; the same code again is refused."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, totp=_secret()) as talk:
        alice = talk.api.person(7, "Alice")
        code = pyotp.TOTP(SECRET).at(talk.clock.now() // 1_000)
        await confirmed(talk, "Switch")
        await talk.shows(alice, "6-digit code")
        alice.say(code)
        await talk.shows(alice, "Done 1")
        await confirmed(talk, "Switch")
        await talk.shows(alice, "6-digit code")
        alice.say(code)
        await talk.shows(alice, "used already")
        await confirmed(talk, "Confirm")
        await talk.shows(alice, "Done 2")

    assert desk.acts == [("mode", ""), ("close", "r1")]


async def test_guessing_codes_ends() -> None:
    """S2: after five wrong ones none is looked at for 15 minutes, not even the right one."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, totp=_secret()) as talk:
        alice = talk.api.person(7, "Alice")
        for number in range(6):
            await confirmed(talk, "Switch")
            await talk.shows(alice, "6-digit code")
            alice.say("12345x" if number < 5 else pyotp.TOTP(SECRET).at(talk.clock.now() // 1_000))
            await talk.shows(alice, "Nothing was done")
        assert "15 minutes" in alice.last.text

    assert desk.acts == []


def _secret() -> Secret:
    return Secret(SECRET)


async def test_in_a_group_only_what_is_meant_for_it_is_answered() -> None:
    """E1: people talk there; an edited command is no command."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, chats=[GROUP]) as talk:
        alice, group = talk.api.person(7, "Alice"), talk.api.group(GROUP)
        alice.say("good morning", chat=group.chat)
        alice.edit(group.chat.messages[-1], "/start")
        await talk.api.confirmed()
        alice.say("/ask", chat=group.chat)
        await talk.api.until(lambda: talk.api.calls_of("sendMessage"))

    assert [call.given.text("text") for call in talk.api.calls_of("sendMessage")] == ["Your price?"]


async def test_who_is_taken_off_the_list_is_a_stranger_at_once() -> None:
    """E1, J2, S1: also with an open confirmation; whoever was put on it is served."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice, bob = talk.api.person(7, "Alice"), talk.api.person(9, "Bob")
        alice.say("/start")
        await talk.shows(alice, "Menu")
        await talk.frontend.serve_only({"8": Role.VIEWER, "9": Role.TRADER})
        alice.press("Confirm")
        alice.say("/ask")
        bob.say("/start")
        await talk.shows(bob, "Menu")

    assert talk.frontend.dropped == 2
    assert talk.chosen() == []
    assert desk.acts == []
    assert talk.words(alice) == "Menu"


async def test_what_waits_for_its_turn_is_refused_too() -> None:
    """E1, J2: a confirmation and a line behind it, both heard while the list still named her."""
    going, gone, acts = asyncio.Event(), asyncio.Event(), list[str]()

    async def act(turn: Turn) -> Screen:
        going.set()
        await gone.wait()
        await turn.data("close")
        return Screen("Closed")

    async def close(arguments: Mapping[str, object]) -> Answer:
        acts.append(str(arguments["by"]))
        return {"exit": 0, "data": {}}

    async with talking({**Desk().screens(), "act": act}, COMMANDS, handlers={"close": close}) as talk:
        alice = talk.api.person(7, "Alice")
        await confirmed(talk, "Confirm")
        await going.wait()
        alice.say("/ask")
        await talk.api.confirmed()
        await talk.frontend.serve_only({"8": Role.VIEWER})
        gone.set()
        await talk.shows(alice, "not served here any more")
        await talk.api.until(lambda: talk.frontend.dropped == 1)

    assert acts == []
    assert "Your price?" not in [each.text for each in alice.sees]


async def test_a_trader_who_became_a_viewer_acts_no_more() -> None:
    """E1, J2: the role holds that the list gives now."""
    roles: list[Role] = []

    async def menu(turn: Turn) -> Screen:
        roles.append(turn.who.role)
        return Screen("Menu")

    async with talking({"menu": menu}, COMMANDS) as talk:
        await talk.frontend.serve_only({"7": Role.VIEWER})
        talk.api.person(7, "Alice").say("/start")
        await talk.api.until(lambda: roles)

    assert roles == [Role.VIEWER]


async def test_a_flood_of_one_person_is_cut_off() -> None:
    """S17: some get their turn, the rest is dropped; a minute later that person is served again."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS) as talk:
        alice = talk.api.person(7, "Alice")
        for _ in range(400):
            alice.say("/start")
        await talk.api.confirmed()
        talk.clock.ahead = 60_000
        alice.say("/ask")
        await talk.shows(alice, "Your price?")

    assert len(talk.api.calls_of("sendMessage")) < 150


async def test_a_second_poller_ends_the_front_end_and_is_told_elsewhere() -> None:
    """E7, rel:F52: no fight; trading goes on without it, and people are told by other ways."""
    desk = Desk()
    async with bot_api() as api:
        api.trouble.second_poller()
        async with talking(desk.screens(), COMMANDS, api=api) as talk:
            await asyncio.wait_for(talk.running, 10)

    ((what, detail),) = talk.told
    assert what == "frontend"
    assert "another program polls" in detail


async def test_an_update_is_taken_once_though_telegram_sends_it_again() -> None:
    """rel:F53: the process died before it confirmed the update; the next one knows it."""
    desk = Desk()
    async with bot_api() as api:
        async with talking(desk.screens(), COMMANDS, api=api) as talk:
            alice = api.person(7, "Alice")
            update = alice.say("/start")
            await talk.shows(alice, "Menu")
        assert update is not None
        api.world.updates.repeat(update)
        async with talking(desk.screens(), COMMANDS, api=api, store=talk.store) as again:
            alice.say("/ask")
            await again.shows(alice, "Your price?")

    assert len(api.calls_of("sendMessage")) == 2


async def test_telegram_may_be_gone_for_a_while() -> None:
    """E7: refused connections, then 5xx, then it is back: the front end goes on as if nothing had been."""
    desk = Desk()
    async with bot_api() as api, talking(desk.screens(), COMMANDS, api=api) as talk:
        await api.close()
        alice = api.person(7, "Alice")
        alice.say("/start")
        await api.start()
        api.trouble.failing("getUpdates", times=3)
        await talk.shows(alice, "Menu")

    assert talk.told == []
