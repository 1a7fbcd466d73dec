"""What an account looks at by itself: the venue's clock above all."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from core.facts import VenueFact
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.budget import Budget
from plugins.exchanges.bybit.hosts import hosts
from plugins.exchanges.bybit.lanes import Lanes
from plugins.exchanges.bybit.link import Frame, Socket
from plugins.exchanges.bybit.looks import Looks
from plugins.exchanges.bybit.parts import Ears, Parts
from plugins.exchanges.bybit.prices import Prices
from plugins.exchanges.bybit.replies import Answered, Reply
from plugins.exchanges.bybit.session import Session
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.server import VenueServer, system_now
from plugins.exchanges.paper.v5.settings import WireSettings
from tests.wire import BALANCES, key_of

KEY = {"userID": 7, "uta": 1, "permissions": {"ContractTrade": ["Order", "Position"]}, "ips": ["203.0.113.7"]}
LISTED: dict[str, Any] = {"list": []}


class Calls:
    """A venue whose clock says 6,000 when ours said 1,000, midway; a list of positions waits to be let go."""

    offset = 0

    def __init__(self) -> None:
        """Nothing waits yet."""
        self.begun, self.gate = threading.Event(), threading.Event()

    def call(self, method: str, _: Mapping[str, Any]) -> Reply:
        """Answer."""
        if method == "get_server_time":
            return Answered(0, "OK", {"timeNano": "6000000000"}, midway=1_000)
        if method == "get_executions":
            self.begun.set()
            self.gate.wait(20)
        return Answered(0, "OK", KEY if method == "get_api_key_information" else LISTED)

    def close(self) -> None:
        """Nothing is open."""


def none(_: Callable[[Frame], None], __: Callable[[str], None]) -> Socket:
    """No stream is ever connected here."""
    raise OSError


def looks(calls: Calls) -> tuple[Looks, Parts]:
    """An account's looks through three threads, of which one may read."""
    told: list[VenueFact] = []
    api = Api("main", calls, Lanes(3, Budget(500), lambda: time.monotonic_ns() // 1_000_000), lambda _: None)
    ears = Ears(put=told.extend, up=lambda: None, down=lambda _: None, spoilt=lambda _: None)
    parts = Parts(api, none, none, ears, Prices())
    return Looks(parts, hosts("live"), told.extend, {}), parts


async def test_the_clocks_offset_is_that_of_the_round_trip_itself() -> None:
    """rel:F05: what the request waited for its turn, and its answer for the loop, is no part of the trip."""
    look, parts = looks(Calls())
    await look.first()
    parts.api.close()

    assert parts.api.session.offset == 5_000


async def test_the_clock_is_looked_at_before_what_only_asks() -> None:
    """rel:F05: with a wrong clock no stop is taken; questions that hang must not hold up what mends it."""
    calls = Calls()
    look, parts = looks(calls)
    hanging = asyncio.create_task(parts.api.read("get_executions"))
    await asyncio.to_thread(calls.begun.wait, 20)
    first = asyncio.create_task(look.first())
    async with asyncio.timeout(5):
        while not parts.api.session.offset:  # noqa: ASYNC110 - an offset tells nobody
            await asyncio.sleep(0.01)
    waits = not hanging.done()
    calls.gate.set()
    await asyncio.gather(hanging, first)
    parts.api.close()
    assert waits


@pytest.mark.integration
async def test_an_answer_says_when_it_was_asked_for_by_our_clock() -> None:
    """rel:F05: measured around the call itself, in its thread."""
    server = VenueServer(WireSettings(accounts=accounts(BALANCES)))
    await server.start()
    key = key_of(server, "main")
    session = Session(hosts(server.http), key.secret, key.secret, threads=1, timeout=2)
    before = system_now()
    reply = await asyncio.to_thread(session.call, "get_server_time", {})
    after = system_now()
    session.close()
    await server.close()

    assert isinstance(reply, Answered)
    assert before <= reply.midway <= after
    assert before <= int(reply.result["timeNano"]) // 1_000_000 <= after
