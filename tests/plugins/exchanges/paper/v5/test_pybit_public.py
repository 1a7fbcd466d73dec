"""The public stream through pybit, unmodified: ticker, candles, trades and book, from the first snapshot on."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from tests.through_pybit import Ears, PybitUser, eventually, stream, user

pytestmark = pytest.mark.integration


class Watching:
    """A user and pybit's public socket."""

    def __init__(self, main: PybitUser, socket: Any) -> None:
        """Nothing is subscribed to yet."""
        self.main = main
        self.socket = socket

    def push(self, price: object, symbol: str = "BTCUSDT") -> None:
        """Move the market."""
        self.main.server.world.push(symbol, Decimal(str(price)))


@pytest_asyncio.fixture
async def watching() -> AsyncIterator[Watching]:
    """Connected."""
    async with user() as main, stream(main.server, "linear") as socket:
        yield Watching(main, socket)


async def test_a_ticker_begins_whole_and_is_kept_whole(watching: Watching) -> None:
    """Pybit merges what changed into the snapshot: what it gives is complete, and as REST has it."""
    ears = Ears()
    watching.socket.ticker_stream("BTCUSDT", ears)
    first = (await ears.next())["data"]
    watching.push(60200)
    second = await ears.until(lambda row: row["lastPrice"] == "60200")

    assert (first["symbol"], first["lastPrice"]) == ("BTCUSDT", "60000")
    assert second.keys() == first.keys()
    assert second["markPrice"] == (await watching.main.rows("get_tickers"))[0]["markPrice"]


async def test_several_symbols_share_a_subscription(watching: Watching) -> None:
    """Each has its snapshot; a push shows only with its symbol."""
    ears = Ears()
    watching.socket.ticker_stream(["BTCUSDT", "ETHUSDT"], ears)
    assert {(await ears.next())["data"]["symbol"] for _ in range(2)} == {"BTCUSDT", "ETHUSDT"}
    watching.push(3001, "ETHUSDT")
    assert (await ears.next())["data"]["symbol"] == "ETHUSDT"


async def test_the_running_candle_is_shown_and_follows(watching: Watching) -> None:
    """Open, unconfirmed, with the price as its close; as REST shows it."""
    ears = Ears()
    watching.socket.kline_stream(60, "BTCUSDT", ears)
    first = (await ears.next())["data"][0]
    watching.push(60300)
    row = await ears.until(lambda each: each["close"] == "60300")
    bar = (await watching.main.rows("get_kline", interval=60, limit=1))[0]

    assert (first["confirm"], first["close"], first["interval"]) == (False, "60000", "60")
    assert row["end"] - row["start"] == 3_600_000 - 1
    assert [str(row["start"]), row["high"], row["close"]] == [bar[0], bar[2], bar[4]]


async def test_every_print_is_shown_once(watching: Watching) -> None:
    """However many trade between two looks at the market, each is shown, in order."""
    ears, ready = Ears(), Ears()
    watching.socket.trade_stream("BTCUSDT", ears)
    watching.socket.ticker_stream("BTCUSDT", ready)
    await ready.next()  # the subscription before this one was read too
    prices = [60_001 + number for number in range(30)]
    for price in prices:
        watching.push(price)
    rows = [await ears.until(lambda _: True) for _ in prices]

    assert [int(row["p"]) for row in rows] == prices
    assert len({row["i"] for row in rows}) == len(prices)


@pytest.mark.parametrize("depth", [1, 50, 200])
async def test_the_book_has_its_depth(watching: Watching, depth: int) -> None:
    """A snapshot around the price, and another when it moves."""
    ears = Ears()
    watching.socket.orderbook_stream(depth, "BTCUSDT", ears)
    first = (await ears.next())["data"]
    watching.push(60400)
    second = await ears.until(lambda row: Decimal(row["b"][0][0]) > 60_300)

    assert (len(first["b"]), len(first["a"])) == (depth, depth)
    assert Decimal(first["b"][0][0]) < 60_000 < Decimal(first["a"][0][0])
    assert Decimal(second["b"][0][0]) < 60_400 < Decimal(second["a"][0][0])
    assert second["u"] > first["u"]


async def test_what_is_unsubscribed_is_heard_no_more(watching: Watching) -> None:
    """Pybit forgets the topic when the venue answers by the id of the subscription."""
    ears, other = Ears(), Ears()
    watching.socket.ticker_stream("BTCUSDT", ears)
    watching.socket.kline_stream(1, "BTCUSDT", other)
    await ears.next()
    watching.socket.unsubscribe("tickers.BTCUSDT")
    await eventually(lambda: watching.socket.get_subscription_topics() == ["kline.1.BTCUSDT"])
    watching.push(60500)
    await other.until(lambda row: row["close"] == "60500")
    watching.push(60600)
    await other.until(lambda row: row["close"] == "60600")
    assert ears.empty()
