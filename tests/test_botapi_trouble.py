"""The fake Bot API in bad weather: what it injects, and what was carried out nevertheless."""

import asyncio

import aiohttp
import pytest

from tests.botapi.asking import Asking, asking
from tests.botapi.floods import TELEGRAMS, Limits, Pace
from tests.botapi.trouble import FOR_EVER, Breaks, Delays, Silent, SilentAfter, Tears, TearsAfter


async def send(bot: Asking, chat: int = 7, text: str = "x") -> int:
    """The status of one message."""
    body = await bot.ask("sendMessage", chat_id=chat, text=text)
    return int(body.get("error_code", 200))


async def test_too_many() -> None:
    """429 tells how long to wait; who doesn't wait is written down (F51)."""
    async with asking() as bot:
        alice = bot.api.person(7)
        bot.api.trouble.too_many(3, "send*")
        refused = await bot.ask("sendMessage", chat_id=7, text="x")
        await send(bot)
        bot.api.world.clock.let_pass(3)
        await send(bot)

        assert (refused["error_code"], refused["parameters"]) == (429, {"retry_after": 3})
        assert refused["description"] == "Too Many Requests: retry after 3"
        assert bot.api.floods.impatient == [("sendMessage", 7)]
        assert len(alice.sees) == 2


async def test_limits() -> None:
    """One a second in a chat, thirty a second in all, twenty a minute in a group."""
    async with asking(TELEGRAMS) as bot:
        for number in range(1, 41):
            bot.api.person(number)
        bot.api.group(-100)

        assert [await send(bot), await send(bot)] == [200, 429]
        assert [await send(bot, number) for number in range(11, 41)].count(429) == 1
        bot.api.world.clock.let_pass(1.1)
        assert await send(bot) == 200
        assert [await send(bot, -100) for _ in range(21)].count(429) == 1


async def test_limits_of_a_method() -> None:
    """A method has its own pace, and retry_after is when it is over."""
    async with asking(Limits(methods={"sendMessage": Pace(1, 5)})) as bot:
        bot.api.person(7)
        await send(bot)

        assert (await bot.ask("sendMessage", chat_id=7, text="x"))["parameters"] == {"retry_after": 5}
        bot.api.world.clock.let_pass(5)
        assert await send(bot) == 200


async def test_server_errors() -> None:
    """500 in Telegram's form, and a proxy's page that is no JSON; nothing was carried out."""
    async with asking() as bot:
        alice = bot.api.person(7)
        bot.api.trouble.failing("sendMessage")
        bot.api.trouble.add(Breaks(502), "sendMessage")

        assert await send(bot) == 500
        async with bot.http.get(f"{bot.api.base_url}{bot.api.token}/sendMessage?chat_id=7&text=x") as answer:
            assert (answer.status, answer.content_type) == (502, "text/html")
        assert alice.sees == []


@pytest.mark.parametrize(("fault", "seen"), [(Tears(), 0), (TearsAfter(), 1)])
async def test_torn_connections(fault: Tears | TearsAfter, seen: int) -> None:
    """The connection ends without an answer, before or after the act."""
    async with asking() as bot:
        alice = bot.api.person(7)
        bot.api.trouble.add(fault, "sendMessage")
        with pytest.raises(aiohttp.ClientError):
            await send(bot)

        assert len(alice.sees) == seen
        assert [call.carried_out for call in bot.api.calls] == [bool(seen)]


@pytest.mark.parametrize(("fault", "seen"), [(Silent(), 0), (SilentAfter(), 1)])
async def test_silence(fault: Silent | SilentAfter, seen: int) -> None:
    """No answer ever comes; the caller gives up."""
    async with asking() as bot:
        alice = bot.api.person(7)
        bot.api.trouble.add(fault, "sendMessage")
        asked = asyncio.create_task(send(bot))
        await bot.api.until(lambda: bot.api.calls and len(alice.sees) == seen)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)

        assert len(alice.sees) == seen
        assert bot.api.calls[0].status == 0


async def test_held() -> None:
    """A request waits until the test lets it go; others pass it by."""
    async with asking() as bot:
        alice = bot.api.person(7)
        held = bot.api.trouble.hold("sendMessage")
        first = asyncio.create_task(send(bot, text="first"))
        await bot.api.until(lambda: bot.api.calls)
        await send(bot, text="second")
        held.let_go()
        await first

        assert [each.text for each in alice.sees] == ["second", "first"]


async def test_rules_choose() -> None:
    """A rule is for a method, a chat, a number of times, after so many."""
    async with asking() as bot:
        for number in (7, 8):
            bot.api.person(number)
        rule = bot.api.trouble.add(Breaks(), "send*", chat=8, times=FOR_EVER, after=1)
        assert [await send(bot, 7), await send(bot, 8), await send(bot, 7)] == [200] * 3
        bot.api.trouble.rules.remove(rule)
        bot.api.trouble.second_poller(times=1)

        assert (await bot.ask("getUpdates"))["error_code"] == 409
        assert await bot.get("getUpdates") == []


async def test_chance_is_repeatable() -> None:
    """A storm is the same for the same seed."""
    storms = []
    for _ in range(2):
        async with asking() as bot:
            bot.api.person(7)
            rule = bot.api.trouble.refuse(500, "Internal Server Error", times=FOR_EVER)
            rule.chance = 0.5
            storms.append([await send(bot) for _ in range(20)])

    assert storms[0] == storms[1]
    assert set(storms[0]) == {200, 500}


async def test_down_and_up() -> None:
    """While it is down connections are refused; it comes back on the same port and knows everything."""
    async with asking() as bot:
        alice = bot.api.person(7)
        await send(bot)
        await bot.api.close()
        with pytest.raises(aiohttp.ClientConnectionError):
            await send(bot)
        await bot.api.start()

        assert await send(bot) == 200
        assert len(alice.sees) == 2


async def test_slow_and_unreadable_answers() -> None:
    """A slow answer comes; an answer that is no JSON comes with 200."""
    async with asking() as bot:
        alice = bot.api.person(7)
        bot.api.trouble.add(Delays(0.01), "sendMessage")
        assert await send(bot) == 200
        bot.api.trouble.add(Breaks(200), "sendMessage")
        async with bot.http.get(f"{bot.api.base_url}{bot.api.token}/sendMessage?chat_id=7&text=x") as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")

        assert len(alice.sees) == 1


async def test_downloads_meet_weather() -> None:
    """The download of a file is a request like others."""
    async with asking() as bot:
        bot.api.person(7).send_file(b"words", "notes.txt")
        document = (await bot.get("getUpdates"))[0]["message"]["document"]
        path = (await bot.get("getFile", file_id=document["file_id"]))["file_path"]
        bot.api.trouble.failing("download")
        found = []
        for _ in range(2):
            async with bot.http.get(f"{bot.api.base_file_url}{bot.api.token}/{path}") as answer:
                found.append((answer.status, await answer.read()))

        assert (found[0][0], found[1]) == (500, (200, b"words"))
