"""The fake Bot API with python-telegram-bot, unchanged, as its client: a whole bot, its rate limiter, its errors."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.botapi.asking import picture
from tests.botapi.floods import Limits, Pace
from tests.botapi.people import Person
from tests.botapi.server import BotApi, bot_api
from tests.botapi.trouble import Breaks, Silent, SilentAfter, Tears, TearsAfter

pytest.importorskip("telegram")

from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

Context = ContextTypes.DEFAULT_TYPE
GO = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


@pytest.fixture(autouse=True)
def _waits_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this the library warns of its own retry_after, and a warning is an error here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@asynccontextmanager
async def client(api: BotApi, *, token: str = "") -> AsyncIterator[Bot]:
    """A bot that only asks."""
    async with Bot(token or api.token, base_url=api.base_url, base_file_url=api.base_file_url) as bot:
        yield bot


async def greet(update: Update, _: Context) -> None:
    """The answer to /start."""
    assert update.effective_message is not None
    await update.effective_message.reply_text("<b>Welcome</b>", parse_mode=ParseMode.HTML, reply_markup=GO)


async def pressed(update: Update, _: Context) -> None:
    """The answer to a button."""
    assert update.callback_query is not None
    await update.callback_query.answer("Going")
    await update.callback_query.edit_message_text("Gone")


async def weigh(update: Update, _: Context) -> None:
    """The answer to a picture: how many bytes it has."""
    assert update.effective_message is not None
    file = await update.effective_message.photo[-1].get_file()
    body = await file.download_as_bytearray()
    await update.effective_message.reply_photo(bytes(body), caption=f"{len(body)} bytes")


@asynccontextmanager
async def application(api: BotApi) -> AsyncIterator[Any]:
    """A bot that polls, with its rate limiter and three handlers."""
    builder = Application.builder().token(api.token).base_url(api.base_url).base_file_url(api.base_file_url)
    app = builder.rate_limiter(AIORateLimiter(max_retries=3)).build()
    app.add_handler(CommandHandler("start", greet))
    app.add_handler(CallbackQueryHandler(pressed))
    app.add_handler(MessageHandler(filters.PHOTO, weigh))
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(timeout=timedelta(seconds=30), allowed_updates=Update.ALL_TYPES)
        try:
            yield app
        finally:
            await app.updater.stop()
            await app.stop()


def says(person: Person, text: str) -> Callable[[], bool]:
    """Whether the bot's latest words to somebody are these."""
    return lambda: bool([each for each in person.sees if each.sender == person.world.bot]) and person.last.text == text


async def test_a_conversation() -> None:
    """A command, a button, an edit in place, a toast: each as the person sees it."""
    async with bot_api() as api, application(api):
        alice = api.person(7, "Alice", knows_bot=False)
        alice.say("/start")
        await api.until(says(alice, "Welcome"))
        assert (alice.last.marks, alice.last.labels) == ((("bold", "Welcome"),), (("Go",),))
        press = alice.press("Go")
        await api.until(says(alice, "Gone"))

        assert (press.toast, alice.last.labels) == ("Going", ())
        assert api.world.updates.every[-1].kind == "callback_query"


async def test_a_picture_there_and_back() -> None:
    """The bot fetches what a person sent and sends it back."""
    async with bot_api() as api, application(api):
        alice = api.person(7)
        alice.send_photo(picture())
        await api.until(lambda: alice.last.picture if len(alice.sees) > 1 else None)

        assert alice.last.picture is not None
        assert alice.last.text == f"{len(alice.last.picture)} bytes"


async def test_a_bot_that_stops_has_confirmed_all() -> None:
    """Its last poll makes what it handled go."""
    async with bot_api() as api:
        alice = api.person(7)
        async with application(api):
            alice.say("/start")
            await api.until(says(alice, "Welcome"))

        assert api.world.updates.waiting == []


async def test_a_second_poller() -> None:
    """The bot is told of a conflict and goes on when the other one has left (F52)."""
    async with bot_api() as api:
        api.trouble.second_poller(times=1)
        alice = api.person(7)
        alice.say("/start")
        async with application(api):
            await api.until(says(alice, "Welcome"))

        assert [call.status for call in api.calls_of("getUpdates")][:2] == [409, 200]


async def test_it_polls_through_an_outage() -> None:
    """Broken answers and torn connections delay an update and lose none."""
    async with bot_api() as api:
        for fault in (Breaks(502), Tears()):
            api.trouble.add(fault, "getUpdates")
        alice = api.person(7)
        alice.say("/start")
        async with application(api):
            await api.until(says(alice, "Welcome"))

        assert len(alice.sees) == 2


async def test_the_rate_limiter_waits() -> None:
    """AIORateLimiter obeys retry_after: nobody comes too early and nothing is lost (F51)."""
    async with bot_api(limits=Limits(methods={"sendMessage": Pace(1, 0.05)})) as api, application(api) as app:
        alice = api.person(7)
        for number in range(2):
            await app.bot.send_message(7, str(number))

        assert [each.text for each in alice.sees] == ["0", "1"]
        assert api.floods.impatient == []


Ask = Callable[[Bot], Coroutine[Any, Any, object]]


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda bot: bot.send_message(7, "<x>", parse_mode="HTML"), BadRequest, "unsupported start tag"),
        (lambda bot: bot.send_message(7, "x" * 4097), BadRequest, "Message is too long"),
        (lambda bot: bot.send_message(8, "x"), BadRequest, "Chat not found"),
        (lambda bot: bot.send_message(9, "x"), Forbidden, "blocked by the user"),
        (lambda bot: bot.send_message(-5, "x"), ChatMigrated, "-1005"),
        (lambda bot: bot.edit_message_text("x", 7, 99), BadRequest, "Message to edit not found"),
        (lambda bot: bot.send_photo(7, picture(), caption="x" * 1025), BadRequest, "caption is too long"),
        (lambda bot: bot.answer_callback_query("1"), BadRequest, "Query is too old"),
        (lambda bot: bot.send_dice(7), TelegramError, "the fake has no method sendDice"),
        (lambda bot: bot.send_message(7, "x", api_kwargs={"texts": "x"}), BadRequest, "no parameter 'texts'"),
    ],
)
async def test_refusals_are_the_library_s_errors(ask: Ask, error: type[TelegramError], words: str) -> None:
    """The library knows each refusal by the code and words that Telegram uses."""
    async with bot_api() as api, client(api) as bot:
        api.person(7)
        api.person(9).block()
        api.group(-5).become(api.group(-1005).chat)

        with pytest.raises(error, match=words):
            await ask(bot)


@pytest.mark.parametrize(
    ("fault", "error", "seen"),
    [
        (Breaks(502), NetworkError, 0),
        (Tears(), NetworkError, 0),
        (TearsAfter(), NetworkError, 1),
        (Silent(), TimedOut, 0),
        (SilentAfter(), TimedOut, 1),
    ],
)
async def test_weather_is_the_library_s_errors(fault: Any, error: type[TelegramError], seen: int) -> None:
    """Whatever the weather does, the library says so; only the chat knows what was carried out."""
    async with bot_api() as api, client(api) as bot:
        alice = api.person(7)
        api.trouble.add(fault, "sendMessage")

        with pytest.raises(error):
            await bot.send_message(7, "x", read_timeout=0.5)
        await api.until(lambda: api.calls_of("sendMessage")[0].over)
        assert len(alice.sees) == seen


async def test_too_many_and_conflict() -> None:
    """429 brings its seconds, 409 its own error."""
    async with bot_api() as api, client(api) as bot:
        api.person(7)
        api.trouble.too_many(5, "sendMessage")
        api.trouble.second_poller()

        with pytest.raises(RetryAfter, match="Retry in 0:00:05"):
            await bot.send_message(7, "x")
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await bot.get_updates()


async def test_a_wrong_token() -> None:
    """The library refuses to begin."""
    async with bot_api() as api:
        with pytest.raises(InvalidToken):
            async with client(api, token="8:other"):
                pass

        assert api.front.strangers == ["getMe"]


async def test_all_that_a_dashboard_does() -> None:
    """Commands, actions, pictures replaced in place, captions, buttons, deletion."""
    async with bot_api() as api, client(api) as bot:
        alice = api.person(7)
        await bot.set_my_commands([BotCommand("start", "Begin")])
        await bot.send_chat_action(7, "upload_photo")
        sent = await bot.send_photo(7, picture(), caption="one", reply_markup=GO)
        await sent.edit_media(InputMediaPhoto(picture(colour="red"), caption="two"), reply_markup=GO)
        await sent.edit_caption("three")
        await sent.edit_reply_markup(GO)
        versions = alice.chat.versions[sent.message_id]
        await sent.delete()

        assert [(each.text, bool(each.labels)) for each in versions] == [
            *(("one", True), ("two", True)),
            *(("three", False), ("three", True)),
        ]
        assert (alice.sees, alice.chat.actions) == ([], ["upload_photo"])


async def test_an_album_and_the_screen() -> None:
    """Two pictures arrive together; the chat can be read as it looks on the phone."""
    async with bot_api() as api, client(api) as bot:
        alice = api.person(7, "Alice")
        alice.say("/stats")
        sent = await bot.send_media_group(
            7, [InputMediaPhoto(picture()), InputMediaPhoto(picture(90, 90))], caption="P&L"
        )
        await bot.send_message(7, "<i>one</i>\ntwo", "HTML", disable_notification=True, reply_markup=GO)

        assert len({message.media_group_id for message in sent}) == 1
        assert alice.screen.splitlines() == [
            *("-- Alice", "/stats", "-- Tandem", "<picture 640x480>", "P&L", "-- Tandem", "<picture 90x90>"),
            *("-- Tandem (silent)", "one", "two", "[Go]"),
        ]


async def test_what_the_library_sends_is_known() -> None:
    """Options of a message arrive and are none of them unknown."""
    async with bot_api() as api, client(api) as bot:
        alice = api.person(7)
        alice.say("ping")
        sent = await bot.send_message(
            7,
            "see https://x.io",
            disable_notification=True,
            protect_content=True,
            reply_to_message_id=1,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

        assert (alice.last.silent, alice.last.protected, alice.last.reply_to) == (True, True, 1)
        assert [entity.type for entity in sent.entities] == ["url"]
        assert (await bot.get_chat(7)).id == 7
