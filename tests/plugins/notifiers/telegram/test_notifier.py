"""Telegram as a notifier against the strict fake Bot API: what is shown, what refuses, what weather means."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
from pydantic import ValidationError
from telegram.ext import ExtBot

from core.alert_text import said
from core.alerts import ActionFailed
from plugins.notifiers.telegram import build
from plugins.notifiers.telegram.notifier import TelegramNotifier
from plugins.notifiers.telegram.settings import TelegramSettings
from ports.contract.notifier import NotifierContract
from ports.contract.samples import critical, delivery, told
from ports.errors import Declined, RateLimited, Unavailable, Unreached
from ports.notifier import Chatting, Delivery, LendsBot, Notifier, Pace
from ports.secret import Secret
from tests.botapi.server import BotApi, bot_api
from tests.botapi.trouble import Breaks, Fault, Silent, SilentAfter, Tears

ALICE = 7


def settings(api: BotApi, **more: Any) -> TelegramSettings:
    """A bot at the fake, whose alerts go to Alice."""
    base = {"token": Secret(api.token), "base_url": api.base_url, "base_file_url": api.base_file_url}
    return TelegramSettings(**{**base, "chat": str(ALICE), **more})


@asynccontextmanager
async def scene(**more: Any) -> AsyncIterator[tuple[BotApi, TelegramNotifier]]:
    """The fake, with Alice, and a started notifier."""
    async with bot_api() as api:
        api.person(ALICE, "Alice")
        notifier = build(settings(api, **more), name="telegram")
        await notifier.start()
        try:
            yield api, notifier
        finally:
            await notifier.close()


class TestTelegram(NotifierContract):
    """The shared contract."""

    @pytest.fixture(autouse=True)
    async def _api(self) -> AsyncIterator[None]:
        async with bot_api() as api:
            self.api = api
            api.person(ALICE)
            yield

    async def made(self) -> Notifier:
        """A notifier that writes to Alice."""
        return build(settings(self.api), name="telegram")

    async def shown(self, notifier: Notifier) -> str:
        """All that Alice sees."""
        return "\n".join(message.text for message in self.api.person(ALICE).sees)

    def worded(self, one: Delivery) -> str:
        """A card words its alert itself."""
        return said(one.alert).lines[0]


async def test_alert_is_a_card_with_a_receipt() -> None:
    """Bold headline, the trade as code, and where the message is (D2)."""
    async with scene() as (api, notifier):
        receipt = await notifier.deliver(delivery(critical("x")))
        seen = api.person(ALICE).last

    assert receipt.reference == f"{ALICE}/{seen.id}"
    assert seen.marks == (("bold", "STOP HIT"), ("code", "7K3QX9A2MD"))
    assert not seen.silent


async def test_silent_ones_make_no_sound() -> None:
    """Only where each alert of the message is silent (D3)."""
    async with scene() as (api, notifier):
        quiet = replace(delivery(told("x")), silent=True)
        await notifier.deliver(quiet)
        await notifier.deliver_together((quiet, delivery(told("y"))))

        assert [each.silent for each in api.person(ALICE).sees] == [True, False]


async def test_several_alerts_are_one_message() -> None:
    """Each with its headline and marks, the market once (D2)."""
    async with scene() as (api, notifier):
        await notifier.deliver_together((delivery(told("x")), delivery(told("y"), repeat=True)))
        (seen,) = api.person(ALICE).sees

    assert seen.text.count("close handled late") == 2
    assert seen.text.count("BTCUSDT LONG") == 1
    assert seen.text.count("repeat") == 1


@pytest.mark.parametrize("standing", ["unknown", "blocked"])
async def test_closed_chats_refuse(standing: str) -> None:
    """Forbidden and not found count as refusals, and say what would mend them (D2)."""
    async with scene(chat="8") as (api, notifier):
        if standing == "blocked":
            api.person(8).block()
        with pytest.raises(Declined, match="telegram: chat 8"):
            await notifier.deliver(delivery(told("x")))


async def test_no_chat_at_all_refuses() -> None:
    """Where nobody said who is told."""
    async with scene(chat="") as (api, notifier):
        with pytest.raises(Declined, match="default_chat"):
            await notifier.deliver(delivery(told("x")))

        assert api.calls == []


async def test_markup_that_is_refused_goes_without() -> None:
    """An alert without markup beats none; nothing matches Telegram's words for it."""
    async with scene() as (api, notifier):
        api.trouble.refuse(400, "Bad Request: can't parse entities", "sendMessage")
        hostile = replace(told("x"), body=ActionFailed("place <TP2>", "a < b & c", "it waits"))
        await notifier.deliver(delivery(hostile))
        seen = api.person(ALICE).last

    assert seen.marks == ()
    assert "could not place <TP2>" in seen.text
    assert "a < b & c" in seen.text


async def test_patience_is_obeyed() -> None:
    """retry_after reaches the outbox, which waits longer than that; the library's own retries are off (rel:F51)."""
    async with scene() as (api, notifier):
        api.trouble.too_many(7, "sendMessage")
        with pytest.raises(RateLimited, match="7 s of silence") as caught:
            await notifier.deliver(delivery(told("x")))

        assert 7 < caught.value.retry_after_seconds < 8
        assert len(api.calls) == 1


@pytest.mark.parametrize(
    ("fault", "shown"), [(Breaks(502), 0), (Tears(), 0), (Silent(), 0), (SilentAfter(), 1)], ids=str
)
async def test_weather_is_unavailable_and_may_have_shown_it(fault: Fault, shown: int) -> None:
    """A broken, torn or missing answer uses nothing up and proves nothing (D2, E7)."""
    async with scene(timeout=500) as (api, notifier):
        api.trouble.add(fault, "sendMessage")
        with pytest.raises(Unavailable, match="no answer from Telegram") as caught:
            await notifier.deliver(delivery(told("x")))

        assert not isinstance(caught.value, Unreached)
        assert len(api.person(ALICE).sees) == shown


async def test_unreachable_telegram_showed_nothing() -> None:
    """A refused connection is no try: its alert needs no repeat mark later."""
    async with scene() as (api, notifier):
        await api.close()
        with pytest.raises(Unreached, match="can't be reached"):
            await notifier.deliver(delivery(told("x")))
        await api.start()
        await notifier.deliver(delivery(told("x")))

        assert len(api.person(ALICE).sees) == 1


async def test_wrong_token_says_what_mends_it() -> None:
    """Nothing is used up while a person looks for the right one; the token is not repeated."""
    async with scene(token=Secret("8:wrong-token-of-nobody")) as (_, notifier):
        with pytest.raises(Unreached, match="BotFather") as caught:
            await notifier.deliver(delivery(told("x")))

    assert "wrong-token" not in str(caught.value)


async def test_group_that_moved_is_followed() -> None:
    """A group that became a supergroup has another number, and so has what that became; alerts find it."""
    async with scene(chat="-5") as (api, notifier):
        api.group(-5).become(api.group(-1005).chat)
        api.group(-1005).become(api.group(-1007).chat)
        for cause in "xy":
            await notifier.deliver(delivery(told(cause)))

        assert [call.chat for call in api.calls] == [-5, -1005, -1007, -1007]


async def test_bot_is_lent_while_the_notifier_is_open() -> None:
    """A front end asks and writes through the same connection and rate limiter (D2)."""
    async with scene() as (api, notifier):
        assert isinstance(notifier, LendsBot)
        bot = cast("ExtBot[int]", notifier.bot)
        await bot.send_message(ALICE, "from a screen")
        assert await bot.get_updates(timeout=0) == ()
        await notifier.close()
        with pytest.raises(Exception, match="not initialized"):
            await bot.send_message(ALICE, "gone")

        assert [each.text for each in api.person(ALICE).sees] == ["from a screen"]


async def test_it_starts_while_telegram_is_down() -> None:
    """Trading does not wait for it (E7)."""
    async with bot_api() as api:
        notifier = build(settings(api), name="telegram")
        await api.close()
        await notifier.start()
        with pytest.raises(Unavailable):
            await notifier.deliver(delivery(told("x")))
        await notifier.close()


async def test_what_it_offers_besides() -> None:
    """Chats with their pace: a person's, a group's."""
    async with scene(chat_interval="2s", group_rate=10) as (_, notifier):
        assert isinstance(notifier, Chatting)
        assert notifier.home == "7"
        assert [notifier.pace(chat) for chat in ("7", "-5", "@signals")] == [Pace(1, 2_000), *[Pace(10, 60_000)] * 2]


@pytest.mark.parametrize("address", ["http://api.telegram.org/bot", "https://a:b@x.io/bot", "http://127.0.0.1.io/bot"])
def test_token_goes_to_protected_addresses_only(address: str) -> None:
    """https, or this machine (S6)."""
    with pytest.raises(ValidationError, match="no protected address"):
        TelegramSettings(token=Secret("7:x"), base_url=address)
