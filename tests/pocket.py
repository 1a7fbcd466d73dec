"""A person's pocket: the real service as a process over the wire venue, its bot at the strict fake Bot API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.exchange import VenueProcess
from bench.instance import Instance
from tests.botapi.people import Person
from tests.botapi.server import BotApi, bot_api

PATIENCE = 40
"""Seconds in which a service on a busy machine must have done what a test waits for."""


@dataclass
class Pocket:
    """Alice (7) trades, Victor (8) looks on."""

    api: BotApi
    venue: VenueProcess
    instance: Instance

    @property
    def alice(self) -> Person:
        """The trader."""
        return self.api.person(7, "Alice")

    @property
    def victor(self) -> Person:
        """The viewer."""
        return self.api.person(8, "Victor")

    async def started(self) -> None:
        """Start the service and wait until every account is well."""
        self.instance.start()
        await asyncio.to_thread(self.instance.well, PATIENCE)

    async def shows(self, words: str, person: Person | None = None) -> str:
        """Wait until the bot said these words to somebody, anywhere in the chat; returns that message's text."""
        who = person or self.alice
        await self.api.until(lambda: self.found(words, who))
        return self.found(words, who)

    def found(self, words: str, person: Person) -> str:
        """The latest message with these words, "" when there is none."""
        mine = [each.text for each in person.sees if each.sender == person.world.bot and words in each.text]
        return mine[-1] if mine else ""

    async def price(self, symbol: str, last: object) -> None:
        """A trade happens there."""
        await asyncio.to_thread(self.venue.price, symbol, str(last))

    async def state(self) -> dict[str, Any]:
        """What the venue has."""
        return await asyncio.to_thread(self.venue.state)

    async def flat(self) -> bool:
        """Whether nothing is open at the venue, no position and no order."""
        accounts = (await self.state())["accounts"].values()
        return not any(
            each["orders"] or any(Decimal(str(row["size"])) for row in each["positions"]) for each in accounts
        )


@asynccontextmanager
async def pocket(folder: Path, symbols: list[str]) -> AsyncIterator[Pocket]:
    """The service is configured, not started."""
    async with bot_api() as api:
        venue = await asyncio.to_thread(VenueProcess, folder / "venue", symbols)
        (folder / "live").mkdir(mode=0o700)
        token = folder / "live" / "token"
        token.touch(mode=0o600)
        token.write_text(api.token, "utf-8")
        telegram = (
            f"use: telegram, token: !file token, chat: '7', base_url: '{api.base_url}', "
            f"base_file_url: '{api.base_file_url}', chat_interval: 0"
        )
        more = (
            f"notifiers: [{{use: file, path: var/alerts.jsonl}}, {{{telegram}}}]\n"
            "frontends: [{use: telegram, users: {7: trader, 8: viewer}, poll: 2}]\n"
        )
        instance = Instance(folder / "live", venue, "{use: sqlite, path: var/tandem.db}", more=more)
        try:
            yield Pocket(api, venue, instance)
        finally:
            await asyncio.to_thread(instance.kill)
            await asyncio.to_thread(venue.end)
