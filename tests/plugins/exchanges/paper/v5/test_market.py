"""The public market over HTTP: no signature, the running candle, pages and spans (V5 market pages)."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from tests.signed import Caller, calling, now

pytestmark = pytest.mark.integration

BTC = {"category": "linear", "symbol": "BTCUSDT"}
MINUTE = 60_000
SYMBOLS = {"BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT"}


@pytest_asyncio.fixture
async def anyone() -> AsyncIterator[Caller]:
    """A caller at a venue whose prices stand still."""
    async with calling(rates=None) as caller:
        yield caller


async def shown(anyone: Caller, path: str, **asked: object) -> Any:
    """The result of an unsigned call."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer, _ = await anyone.send("GET", f"market/{path}", query, {})
    assert answer["retCode"] == 0, answer
    return answer["result"]


async def code(anyone: Caller, path: str, **asked: object) -> int:
    """What an unsigned call is answered with."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return int((await anyone.send("GET", f"market/{path}", query, {}))[0]["retCode"])


async def test_the_clock_is_told_to_the_nanosecond(anyone: Caller) -> None:
    """Seconds, nanoseconds and the envelope's milliseconds agree."""
    answer, _ = await anyone.send("GET", "market/time", "", {})
    nanos = int(answer["result"]["timeNano"])
    assert int(answer["result"]["timeSecond"]) == nanos // 1_000_000_000
    assert answer["time"] == nanos // 1_000_000


async def test_instruments_are_read_by_pages(anyone: Caller) -> None:
    """Each once, until the cursor is empty."""
    read, cursor = [], ""
    for _ in range(3):
        page = await shown(anyone, "instruments-info", category="linear", limit=2, cursor=cursor)
        read += [each["symbol"] for each in page["list"]]
        cursor = page["nextPageCursor"]
    assert (set(read), len(read), cursor) == (SYMBOLS, 5, "")


async def test_an_instrument_has_its_rules(anyone: Caller) -> None:
    """Tick, step, minimum and leverage, as text."""
    found = (await shown(anyone, "instruments-info", **BTC))["list"][0]
    lots = found["lotSizeFilter"]
    assert (found["priceFilter"]["tickSize"], found["priceScale"], found["status"]) == ("0.1", "1", "Trading")
    assert (lots["qtyStep"], lots["minOrderQty"], lots["minNotionalValue"]) == ("0.001", "0.001", "5")
    assert found["leverageFilter"]["maxLeverage"] == "100"


async def test_other_categories_are_empty(anyone: Caller) -> None:
    """Clients ask for all; this venue has linear only."""
    assert (await shown(anyone, "instruments-info", category="spot"))["list"] == []


async def test_tickers_follow_the_price(anyone: Caller) -> None:
    """Last and mark, the day's high and change; all symbols when none is named."""
    anyone.server.world.push("BTCUSDT", Decimal(60_600))
    found = (await shown(anyone, "tickers", **BTC))["list"][0]
    assert (found["lastPrice"], found["markPrice"], found["highPrice24h"]) == ("60600", "60600", "60600")
    assert found["price24hPcnt"] == "0.01"
    assert Decimal(found["bid1Price"]) < 60_600 < Decimal(found["ask1Price"])
    assert {each["symbol"] for each in (await shown(anyone, "tickers", category="linear"))["list"]} == SYMBOLS


async def test_the_running_candle_is_the_first(anyone: Caller) -> None:
    """Newest first: it began this minute, has today's price, and is followed by the one before."""
    before = now()
    anyone.server.world.push("BTCUSDT", Decimal(60_600))
    bars = (await shown(anyone, "kline", **BTC, interval="1", limit=3))["list"]
    starts = [int(each[0]) for each in bars]
    assert starts[0] in (before - before % MINUTE, now() - now() % MINUTE)
    assert [starts[0] - at for at in starts] == [0, MINUTE, 2 * MINUTE]
    assert (bars[0][4], len(bars[0])) == ("60600", 7)


@pytest.mark.parametrize(("interval", "minutes"), [("5", 5), ("60", 60), ("240", 240), ("D", 1_440)])
async def test_candles_begin_on_their_grid(anyone: Caller, interval: str, minutes: int) -> None:
    """Of midnight UTC."""
    bars = (await shown(anyone, "kline", **BTC, interval=interval))["list"]
    assert {int(each[0]) % (minutes * MINUTE) for each in bars} == {0}


async def test_candles_are_asked_by_time(anyone: Caller) -> None:
    """From a start onward, up to an end, and both ends included."""
    newest = int((await shown(anyone, "kline", **BTC, interval="1", limit=1))["list"][0][0])
    start, end = newest - 60 * MINUTE, newest - 50 * MINUTE

    async def minutes(**span: int) -> list[int]:
        bars = (await shown(anyone, "kline", **BTC, interval="1", **span))["list"]
        return [(int(each[0]) - start) // MINUTE for each in bars]

    assert await minutes(start=start, end=end) == list(range(10, -1, -1))
    assert await minutes(start=start, limit=3) == [2, 1, 0]
    assert await minutes(end=end, limit=3) == [10, 9, 8]
    assert await minutes(start=start, end=end, limit=3) == [10, 9, 8]


async def test_mark_candles_have_no_volume(anyone: Caller) -> None:
    """Five columns."""
    bars = (await shown(anyone, "mark-price-kline", **BTC, interval="1", limit=2))["list"]
    assert [len(each) for each in bars] == [5, 5]


async def test_the_book_lies_around_the_price(anyone: Caller) -> None:
    """Best first on both sides, as deep as asked."""
    book = await shown(anyone, "orderbook", **BTC, limit=5)
    bids, asks = ([Decimal(price) for price, _ in book[side]] for side in ("b", "a"))
    assert (len(bids), bids == sorted(bids, reverse=True), asks == sorted(asks)) == (5, True, True)
    assert bids[0] < 60_000 < asks[0]


async def test_trades_come_newest_first(anyone: Caller) -> None:
    """Every price that was pushed is one."""
    for price in (60_010, 60_020):
        anyone.server.world.push("BTCUSDT", Decimal(price))
    found = (await shown(anyone, "recent-trade", **BTC, limit=2))["list"]
    assert [each["price"] for each in found] == ["60020", "60010"]
    assert found[0]["execId"] != found[1]["execId"]


async def test_funding_is_every_eight_hours(anyone: Caller) -> None:
    """Newest first, and of a span when asked."""
    found = (await shown(anyone, "funding/history", **BTC, limit=3))["list"]
    times = [int(each["fundingRateTimestamp"]) for each in found]
    assert [times[0] - at for at in times] == [0, 28_800_000, 57_600_000]
    assert times[0] <= now() < times[0] + 28_800_000 + 60_000
    span = (await shown(anyone, "funding/history", **BTC, startTime=times[2], endTime=times[1]))["list"]
    assert [int(each["fundingRateTimestamp"]) for each in span] == times[1:]


@pytest.mark.parametrize(("path", "asked"), [
    ("open-interest", {"intervalTime": "1h"}), ("account-ratio", {"period": "1h"}),
])  # fmt: skip
async def test_statistics_come_by_the_hour(anyone: Caller, path: str, asked: dict[str, str]) -> None:
    """As many as asked, an hour apart."""
    found = (await shown(anyone, path, **BTC, **asked, limit=2))["list"]
    assert int(found[0]["timestamp"]) - int(found[1]["timestamp"]) == 3_600_000


@pytest.mark.parametrize(("path", "asked"), [
    ("instruments-info", {}),
    ("instruments-info", {"category": "linear", "symbol": "NOSUCHUSDT"}),
    ("tickers", {"category": "inverse"}),
    ("tickers", {"category": "linear", "symbol": "NOSUCHUSDT"}),
    ("kline", {**BTC, "interval": "7"}),
    ("kline", {"category": "linear", "interval": "1"}),
    ("orderbook", {"category": "linear"}),
    ("funding/history", {**BTC, "startTime": "1"}),
    ("open-interest", {**BTC, "intervalTime": "2h"}),
    ("account-ratio", {**BTC}),
])  # fmt: skip
async def test_a_bad_question_is_refused(anyone: Caller, path: str, asked: dict[str, str]) -> None:
    """10001."""
    assert await code(anyone, path, **asked) == 10001
