"""The bot's token is shown nowhere: not in an error, its traceback, a log, or what a person is told (S5)."""

import base64
import logging
import traceback
from urllib.parse import quote

import pytest

from plugins.notifiers.telegram.client import TelegramClient
from plugins.notifiers.telegram.settings import TelegramSettings
from ports.errors import TandemError
from ports.secret import Secret
from tests.botapi.refusals import Refusal
from tests.botapi.server import bot_api
from tests.botapi.trouble import Breaks, Fault, Refuses, Silent, Tears

TOKEN = "7000000002:canary/of+the=token that nobody may see"
FORMS = (TOKEN, TOKEN.partition(":")[2], quote(TOKEN, safe=""), quote(TOKEN), base64.b64encode(TOKEN.encode()).decode())


@pytest.mark.parametrize(
    "fault",
    [
        *(Breaks(502), Breaks(200), Tears(), Silent(), Refuses(Refusal(401, "Unauthorized"))),
        *(Refuses(Refusal(400, f"Bad Request: {form}")) for form in FORMS),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_no_error_shows_the_token(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong, and however the other side repeats it, in whatever form."""
    caplog.set_level(logging.DEBUG)
    async with bot_api(token=TOKEN) as api:
        api.person(7)
        api.trouble.add(fault)
        settings = TelegramSettings(token=Secret(TOKEN), base_url=api.base_url, timeout=500)
        client = TelegramClient(settings, "telegram")
        with pytest.raises(TandemError) as caught:
            await client.send("7", "x", html=False, silent=False)
        await client.close()

    said = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(client) + repr(settings)
    assert not [form for form in FORMS if form in said]
    assert str(caught.value)


def test_redacted_leaves_the_rest() -> None:
    """Only the token goes."""
    client = TelegramClient(TelegramSettings(token=Secret(TOKEN)), "telegram")

    assert (
        client.redacted(f"asked https://x/bot{quote(TOKEN, safe='')}/getMe twice")
        == "asked https://x/bot***/getMe twice"
    )
