"""pybit, unmodified, as a client that knows only Bybit: it can't tell the difference."""

import asyncio
import queue
import time
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pybit._websocket_trading as trading
import pytest
import pytest_asyncio
from pybit import unified_trading
from pybit.exceptions import InvalidRequestError

from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.v5.weather import Calm
from tests.wire import key_of

pytestmark = pytest.mark.integration

SYMBOL = {"category": "linear", "symbol": "BTCUSDT"}
PATIENCE = 5


@pytest_asyncio.fixture
async def server() -> AsyncIterator[VenueServer]:
    """A venue with two funded accounts."""
    # pybit notes a subscription after it was sent: an answer that comes at once finds nobody, and ends its stream.
    venue = VenueServer(WireSettings(accounts=accounts(), weather=Calm(latency=20)))
    await venue.start()
    yield venue
    await venue.close()


@pytest.fixture
def http(server: VenueServer) -> unified_trading.HTTP:
    """Main's client."""
    key = key_of(server, "main")
    client = unified_trading.HTTP(api_key=key.key, api_secret=key.secret.reveal(), max_retries=1)
    client.endpoint = server.http
    return client


async def call(method: Callable[..., Any], **params: Any) -> dict[str, Any]:
    """A blocking call in a thread; returns its result."""
    answer: dict[str, Any] = await asyncio.to_thread(method, **params)
    assert answer["retCode"] == 0
    result: dict[str, Any] = answer["result"]
    return result


async def refused(method: Callable[..., Any], **params: Any) -> int:
    """The code a call is refused with."""
    with pytest.raises(InvalidRequestError) as caught:
        await asyncio.to_thread(method, **params)
    return int(caught.value.status_code)


async def place(http: unified_trading.HTTP, side: str = "Buy", qty: str = "0.01", **more: Any) -> str:
    """A market order unless told; returns its id."""
    params = {"orderType": "Market", **more}
    return str((await call(http.place_order, **SYMBOL, side=side, qty=qty, **params))["orderId"])


async def test_markets_prices_and_candles_are_read(http: unified_trading.HTTP) -> None:
    """Instruments, ticker, running candle, book and clock."""
    instruments = await call(http.get_instruments_info, category="linear")
    assert "BTCUSDT" in [row["symbol"] for row in instruments["list"]]
    ticker = (await call(http.get_tickers, **SYMBOL))["list"][0]
    bars = (await call(http.get_kline, **SYMBOL, interval=5, limit=3))["list"]
    assert ticker["lastPrice"] == bars[0][4] == "60000"
    assert int(bars[0][0]) > int(bars[1][0])
    book = await call(http.get_orderbook, **SYMBOL, limit=5)
    assert Decimal(book["b"][0][0]) < Decimal(60000) < Decimal(book["a"][0][0])
    now = int((await call(http.get_server_time))["timeNano"]) // 1_000_000
    assert abs(now - time.time() * 1_000) < 5_000


async def test_leverage_is_set_once(http: unified_trading.HTTP) -> None:
    """110043 when it is so already (rel:F09)."""
    await call(http.set_leverage, **SYMBOL, buyLeverage="5", sellLeverage="5")
    again = await refused(http.set_leverage, **SYMBOL, buyLeverage="5", sellLeverage="5")
    assert again == 110043
    assert (await call(http.get_positions, **SYMBOL))["list"][0]["leverage"] == "5"


async def test_both_modes_show_their_slots(http: unified_trading.HTTP) -> None:
    """One row of index 0, then two of 1 and 2; a wrong index is 10001."""
    assert [row["positionIdx"] for row in (await call(http.get_positions, **SYMBOL))["list"]] == [0]
    await call(http.switch_position_mode, **SYMBOL, mode=3)
    rows = (await call(http.get_positions, **SYMBOL))["list"]
    assert [(row["positionIdx"], row["side"], row["size"]) for row in rows] == [(1, "", "0"), (2, "", "0")]
    assert await refused(http.place_order, **SYMBOL, side="Buy", orderType="Market", qty="0.01") == 10001
    await place(http, positionIdx=1)
    await place(http, "Sell", positionIdx=2)
    assert [row["size"] for row in (await call(http.get_positions, **SYMBOL))["list"]] == ["0.01", "0.01"]


async def test_an_order_is_placed_amended_and_cancelled(http: unified_trading.HTTP) -> None:
    """By client id, which is unique for ever."""
    limit = {"orderType": "Limit", "price": "59000", "orderLinkId": "mine-1"}
    await place(http, **limit)
    assert await refused(http.place_order, **SYMBOL, side="Buy", qty="0.01", **limit) == 110072
    await call(http.amend_order, **SYMBOL, orderLinkId="mine-1", qty="0.02", price="58000")
    row = (await call(http.get_open_orders, **SYMBOL))["list"][0]
    assert (row["qty"], row["price"], row["orderStatus"]) == ("0.02", "58000", "New")
    await call(http.cancel_order, **SYMBOL, orderLinkId="mine-1")
    assert await refused(http.cancel_order, **SYMBOL, orderLinkId="mine-1") == 110001
    closed = (await call(http.get_order_history, **SYMBOL))["list"][0]
    assert (closed["orderStatus"], closed["cancelType"]) == ("Cancelled", "CancelByUser")


async def test_batches_tell_each_part_apart(http: unified_trading.HTTP) -> None:
    """RetCode 0 on top, codes by position (rel:F13b)."""
    parts = [
        {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": qty, "price": "59000", "orderLinkId": link}
        for qty, link in (("0.01", "b-1"), ("0.0001", "b-2"), ("0.01", "b-3"))
    ]
    answer = await asyncio.to_thread(http.place_batch_order, category="linear", request=parts)
    assert [each["code"] for each in answer["retExtInfo"]["list"]] == [0, 10001, 0]
    assert answer["result"]["list"][1]["orderId"] == ""
    changed = [{"symbol": "BTCUSDT", "orderLinkId": link, "qty": "0.03"} for link in ("b-1", "b-3")]
    await call(http.amend_batch_order, category="linear", request=changed)
    gone = [{"symbol": "BTCUSDT", "orderLinkId": link} for link in ("b-1", "b-2")]
    answer = await asyncio.to_thread(http.cancel_batch_order, category="linear", request=gone)
    assert [each["code"] for each in answer["retExtInfo"]["list"]] == [0, 110001]
    assert [row["orderLinkId"] for row in (await call(http.get_open_orders, **SYMBOL))["list"]] == ["b-3"]


async def test_a_conditional_order_waits_for_its_trigger(server: VenueServer, http: unified_trading.HTTP) -> None:
    """Untriggered, refused on the wrong side, not to be amended in a batch, and cancelled by cancel-all."""
    wrong = {"orderType": "Market", "triggerPrice": "61000", "triggerDirection": 2}
    assert await refused(http.place_order, **SYMBOL, side="Buy", qty="0.01", **wrong) == 110093
    await place(http, triggerPrice="61000", triggerDirection=1, orderLinkId="c-1")
    row = (await call(http.get_open_orders, **SYMBOL))["list"][0]
    assert (row["orderStatus"], row["stopOrderType"]) == ("Untriggered", "Stop")
    part = [{"symbol": "BTCUSDT", "orderLinkId": "c-1", "qty": "0.02"}]
    answer = await asyncio.to_thread(http.amend_batch_order, category="linear", request=part)
    assert answer["retExtInfo"]["list"][0]["msg"] == "Conditional orders are not supported"
    server.world.push("BTCUSDT", Decimal(61000))
    assert (await call(http.get_positions, **SYMBOL))["list"][0]["size"] == "0.01"
    await place(http, triggerPrice="62000", triggerDirection=1, orderLinkId="c-2")
    assert (await call(http.cancel_all_orders, **SYMBOL))["list"][0]["orderLinkId"] == "c-2"


async def test_levels_come_with_an_order_and_by_trading_stop(server: VenueServer, http: unified_trading.HTTP) -> None:
    """Full is absolute and 34040 when nothing changes; Partial adds an order; all go with the position (rel:F14)."""
    await place(http, stopLoss="58000", takeProfit="63000", tpslMode="Full")
    full = {**SYMBOL, "positionIdx": 0, "tpslMode": "Full"}
    row = (await call(http.get_positions, **SYMBOL))["list"][0]
    assert (row["stopLoss"], row["takeProfit"]) == ("58000", "63000")
    await call(http.set_trading_stop, **full, stopLoss="59000")
    assert await refused(http.set_trading_stop, **full, stopLoss="59000") == 34040
    await call(http.set_trading_stop, **{**full, "tpslMode": "Partial"}, takeProfit="62000", tpSize="0.005")
    orders = (await call(http.get_open_orders, **SYMBOL))["list"]
    assert [(each["stopOrderType"], each["qty"]) for each in orders] == [("PartialTakeProfit", "0.005")]
    server.world.push("BTCUSDT", Decimal(62000))
    assert (await call(http.get_positions, **SYMBOL))["list"][0]["size"] == "0.005"
    server.world.push("BTCUSDT", Decimal(59000))
    row = (await call(http.get_positions, **SYMBOL))["list"][0]
    assert (row["side"], row["size"], row["stopLoss"]) == ("", "0", "")
    pnl = (await call(http.get_closed_pnl, **SYMBOL))["list"]
    assert [each["closedSize"] for each in pnl] == ["0.005", "0.005"]


async def test_reduce_only_needs_something_to_reduce(http: unified_trading.HTTP) -> None:
    """110017 while flat (rel:F08)."""
    assert (
        await refused(http.place_order, **SYMBOL, side="Sell", orderType="Market", qty="0.01", reduceOnly=True)
        == 110017
    )


async def test_money_fees_and_rights_are_shown(http: unified_trading.HTTP) -> None:
    """Wallet, fee rates, account and key."""
    wallet = (await call(http.get_wallet_balance, accountType="UNIFIED"))["list"][0]
    assert wallet["totalEquity"] == "10000"
    assert (await call(http.get_fee_rates, **SYMBOL))["list"][0]["takerFeeRate"] == "0.00055"
    assert (await call(http.get_account_info))["unifiedMarginStatus"] >= 5
    rights = (await call(http.get_api_key_information))["permissions"]
    assert rights["ContractTrade"] == ["Order", "Position"]
    assert rights["Wallet"] == []


class Ears:
    """What a stream's callbacks hear."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._heard: queue.Queue[dict[str, Any]] = queue.Queue()

    def __call__(self, frame: dict[str, Any]) -> None:
        """Hear a frame."""
        self._heard.put(frame)

    async def next(self) -> dict[str, Any]:
        """The next frame; fails when none comes."""
        return await asyncio.to_thread(self._heard.get, timeout=PATIENCE)


def aimed(monkeypatch: pytest.MonkeyPatch, server: VenueServer) -> None:
    """Pybit's stream addresses are constants of the process."""
    monkeypatch.setattr(unified_trading, "PRIVATE_WSS", f"{server.ws}/v5/private")
    monkeypatch.setattr(unified_trading, "PUBLIC_WSS", f"{server.ws}/v5/public/{{CHANNEL_TYPE}}")
    monkeypatch.setattr(trading, "TRADE_WSS", f"{server.ws}/v5/trade")


async def test_the_private_stream_tells_what_happens(
    server: VenueServer, http: unified_trading.HTTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Order, execution, position and wallet, after authentication."""
    aimed(monkeypatch, server)
    key = key_of(server, "main")
    ears = {name: Ears() for name in ("order", "execution", "position", "wallet")}
    socket = await asyncio.to_thread(
        lambda: unified_trading.WebSocket(
            "private", testnet=False, restart_on_error=False, api_key=key.key, api_secret=key.secret.reveal()
        )
    )
    for name, each in ears.items():
        await asyncio.to_thread(getattr(socket, f"{name}_stream"), each)
    await place(http, orderLinkId="s-1", stopLoss="50000")
    execution = (await ears["execution"].next())["data"][0]
    order = (await ears["order"].next())["data"][0]
    position = (await ears["position"].next())["data"][0]
    wallet = (await ears["wallet"].next())["data"][0]
    await asyncio.to_thread(socket.exit)
    assert (execution["orderLinkId"], execution["execQty"], execution["isMaker"]) == ("s-1", "0.01", False)
    assert (order["orderStatus"], order["cumExecQty"]) == ("Filled", "0.01")
    assert (position["side"], position["entryPrice"], position["stopLoss"]) == ("Buy", "60000", "50000")
    assert position["seq"] == execution["seq"]
    assert wallet["accountType"] == "UNIFIED"


async def test_the_public_stream_begins_with_a_snapshot(server: VenueServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ticker, running candle and book at once; a trade when the price moves."""
    aimed(monkeypatch, server)
    ears = {name: Ears() for name in ("ticker", "kline", "orderbook", "trade")}
    socket = await asyncio.to_thread(lambda: unified_trading.WebSocket("linear", testnet=False, restart_on_error=False))
    await asyncio.to_thread(socket.ticker_stream, "BTCUSDT", ears["ticker"])
    await asyncio.to_thread(socket.kline_stream, 1, "BTCUSDT", ears["kline"])
    await asyncio.to_thread(socket.orderbook_stream, 50, "BTCUSDT", ears["orderbook"])
    await asyncio.to_thread(socket.trade_stream, "BTCUSDT", ears["trade"])
    assert (await ears["ticker"].next())["data"]["lastPrice"] == "60000"
    assert (await ears["kline"].next())["data"][0]["confirm"] is False
    assert len((await ears["orderbook"].next())["data"]["b"]) == 50
    server.world.push("BTCUSDT", Decimal(60100))
    assert (await ears["trade"].next())["data"][0]["p"] == "60100"
    assert (await ears["ticker"].next())["data"]["lastPrice"] == "60100"
    await asyncio.to_thread(socket.exit)


async def test_orders_are_entered_by_websocket(server: VenueServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same handlers, answered by request id."""
    aimed(monkeypatch, server)
    key = key_of(server, "main")
    answers, failures = Ears(), Ears()
    socket = await asyncio.to_thread(
        lambda: unified_trading.WebSocketTrading(
            testnet=False, restart_on_error=False, api_key=key.key, api_secret=key.secret.reveal(), recv_window=5_000
        )
    )
    order = {**SYMBOL, "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000", "orderLinkId": "w-1"}
    await asyncio.to_thread(lambda: socket.place_order(answers, failures, **order))
    assert (await answers.next())["data"]["orderLinkId"] == "w-1"
    await asyncio.to_thread(lambda: socket.place_order(answers, failures, **order))
    assert (await failures.next())["retCode"] == 110072
    await asyncio.to_thread(lambda: socket.cancel_order(answers, failures, **SYMBOL, orderLinkId="w-1"))
    assert (await answers.next())["op"] == "order.cancel"
    await asyncio.to_thread(socket.exit)
