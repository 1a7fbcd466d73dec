"""The fake Bot API's updates: offsets, kinds, two pollers, presses, and everything that people can do."""

import asyncio
from typing import Any

import pytest

from tests.botapi.approaches import APPROACHES
from tests.botapi.asking import Asking, asking
from tests.botapi.chats import User
from tests.botapi.refusals import TOO_OLD

GO = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


async def updates(bot: Asking, **fields: Any) -> list[dict[str, Any]]:
    """What a poll brings at once."""
    found: list[dict[str, Any]] = await bot.get("getUpdates", **fields)
    return found


async def test_offsets() -> None:
    """An update comes again until a higher offset was asked for; then it is gone (F53)."""
    async with asking() as bot:
        alice = bot.api.person(7)
        for text in ("one", "two"):
            alice.say(text)
        first, second = await updates(bot)

        assert [each["message"]["text"] for each in (first, second)] == ["one", "two"]
        assert await updates(bot, limit=1) == [first]
        assert await updates(bot, offset=second["update_id"]) == [second]
        assert await updates(bot, offset=0) == [second]
        assert await updates(bot, offset=second["update_id"] + 1) == []


async def test_negative_offset() -> None:
    """-1 keeps the last and forgets the rest."""
    async with asking() as bot:
        for text in ("one", "two", "three"):
            bot.api.person(7).say(text)

        assert [each["message"]["text"] for each in await updates(bot, offset=-1)] == ["three"]
        assert len(await updates(bot)) == 1


async def test_long_polling() -> None:
    """A poll waits for the first update."""
    async with asking() as bot:
        poll = asyncio.create_task(updates(bot, timeout=30))
        await bot.api.until(lambda: bot.api.world.updates.polled)
        bot.api.person(7).say("now")

        assert [each["message"]["text"] for each in await poll] == ["now"]


async def test_two_pollers() -> None:
    """Who polled first is sent away with 409 (F52)."""
    async with asking() as bot:
        first = asyncio.create_task(bot.ask("getUpdates", timeout=30))
        await bot.api.until(lambda: bot.api.world.updates.polled)
        second = asyncio.create_task(updates(bot, timeout=30))
        conflict = await first
        bot.api.person(7).say("hello")

        assert conflict["error_code"] == 409
        assert conflict["description"].startswith("Conflict: terminated by other getUpdates request")
        assert len(await second) == 1


async def test_webhook() -> None:
    """While a webhook is set, nothing can be fetched."""
    async with asking() as bot:
        bot.api.world.webhook = "https://elsewhere.example"
        assert "webhook is active" in await bot.refusal("getUpdates")
        bot.api.person(7).say("old")
        await bot.get("deleteWebhook", drop_pending_updates=True)

        assert await updates(bot) == []


async def test_allowed_updates() -> None:
    """What wasn't asked for isn't queued; the wish outlives the request that brought it."""
    async with asking() as bot:
        alice = bot.api.person(7)
        await updates(bot, allowed_updates=["message"])
        alice.say("one")
        alice.edit(alice.sees[-1], "two")

        assert [set(each) for each in await updates(bot)] == [{"update_id", "message"}]
        await updates(bot, allowed_updates=[])
        assert alice.edit(alice.sees[-1], "three") is not None


async def test_an_update_comes_twice() -> None:
    """Telegram delivers again what was confirmed already (F53)."""
    async with asking() as bot:
        update = bot.api.person(7).say("/start")
        assert update is not None
        await updates(bot, offset=update.id + 1)
        bot.api.world.updates.repeat(update)

        assert [each["update_id"] for each in await updates(bot, offset=update.id + 1)] == [update.id]
        assert await updates(bot, offset=update.id + 1) == []


async def test_a_press_is_answered_once() -> None:
    """The second answer comes too late; the first is what the person saw (S3)."""
    async with asking() as bot:
        alice = bot.api.person(7)
        await bot.get("sendMessage", chat_id=7, text="?", reply_markup=GO)
        press = alice.press("Go")
        query = (await updates(bot))[0]["callback_query"]
        long = await bot.refusal("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201)
        await bot.get("answerCallbackQuery", callback_query_id=query["id"], text="Done", show_alert=True)

        assert (query["data"], query["message"]["text"], query["from"]["id"]) == ("go", "?", 7)
        assert long == "Bad Request: MESSAGE_TOO_LONG"
        assert (press.toast, press.alert, alice.chat.toasts) == ("Done", True, ["Done"])
        assert await bot.refusal("answerCallbackQuery", callback_query_id=query["id"]) == f"Bad Request: {TOO_OLD}"


async def test_a_press_expires() -> None:
    """An answer after a quarter of a minute comes too late; unfetched presses are forgotten."""
    async with asking() as bot:
        alice = bot.api.person(7)
        await bot.get("sendMessage", chat_id=7, text="?", reply_markup=GO)
        press = alice.press("Go")
        bot.api.world.clock.let_pass(16)
        assert TOO_OLD in await bot.refusal("answerCallbackQuery", callback_query_id=press.id)
        bot.api.world.clock.let_pass(150)

        assert await updates(bot) == []


async def test_a_press_on_what_is_gone() -> None:
    """Of a message that was deleted only the place is told."""
    async with asking() as bot:
        alice = bot.api.person(7)
        sent = await bot.get("sendMessage", chat_id=7, text="?", reply_markup=GO)
        seen = alice.last
        await bot.get("deleteMessage", chat_id=7, message_id=sent["message_id"])
        alice.press("Go", seen)
        message = (await updates(bot))[0]["callback_query"]["message"]

        assert (message["message_id"], message["date"], "text" in message) == (sent["message_id"], 0, False)


async def test_an_old_keyboard_and_any_data() -> None:
    """A phone can press what was there before, and a changed client can send anything (S3)."""
    async with asking() as bot:
        alice, eve = bot.api.person(7), bot.api.person(8)
        sent = await bot.get("sendMessage", chat_id=7, text="?", reply_markup=GO)
        seen = alice.last
        await bot.get("editMessageText", chat_id=7, message_id=sent["message_id"], text="!")
        alice.press("Go", seen)
        eve.press_data("forged", seen)
        found = [each["callback_query"] for each in await updates(bot)]

        assert [(each["from"]["id"], each["data"]) for each in found] == [(7, "go"), (8, "forged")]
        with pytest.raises(AssertionError, match="no button"):
            alice.press("Go")


async def test_everything_people_can_do() -> None:
    """One of each kind arrives under its name, with its sender (S1)."""
    async with asking() as bot:
        alice, group, channel = bot.api.person(7), bot.api.group(-100), bot.api.channel(-200)
        alice.say("/start", chat=group.chat)
        alice.edit(group.chat.messages[-1], "/stop")
        alice.forward("psst")
        alice.forward("hello", User(9, "Bob"))
        group.anonymously("/close")
        group.carries("news", channel.chat)
        channel.post("post")
        channel.edit_post("posted")
        alice.ask_inline("btc")
        alice.block()
        bot.api.deliver("poll_answer", {"poll_id": "1", "option_ids": [0], "user": alice.user.as_json()})
        kinds = [next(kind for kind in each if kind != "update_id") for each in await updates(bot)]

        posts = ["channel_post", "edited_channel_post"]
        assert kinds == [
            "message",
            "edited_message",
            *["message"] * 4,
            *posts,
            "inline_query",
            "my_chat_member",
            "poll_answer",
        ]


async def test_commands_are_marked() -> None:
    """A command that a person types is an entity, as every library needs it."""
    async with asking() as bot:
        bot.api.person(7).say("/close BTCUSDT")

        assert (await updates(bot))[0]["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_message_ids() -> None:
    """A supergroup counts its messages for itself, all private chats count together."""
    async with asking() as bot:
        group = bot.api.group(-100)
        bot.api.person(7).say("a")
        bot.api.person(8).say("b")
        bot.api.person(7).say("c", chat=group.chat)

        assert [each["message"]["message_id"] for each in await updates(bot)] == [1, 2, 1]


@pytest.mark.parametrize("name", APPROACHES)
async def test_every_approach_arrives(name: str) -> None:
    """Each way of approaching brings the words to the bot, in a private chat and in a group (S1)."""
    async with asking() as bot:
        eve = bot.api.person(8, "Eve", knows_bot=False)
        for chat in (eve.chat, bot.api.group(-100).chat):
            update = APPROACHES[name](bot.api, eve, chat, "/emergency")
            assert update is not None
            found = (await updates(bot, offset=update.id))[0]

            assert "/emergency" in str(found)


async def test_confirmed() -> None:
    """A test can wait until the bot has asked for more than there was."""
    async with asking() as bot:
        update = bot.api.person(7).say("/start")
        assert update is not None
        poll = asyncio.create_task(updates(bot, offset=update.id + 1, timeout=30))
        await bot.api.confirmed()
        bot.api.person(7).say("/stop")

        assert len(await poll) == 1
