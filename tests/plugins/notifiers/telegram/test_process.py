"""The real service with its bot at the fake Telegram: killed in the middle of a delivery, started again, searched."""

import asyncio
import base64
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.botapi.server import BotApi, bot_api
from tests.botapi.trouble import Breaks, SilentAfter

ROOT = Path(__file__).resolve().parents[4]
CONFIG = """
accounts: {{main: {{use: paper, balance: 10000}}}}
notifiers:
  - {{use: telegram, token: !env CANARY, chat: "7", base_url: "{base_url}", base_file_url: "{base_file_url}"}}
  - {{use: file}}
store: {{use: sqlite}}
log: {{level: debug}}
venue: {{state: var/venue.db}}
sample: request.yaml
"""
REQUEST = """
strategy: conservative
symbol: BTCUSDT
side: long
entries: [market, 30000]
take_profits: [90000, 91000, 92000, 93000]
stop: 20000
leverage: 10
margin_percent: 2
"""


@asynccontextmanager
async def service(api: BotApi, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`tandem run`; killed at the end where it still runs. What it says goes into a file."""
    with (folder / "said.txt").open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "app.py"),
            "run",
            "config.yaml",
            cwd=folder,
            env={**os.environ, "CANARY": api.token},
            stdout=said,
            stderr=said,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def forms(token: str) -> Iterator[bytes]:
    """The token as it could be written: plain, its secret half, quoted, in base 64 and hexadecimal (S5)."""
    for each in (token, token.partition(":")[2]):
        yield from (each.encode(), quote(each, safe="").encode(), each.encode().hex().encode())
        yield base64.b64encode(each.encode()).rstrip(b"=")


def leaks(folder: Path, token: str) -> Iterator[Path]:
    """Every file that holds the token."""
    for path in folder.rglob("*"):
        body = path.read_bytes() if path.is_file() else b""
        if any(form in body for form in forms(token)):
            yield path


@pytest.mark.integration
@pytest.mark.slow
async def test_killed_in_the_middle_of_a_delivery(tmp_path: Path) -> None:
    """Kill -9 after Telegram showed it and before anybody knew: the repeat is marked, nothing is lost (D2, rel:I8).

    And the bot's token is in no file, log, database or word of it, though everything was logged (S5).
    """
    async with bot_api() as api:
        alice = api.person(7)
        (tmp_path / "request.yaml").write_text(REQUEST)
        (tmp_path / "config.yaml").write_text(CONFIG.format(base_url=api.base_url, base_file_url=api.base_file_url))
        api.trouble.add(Breaks(502), "sendMessage")
        api.trouble.add(SilentAfter(), "sendMessage")
        async with service(api, tmp_path) as process:
            await api.until(lambda: alice.sees)
            process.kill()
        async with service(api, tmp_path) as process:
            await api.until(lambda: any("entry E1 filled" in each.text for each in alice.sees))
            process.terminate()
            await process.wait()
        opened = [each.text for each in alice.sees if "trade opened" in each.text]
        filled = [each.text for each in alice.sees if "entry E1 filled" in each.text]

    assert len(opened) == 2
    assert "repeat" in opened[-1]
    assert len(filled) == 1
    assert "repeat" not in filled[0].split("entry E1 filled")[1]
    assert "not delivering" in (tmp_path / "var/tandem.log").read_text()
    assert list(leaks(tmp_path, api.token)) == []
