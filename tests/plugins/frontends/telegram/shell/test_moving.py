"""A group that becomes a supergroup gets another number: it is served there, and nobody else is (E1, S1)."""

import pytest

from tests.botapi.chats import Chat
from tests.plugins.frontends.telegram.shell.test_conversation import COMMANDS, Desk
from tests.plugins.frontends.telegram.talking import Talking, talking

pytestmark = pytest.mark.integration

OLD, NEW, UNLISTED = -100, -1001, -200


async def served(talk: Talking, chat: Chat) -> None:
    """Alice asks there, and is answered there."""
    talk.api.person(7, "Alice").say("/start", chat=chat)
    await talk.api.until(lambda: chat.messages[-1].text == "Menu")


async def test_telegrams_own_word_in_the_group_is_followed() -> None:
    """E1: what is said in the supergroup is said in the group that is configured; the notifier hears of it."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, chats=[OLD]) as talk:
        alice, group, new = talk.api.person(7, "Alice"), talk.api.group(OLD), talk.api.group(NEW)
        await served(talk, group.chat)
        group.upgrade(new.chat, by=alice.user)
        await served(talk, new.chat)
        alice.press("Confirm", new.chat.messages[-1])
        await talk.api.until(lambda: new.chat.messages[-1].text == "Done 1")

    assert talk.lender.moved == {str(OLD): str(NEW)}


async def test_a_group_that_moved_unheard_is_found_by_the_next_message_to_it() -> None:
    """E1: the answer to our own request names the new number."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, chats=[OLD]) as talk:
        alice, group, new = talk.api.person(7, "Alice"), talk.api.group(OLD), talk.api.group(NEW)
        alice.say("/ask", chat=group.chat)
        await talk.api.until(lambda: group.chat.messages[-1].text == "Your price?")
        group.become(new.chat)
        talk.clock.ahead = 301_000
        await talk.api.until(lambda: new.chat.messages and new.chat.messages[-1].text == "Too slow")
        await served(talk, new.chat)

    assert talk.lender.moved == {str(OLD): str(NEW)}


async def test_what_was_known_before_a_restart_is_known() -> None:
    """E1: no person has to ask first."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, chats=[OLD], moved={str(OLD): str(NEW)}) as talk:
        await served(talk, talk.api.group(NEW).chat)

    assert [call.given.text("chat_id") for call in talk.api.calls_of("sendMessage")] == [str(NEW)]


async def test_nobody_else_makes_a_chat_ours() -> None:
    """S1: neither an unlisted group that moves, nor a chat that says it was ours before, is served."""
    desk = Desk()
    async with talking(desk.screens(), COMMANDS, chats=[OLD]) as talk:
        alice, mallory = talk.api.person(7, "Alice"), talk.api.person(666, "Mallory")
        unlisted, moved, false = (talk.api.group(number) for number in (UNLISTED, -1200, -1666))
        unlisted.upgrade(moved.chat, by=mallory.user)
        talk.api.deliver("message", {
            "message_id": 1, "date": 1, "chat": false.chat.as_json(), "from": mallory.user.as_json(),
            "migrate_from_chat_id": OLD,
        })  # fmt: skip
        for each in (unlisted, moved, false):
            alice.say("/start", chat=each.chat)
        await served(talk, talk.api.group(OLD).chat)

    assert [call.given.text("chat_id") for call in talk.api.calls_of("sendMessage")] == [str(OLD)]
    assert talk.lender.moved == {}
