"""What there is to choose from when a trade is made up (E2)."""

import asyncio
from typing import Any

import pytest

from core.engine.choices import Choices
from core.engine.memory_store import MemoryStore
from core.errors import ConfigError, Unavailable
from core.plan import Rules
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.strategies.conservative.strategy import Conservative
from tests.living import SYMBOL, ask, serving


class Unlisted:
    """An exchange that doesn't say what it trades."""

    def __init__(self, each: PaperExchange) -> None:
        """Around *each*."""
        self._each = each

    def __getattr__(self, name: str) -> Any:
        """As the exchange itself."""
        return getattr(self._each, name)

    async def instruments(self) -> Any:
        """Not now."""
        raise Unavailable("main: no answer")


class Mute(Unlisted):
    """One that never answers."""

    async def instruments(self) -> Any:
        """Not in this life."""
        await asyncio.Event().wait()


class Forgetful(MemoryStore):
    """A store that can't look back."""

    locked = False

    async def closed(self, account: str | None = None, limit: int = 100) -> Any:
        """Not while it is locked."""
        if self.locked:
            raise Unavailable("locked")
        return await super().closed(account, limit)


async def test_leaders_with_mirrors_strategies_with_shares_and_what_was_traded() -> None:
    """E2, A1: the wizard asks only where there is a choice."""
    async with serving(accounts=("main", "mirror"), strategy=Conservative("conservative", Rules())) as stage:
        await stage.service.open(ask(stage), "main")
        data: Any = (await Choices(stage.service).choices({"like": "eth"}))["data"]

    assert data["leaders"] == [{"account": "main", "environment": "paper", "mirrors": ["mirror"]}]
    assert data["strategies"] == [{"name": "conservative", "shares": ["85", "5", "5", "5"]}]
    assert (data["recent"], data["like"]) == ([SYMBOL], ["ETHUSDT"])


async def test_a_mirror_leads_nobody() -> None:
    """A1: a request goes to a leader."""
    async with serving(accounts=("main", "mirror")) as stage:
        for named in ("mirror", "nobody"):
            with pytest.raises(ConfigError, match=r"there are main$"):
                await Choices(stage.service).choices({"account": named})


@pytest.mark.parametrize("venue", [Unlisted, Mute])
async def test_what_cannot_be_asked_is_left_out(venue: type[Unlisted]) -> None:
    """J1, rel:F58: a venue or a store that doesn't answer costs buttons, not the wizard."""
    store = Forgetful()
    async with serving(wrap=venue, store=store) as stage:
        store.locked = True
        stage.service.connections.price_within = 0.02
        async with asyncio.timeout(5):
            found: Any = await Choices(stage.service).choices({"like": "eth"})

    assert (found["exit"], found["data"]["like"], found["data"]["recent"]) == (0, [], [])
