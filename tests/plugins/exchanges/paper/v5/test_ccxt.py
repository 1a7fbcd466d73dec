"""ccxt and ccxt.pro, unmodified, as clients that know only Bybit: they can't tell the difference."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from decimal import Decimal
from typing import Any

import ccxt.pro
import pytest
import pytest_asyncio

from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from tests.wire import key_of

pytestmark = [pytest.mark.integration, pytest.mark.slow]

BTC = "BTC/USDT:USDT"
PATIENCE = 5


@pytest_asyncio.fixture
async def server() -> AsyncIterator[VenueServer]:
    """A venue with two funded accounts."""
    venue = VenueServer(WireSettings(accounts=accounts()))
    await venue.start()
    yield venue
    await venue.close()


@pytest_asyncio.fixture
async def bybit(server: VenueServer) -> AsyncIterator[Any]:
    """Main's client: only its addresses are other than ccxt made them."""
    key = key_of(server, "main")
    stream = f"{server.ws}/v5"
    client = ccxt.pro.bybit(
        {
            "apiKey": key.key,
            "secret": key.secret.reveal(),
            "options": {"defaultType": "swap", "fetchMarkets": {"types": ["linear"]}},
            "urls": {
                "api": {
                    **dict.fromkeys(("spot", "futures", "v2", "public", "private"), server.http),
                    "ws": {
                        "public": {name: f"{stream}/public/{name}" for name in ("spot", "linear", "inverse", "option")},
                        "private": {
                            "spot": {"unified": f"{stream}/private", "nonUnified": f"{stream}/private"},
                            "contract": f"{stream}/private",
                            "usdc": f"{stream}/private",
                            "trade": f"{stream}/trade",
                        },
                    },
                }
            },
        }
    )
    client.has["fetchCurrencies"] = False
    yield client
    await client.close()


async def soon(work: Awaitable[Any]) -> Any:
    """The result, or a failure when it does not come."""
    async with asyncio.timeout(PATIENCE):
        return await work


async def test_markets_prices_and_candles_are_read(bybit: Any) -> None:
    """Ccxt takes the symbols for linear swaps, not for spot."""
    markets = await bybit.load_markets()
    assert markets[BTC]["linear"]
    assert markets[BTC]["precision"]["price"] == 0.1
    assert (await bybit.fetch_ticker(BTC))["last"] == 60000
    bars = await bybit.fetch_ohlcv(BTC, "5m", None, 3)
    assert len(bars) == 3
    assert bars[-1][4] == 60000
    assert len((await bybit.fetch_order_book(BTC, 5))["bids"]) == 5


async def test_leverage_and_mode_are_set(bybit: Any) -> None:
    """And "not modified" is ccxt's own error."""
    await bybit.set_leverage(5, BTC)
    with pytest.raises(ccxt.BadRequest):
        await bybit.set_leverage(5, BTC)
    await bybit.set_position_mode(True, BTC)
    await bybit.create_order(BTC, "market", "buy", 0.01, None, {"hedged": True})
    position = (await bybit.fetch_positions([BTC]))[0]
    assert (position["contracts"], position["side"], position["info"]["positionIdx"]) == (0.01, "long", 1)


async def test_orders_are_placed_edited_and_cancelled(bybit: Any) -> None:
    """One by one and in batches, with client ids."""
    made = await bybit.create_order(BTC, "limit", "buy", 0.01, 59000, {"clientOrderId": "x-1"})
    await bybit.edit_order(made["id"], BTC, "limit", "buy", 0.02, 58000)
    assert [(each["amount"], each["price"]) for each in await bybit.fetch_open_orders(BTC)] == [(0.02, 58000)]
    await bybit.cancel_order(made["id"], BTC)
    batch = [
        {
            "symbol": BTC,
            "type": "limit",
            "side": "buy",
            "amount": 0.01,
            "price": 59000,
            "params": {"clientOrderId": link},
        }
        for link in ("x-2", "x-3")
    ]
    both = await bybit.create_orders(batch)
    await bybit.cancel_orders([each["id"] for each in both], BTC)
    assert await bybit.fetch_open_orders(BTC) == []
    with pytest.raises(ccxt.OrderNotFound):
        await bybit.cancel_order(made["id"], BTC)


async def test_stops_come_with_an_order_and_by_trigger(server: VenueServer, bybit: Any) -> None:
    """An attached stop, and a conditional one that waits for its trigger."""
    await bybit.create_order(BTC, "market", "buy", 0.01, None, {"stopLoss": {"triggerPrice": 58000}})
    position = (await bybit.fetch_positions([BTC]))[0]
    assert position["stopLossPrice"] == 58000
    made = await bybit.create_order(BTC, "market", "sell", 0.01, None, {"stopLossPrice": 59000})
    assert made["id"]
    server.world.push("BTCUSDT", Decimal(59000))
    assert [each["contracts"] for each in await bybit.fetch_positions([BTC]) if each["contracts"]] == []


async def test_balance_trades_and_closed_orders_are_read(bybit: Any) -> None:
    """After one round of buying and selling."""
    await bybit.create_order(BTC, "market", "buy", 0.01)
    await bybit.create_order(BTC, "market", "sell", 0.01, None, {"reduceOnly": True})
    trades = await bybit.fetch_my_trades(BTC)
    assert [(each["side"], each["amount"], each["fee"]["cost"]) for each in trades] == [
        ("buy", 0.01, 0.33),
        ("sell", 0.01, 0.33),
    ]
    assert len(await bybit.fetch_closed_orders(BTC)) == 2
    assert (await bybit.fetch_balance())["USDT"]["total"] == 9999.34


async def test_the_streams_are_watched(server: VenueServer, bybit: Any) -> None:
    """Orders and own trades under the swap's symbol; ticker from its snapshot on."""
    await bybit.load_markets()
    assert (await soon(bybit.watch_ticker(BTC)))["last"] == 60000
    orders = asyncio.ensure_future(bybit.watch_orders(BTC))
    trades = asyncio.ensure_future(bybit.watch_my_trades(BTC))
    while len(server.hub.subscribed("main")) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await bybit.create_order(BTC, "market", "buy", 0.01, None, {"clientOrderId": "y-1"})
    order, trade = (await soon(orders))[0], (await soon(trades))[0]
    assert (order["clientOrderId"], order["status"], order["symbol"]) == ("y-1", "closed", BTC)
    assert (trade["amount"], trade["symbol"]) == (0.01, BTC)


async def test_orders_are_entered_by_websocket(bybit: Any) -> None:
    """create_order_ws goes over /v5/trade."""
    await bybit.load_markets()
    made = await soon(bybit.create_order_ws(BTC, "limit", "buy", 0.01, 59000, {"clientOrderId": "z-1"}))
    assert made["id"]
    assert [each["clientOrderId"] for each in await bybit.fetch_open_orders(BTC)] == ["z-1"]
