"""A client without a library: plain requests to the fake, and what came back."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
from PIL import Image

from tests.botapi.floods import NO_LIMITS, Limits
from tests.botapi.server import BotApi, bot_api


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks as a bot does, without any help."""

    api: BotApi
    http: aiohttp.ClientSession

    async def ask(self, method: str, files: Mapping[str, bytes] | None = None, /, **fields: Any) -> dict[str, Any]:
        """The whole answer to a request; fields that are no texts go as JSON."""
        address = f"{self.api.base_url}{self.api.token}/{method}"
        if files:
            form = aiohttp.FormData({name: str(value) for name, value in fields.items()})
            for name, content in files.items():
                form.add_field(name, content, filename="chart.png", content_type="image/png")
            answer = await self.http.post(address, data=form)
        else:
            answer = await self.http.post(address, json=fields)
        async with answer:
            body: dict[str, Any] = await answer.json()
            assert answer.status == (200 if body["ok"] else body["error_code"])
            return body

    async def get(self, method: str, files: Mapping[str, bytes] | None = None, /, **fields: Any) -> Any:
        """The result; fails when it was refused."""
        body = await self.ask(method, files, **fields)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, files: Mapping[str, bytes] | None = None, /, **fields: Any) -> str:
        """The description of a refusal."""
        body = await self.ask(method, files, **fields)
        assert not body["ok"], body
        return str(body["description"])


@asynccontextmanager
async def asking(limits: Limits = NO_LIMITS) -> AsyncIterator[Asking]:
    """A fake and somebody who asks it."""
    async with bot_api(limits=limits) as api, aiohttp.ClientSession() as http:
        yield Asking(api, http)


def picture(width: int = 640, height: int = 480, colour: str = "navy") -> bytes:
    """A PNG."""
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()
