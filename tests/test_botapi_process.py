"""The fake Bot API with a bot that is a process of its own, killed in the middle and started again."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.botapi.server import BotApi, bot_api

pytest.importorskip("telegram")
pytestmark = pytest.mark.integration

BOT = """
import sys
from telegram import Update
from telegram.ext import Application, MessageHandler, filters

async def echo(update, context):
    await update.effective_message.reply_text(update.effective_message.text[::-1])

token, base_url = sys.argv[1:]
app = Application.builder().token(token).base_url(base_url).build()
app.add_handler(MessageHandler(filters.TEXT, echo))
app.run_polling(timeout=30, stop_signals=None)
"""


@asynccontextmanager
async def bot(api: BotApi) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot as a process; killed at the end."""
    environment = os.environ | {"PTB_TIMEDELTA": "true"}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BOT, api.token, api.base_url, env=environment)
    try:
        await api.until(lambda: api.world.updates.polled)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_killed_in_the_middle() -> None:
    """What was held for a process that died is never carried out; the next one goes on in the same chat.

    The library confirms an update before it is handled: what the first process was told is lost with it (F53).
    """
    async with bot_api() as api:
        alice = api.person(7)
        held = api.trouble.hold("sendMessage")
        async with bot(api) as process:
            alice.say("one")
            await api.until(lambda: api.calls_of("sendMessage"))
            await api.confirmed()
            process.kill()
        await api.until(lambda: api.calls_of("sendMessage")[0].over)
        held.let_go()
        alice.say("two")
        async with bot(api):
            await api.until(lambda: alice.sees[-1].text == "owt")

        assert [each.text for each in alice.sees] == ["one", "two", "owt"]
        assert [call.status for call in api.calls_of("sendMessage")] == [0, 200]
