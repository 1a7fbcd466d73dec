"""The market through pybit, unmodified and without a key."""

import time
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio

from tests.through_pybit import PybitUser, user

pytestmark = pytest.mark.integration

MINUTE = 60_000


@pytest_asyncio.fixture
async def main() -> AsyncIterator[PybitUser]:
    """A user who signs nothing here."""
    async with user() as found:
        yield found


async def test_the_clock_is_told(main: PybitUser) -> None:
    """In seconds and nanoseconds of the same moment."""
    told = (await main.envelope("get_server_time"))["result"]
    assert int(told["timeNano"]) // 1_000_000_000 == int(told["timeSecond"])
    assert abs(int(told["timeSecond"]) - time.time()) < 60


async def test_instruments_tell_their_rules(main: PybitUser) -> None:
    """Tick, lot and leverage of one symbol; all of them by pages."""
    row = (await main.rows("get_instruments_info"))[0]
    assert (row["priceFilter"]["tickSize"], row["lotSizeFilter"]["qtyStep"]) == ("0.1", "0.001")
    assert (row["lotSizeFilter"]["minNotionalValue"], row["leverageFilter"]["maxLeverage"]) == ("5", "100")
    first = await main.ask("get_instruments_info", limit=3)
    rest = await main.ask("get_instruments_info", limit=500, cursor=first["nextPageCursor"])
    symbols = [each["symbol"] for each in first["list"] + rest["list"]]
    assert len(first["list"]) == 3
    assert {"BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT"} <= set(symbols)
    assert len(symbols) == len(set(symbols))


async def test_candles_of_any_length_end_with_the_running_one(main: PybitUser) -> None:
    """Newest first, on the grid of their length."""
    for interval, minutes in ((1, 1), (15, 15), (60, 60), (240, 240), ("D", 1_440)):
        bars = await main.rows("get_kline", interval=interval, limit=2)
        starts = [int(bar[0]) for bar in bars]
        assert starts[0] - starts[1] == minutes * MINUTE
        assert starts[0] % (minutes * MINUTE) == 0
        assert bars[0][4] == "60000"


async def test_a_push_shows_in_ticker_candle_and_trades(main: PybitUser) -> None:
    """One price, told alike everywhere."""
    main.server.world.push("BTCUSDT", Decimal("60123.4"))
    ticker = (await main.rows("get_tickers"))[0]
    bar = (await main.rows("get_kline", interval=60, limit=1))[0]
    trade = (await main.rows("get_public_trade_history", limit=1))[0]

    assert ticker["lastPrice"] == bar[4] == bar[2] == trade["price"] == "60123.4"
    assert Decimal(ticker["bid1Price"]) < Decimal(ticker["ask1Price"])


async def test_candles_are_asked_by_time(main: PybitUser) -> None:
    """Both ends belong to what is asked."""
    end = int(time.time() * 1_000) // MINUTE * MINUTE - 10 * MINUTE
    bars = await main.rows("get_kline", interval=1, start=end - 4 * MINUTE, end=end)
    assert [int(bar[0]) for bar in bars] == [end - number * MINUTE for number in range(5)]


async def test_mark_candles_have_five_columns(main: PybitUser) -> None:
    """Time and prices, no volume."""
    bars = await main.rows("get_mark_price_kline", interval=5, limit=2)
    assert [len(bar) for bar in bars] == [5, 5]


async def test_the_book_lies_around_the_price(main: PybitUser) -> None:
    """Best first on both sides."""
    book = await main.ask("get_orderbook", symbol="BTCUSDT", limit=25)
    bids = [Decimal(price) for price, _ in book["b"]]
    asks = [Decimal(price) for price, _ in book["a"]]
    assert (len(bids), len(asks)) == (25, 25)
    assert [*sorted(bids, reverse=True), *sorted(asks)] == bids + asks
    assert bids[0] < Decimal(60000) < asks[0]


async def test_statistics_are_there(main: PybitUser) -> None:
    """Funding, open interest, long and short accounts."""
    funding = await main.rows("get_funding_rate_history", limit=2)
    interest = await main.rows("get_open_interest", intervalTime="1h", limit=2)
    ratio = await main.rows("get_long_short_ratio", period="1h", limit=2)
    assert int(funding[0]["fundingRateTimestamp"]) > int(funding[1]["fundingRateTimestamp"])
    assert Decimal(interest[0]["openInterest"]) >= 0
    assert Decimal(ratio[0]["buyRatio"]) + Decimal(ratio[0]["sellRatio"]) == 1


async def test_an_unknown_symbol_is_refused(main: PybitUser) -> None:
    """10001, as everywhere."""
    for method, more in (("get_tickers", {}), ("get_kline", {"interval": 1}), ("get_orderbook", {})):
        assert await main.refused(method, symbol="NONEUSDT", **more) == 10001
