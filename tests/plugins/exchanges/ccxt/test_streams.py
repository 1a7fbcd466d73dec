"""ccxt's private stream: begun anew whenever it breaks."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import pytest

from core.commands import Cancel, Done
from core.facts import Stream, VenueFact
from core.words import Slot
from plugins.exchanges.ccxt import streams
from plugins.exchanges.ccxt.reads import Reads
from plugins.exchanges.ccxt.streams import WATCHED, Streams
from ports import echo

pytestmark = pytest.mark.integration


class Client:
    """A connection of ccxt.pro's that is asked for all that is watched."""

    isConnected = True  # noqa: N815 - ccxt's name

    def __init__(self, asked: int = len(WATCHED)) -> None:
        """Open; *asked* subscriptions stand."""
        self.subscriptions = dict.fromkeys(range(asked))
        self.error: Exception | None = None
        self.open = True

    def closed(self) -> bool:
        """Whether nothing comes any more."""
        return not self.open

    async def close(self) -> None:
        """Close it."""
        self.open = False


class Venue:
    """ccxt.pro's Bybit: each stream has the next of these connections; a *breaking* one ends when it was told up."""

    error: BaseException = OSError("reset")

    def __init__(self, *clients: Client, breaking: bool = False) -> None:
        """Nothing is watched yet."""
        self.clients: dict[str, Client] = {}
        self.next = iter(clients)
        self.breaking = breaking
        self.told = asyncio.Event()
        self.said: list[bool] = []
        self.watch_orders = self.watch_my_trades = self.watch_positions = self._watch

    async def _watch(self) -> Any:
        if not self.clients:
            self.clients["wss://x/v5/private"] = next(self.next)
        await (self.told.wait() if self.breaking else asyncio.Event().wait())
        raise self.error

    def put(self, facts: Iterable[VenueFact]) -> None:
        """Hear what is said of the stream."""
        (fact,) = facts
        assert isinstance(fact, Stream)
        self.said.append(fact.up)
        self.told.set() if fact.up else self.told.clear()


def watching(venue: Venue) -> Streams:
    """The private stream there."""
    return Streams(venue, Reads("main", venue, lambda: 1), venue.put, lambda: 1)


async def play(venue: Venue, said: list[bool], stream: Streams | None = None) -> None:
    """Run until that was said."""
    running = asyncio.create_task((stream or watching(venue)).run())
    async with asyncio.timeout(10):
        while venue.said[: len(said)] != said:  # noqa: ASYNC110 - it tells what it is told only
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_stream_that_stood_is_begun_anew_at_once(monkeypatch: Any) -> None:
    """rel:F19, rel:I11: after five breaks in as many weeks each one left the account without a stream for 30 s."""
    monkeypatch.setattr(streams, "PAUSES", (0, 3_600))
    venue = Venue(Client(), Client(), Client(), breaking=True)
    await play(venue, [True, False] * 3)
    assert venue.said[:6] == [True, False] * 3
    assert next(venue.next, None) is None


async def test_a_stream_whose_watch_ccxt_cancels_is_begun_anew(monkeypatch: Any) -> None:
    """rel:F18, rel:F19: closing a connection it cancels who waits there: no stream came any more, it seemed up."""
    monkeypatch.setattr(streams, "PAUSES", (0, 3_600))
    venue = Venue(Client(), Client(), breaking=True)
    venue.error = asyncio.CancelledError()
    await play(venue, [True, False] * 2)
    assert venue.said[:4] == [True, False] * 2


async def test_a_stream_that_ccxt_lost_is_begun_anew(monkeypatch: Any) -> None:
    """rel:F18: asked for in part only, or closed with nobody told: those who watch wait for ever, and it seemed up."""
    monkeypatch.setattr(streams, "PAUSES", (0,))
    monkeypatch.setattr(streams, "STANDS_WITHIN", 0)
    monkeypatch.setattr(streams, "SETTLED_AFTER", 0)
    half, gone, well = Client(asked=1), Client(), Client()
    gone.subscriptions.clear()
    venue = Venue(half, gone, well)
    await play(venue, [False, False, True, True])
    well.open = False

    assert not half.open
    assert isinstance(half.error, ConnectionError)


async def test_a_stream_whose_connection_is_gone_is_down(monkeypatch: Any) -> None:
    """rel:F18: ccxt keeps a connection that broke while it was read, and tells nobody."""
    monkeypatch.setattr(streams, "SETTLED_AFTER", 0)
    monkeypatch.setattr(streams, "LOOK_EVERY", 0)
    first = Client()
    venue = Venue(first, Client())
    closing = asyncio.create_task(play(venue, [True, True, False, True, True]))
    while len(venue.said) < 2:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.005)
    first.open = False
    await closing
    assert venue.said[:5] == [True, True, False, True, True]


async def test_a_stream_that_does_not_show_what_was_changed_is_begun_anew(monkeypatch: Any) -> None:
    """rel:F18, rel:I11: it answered pings and showed nothing: each fill was heard of a minute late, for ever."""
    monkeypatch.setattr(streams, "SETTLED_AFTER", 0)
    monkeypatch.setattr(streams, "LOOK_EVERY", 0)
    monkeypatch.setattr(echo, "ECHO_WITHIN", 0)
    first = Client()
    venue = Venue(first, Client())
    stream = watching(venue)
    playing = asyncio.create_task(play(venue, [True, True, False, True, True], stream))
    while len(venue.said) < 2:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.005)
    stream.echo.answered(Cancel("t1-main-7K3QX9A2MD-E1-00", Slot("BTCUSDT", 0)), Done(), time.monotonic())
    await playing
    assert venue.said[:5] == [True, True, False, True, True]
    assert not first.open
