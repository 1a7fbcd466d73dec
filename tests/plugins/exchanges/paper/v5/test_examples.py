"""What the venue shows, held against Bybit's own example payloads: key by key, type by type."""

import json
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.http import Desk
from plugins.exchanges.paper.v5.routes import BY_PATH
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.v5.streams.private import frames
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.events import Event
from plugins.exchanges.paper.venue.orders import NewOrder
from tests.wire import key_of

pytestmark = pytest.mark.integration

EXAMPLES = Path(__file__).resolve().parents[6] / "shared" / "fixtures" / "bybit-docs-examples"
if not EXAMPLES.exists():
    pytest.skip("Bybit's examples are not beside this checkout", allow_module_level=True)

BTC = {"category": "linear", "symbol": "BTCUSDT"}
LISTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "order__open-order__01_resp": ("GET", "/v5/order/realtime", BTC),
    "order__order-list__01_resp": ("GET", "/v5/order/history", BTC),
    "order__execution__01_resp": ("GET", "/v5/execution/list", BTC),
    "position__position__01_resp": ("GET", "/v5/position/list", BTC),
    "position__close-pnl__01_resp": ("GET", "/v5/position/closed-pnl", BTC),
    "account__wallet-balance__01_resp": ("GET", "/v5/account/wallet-balance", {"accountType": "UNIFIED"}),
    "account__fee-rate__01_resp": ("GET", "/v5/account/fee-rate", BTC),
    "account__instrument__01_resp": ("GET", "/v5/account/instruments-info", BTC),
    "market__instrument__01_resp": ("GET", "/v5/market/instruments-info", BTC),
    "market__tickers__01_resp": ("GET", "/v5/market/tickers", BTC),
    "market__recent-trade__01_resp": ("GET", "/v5/market/recent-trade", BTC),
    "market__history-fund-rate__01_resp": ("GET", "/v5/market/funding/history", BTC),
    "market__open-interest__01_resp": ("GET", "/v5/market/open-interest", {**BTC, "intervalTime": "1h"}),
    "market__long-short-ratio__01_resp": ("GET", "/v5/market/account-ratio", {**BTC, "period": "1h"}),
}
PLAIN: dict[str, tuple[str, str, dict[str, str]]] = {
    "account__account-info__01_resp": ("GET", "/v5/account/info", {}),
    "user__apikey-info__01_resp": ("GET", "/v5/user/query-api", {}),
    "market__time__01_resp": ("GET", "/v5/market/time", {}),
    "market__orderbook__01_resp": ("GET", "/v5/market/orderbook", BTC),
    "market__kline__01_resp": ("GET", "/v5/market/kline", {**BTC, "interval": "60"}),
    "market__mark-kline__01_resp": ("GET", "/v5/market/mark-price-kline", {**BTC, "interval": "60"}),
}
STREAMS = {
    "order": "websocket_private__order__02_stream",
    "execution": "websocket_private__execution__02_stream",
    "execution.fast": "websocket_private__fast-execution__02_stream",
    "position": "websocket_private__position__02_stream",
    "wallet": "websocket_private__wallet__02_stream",
}
PUBLIC = {
    "tickers.BTCUSDT": "websocket_public__ticker__01_stream",
    "kline.5.BTCUSDT": "websocket_public__kline__01_stream",
    "publicTrade.BTCUSDT": "websocket_public__trade__01_stream",
    "orderbook.50.BTCUSDT": "websocket_public__orderbook__01_stream",
}
EITHER = {"extraFees", "isLeverage"}
"""Shown as "" in one of Bybit's examples and as a list or a text in another."""


def example(name: str) -> dict[str, Any]:
    """An official payload."""
    found: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    return found


def has_rows(value: object) -> bool:
    """Whether it is a list of objects that has at least one."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def differences(official: Mapping[str, Any], ours: Mapping[str, Any], where: str = "") -> list[str]:
    """The keys that are missing, or of another JSON type; what is null there may be anything here."""
    found = []
    for key, value in official.items():
        if key not in ours:
            found.append(f"{where}{key} is missing")
        elif isinstance(value, dict) and isinstance(ours[key], dict) and key not in ("permissions", "cumFeeDetail"):
            found += differences(value, ours[key], f"{where}{key}.")
        elif has_rows(value) and key not in EITHER:
            rows = ours[key] if has_rows(ours[key]) else [{}]
            found += differences(value[0], rows[0], f"{where}{key}[0].")
        elif value is not None and key not in EITHER and type(value) is not type(ours[key]):
            found.append(f"{where}{key} is {type(ours[key]).__name__}, not {type(value).__name__}")
    return found


def placed(order: NewOrder, venue: Venue) -> object:
    """Place it for main."""
    return venue.place("main", order)


@pytest_asyncio.fixture
async def traded() -> AsyncIterator[tuple[VenueServer, list[Event]]]:
    """A venue on which main bought, sold a part, and has orders open and closed."""
    server = VenueServer(WireSettings(accounts=accounts()))
    await server.start()
    told: list[Event] = []
    server.world.events.append(told.extend)
    orders = (
        NewOrder(symbol="BTCUSDT", side="Buy", quantity=Decimal("0.02"), link="a", stop=Decimal(50_000)),
        NewOrder(symbol="BTCUSDT", side="Sell", quantity=Decimal("0.01"), link="b", reduce_only=True),
        NewOrder(symbol="BTCUSDT", side="Buy", quantity=Decimal("0.01"), price=Decimal(59_000), link="c"),
    )
    for order in orders:
        server.world.act(partial(placed, order))
    server.world.push("BTCUSDT", Decimal(60_010))
    yield server, told
    await server.close()


def answered(desk: Desk, server: VenueServer, method: str, path: str, params: dict[str, str]) -> dict[str, Any]:
    """The result of a call of main's."""
    body, _ = desk.answer(BY_PATH[method, path], key_of(server, "main"), params)
    assert body["retCode"] == 0, body
    result: dict[str, Any] = json.loads(json.dumps(body["result"]))
    return result


@pytest.mark.parametrize("name", LISTS)
async def test_a_row_of_a_list_is_as_documented(traded: tuple[VenueServer, list[Event]], name: str) -> None:
    """Every documented key is there, as the same JSON type (ccxt tells contracts from spot by them)."""
    server, _ = traded
    ours = answered(server.desk, server, *LISTS[name])
    assert differences(example(name)["result"]["list"][0], ours["list"][0]) == []


@pytest.mark.parametrize("name", PLAIN)
async def test_an_answer_is_as_documented(traded: tuple[VenueServer, list[Event]], name: str) -> None:
    """The same for answers that are no lists of rows."""
    server, _ = traded
    assert differences(example(name)["result"], answered(server.desk, server, *PLAIN[name])) == []


@pytest.mark.parametrize("topic", STREAMS)
async def test_a_stream_row_is_as_documented(traded: tuple[VenueServer, list[Event]], topic: str) -> None:
    """The same for the private topics."""
    server, told = traded
    ours = next(rows[0] for name, rows in frames(server.world, "main", told) if name == topic)
    assert differences(example(STREAMS[topic])["data"][0], json.loads(json.dumps(ours))) == []


async def test_the_envelope_is_as_documented(traded: tuple[VenueServer, list[Event]]) -> None:
    """Over HTTP, in one piece, with a time."""
    server, _ = traded
    async with aiohttp.ClientSession() as web, web.get(f"{server.http}/v5/market/time") as answer:
        assert differences(example("market__time__01_resp"), await answer.json()) == []


@pytest.mark.parametrize("topic", PUBLIC)
async def test_a_public_frame_is_as_documented(traded: tuple[VenueServer, list[Event]], topic: str) -> None:
    """The frame and its first row; the market moves once, so that each topic has something to tell."""
    server, _ = traded
    async with aiohttp.ClientSession() as web, web.ws_connect(f"{server.ws}/v5/public/linear") as socket:
        await socket.send_json({"op": "subscribe", "args": [topic]})
        assert (await socket.receive_json(timeout=5))["success"] is True
        server.world.push("BTCUSDT", Decimal(60_020))
        ours = await socket.receive_json(timeout=5)
    assert differences(example(PUBLIC[topic]), ours) == []


async def spoken(server: VenueServer, *frames: dict[str, Any]) -> list[dict[str, Any]]:
    """What the trade stream answers to main, frame by frame, once it is let in."""
    key, expires = key_of(server, "main"), server.desk.now() + 10_000
    answers = []
    async with aiohttp.ClientSession() as web, web.ws_connect(f"{server.ws}/v5/trade") as socket:
        args = [key.key, expires, key.signature(f"GET/realtime{expires}")]
        for frame in ({"op": "auth", "args": args}, *frames):
            await socket.send_json(frame)
            answers.append(await socket.receive_json(timeout=5))
    return answers


def timed(server: VenueServer, operation: str, args: dict[str, Any]) -> dict[str, Any]:
    """An operation of the trade stream."""
    return {"reqId": operation, "header": {"X-BAPI-TIMESTAMP": str(server.desk.now())}, "op": operation, "args": [args]}


async def test_the_trade_stream_answers_as_documented(traded: tuple[VenueServer, list[Event]]) -> None:
    """Let in, one order, a batch of which all parts fail by their position index, and a ping."""
    server, _ = traded
    order = {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "50000"}
    parts = [{**order, "positionIdx": 1, "orderLinkId": f"batch-00{number}"} for number in range(3)]
    answers = await spoken(
        server,
        timed(server, "order.create", {**BTC, **order}),
        timed(server, "order.create-batch", {"category": "linear", "request": parts}),
        {"op": "ping"},
    )
    names = [f"websocket_trade__guideline__0{number}_resp" for number in (2, 4, 6, 7)]
    assert [differences(example(name), ours) for name, ours in zip(names, answers, strict=True)] == [[]] * 4


async def test_a_batch_whose_parts_all_fail_is_bybits_own_example(traded: tuple[VenueServer, list[Event]]) -> None:
    """Its codes and messages, word for word, and empty ids."""
    server, _ = traded
    official = example("websocket_trade__guideline__06_resp")
    part = {"symbol": "SOLUSDT", "side": "Buy", "orderType": "Market", "qty": "1", "positionIdx": 1}
    parts = [{**part, "orderLinkId": f"batch-00{number}"} for number in range(3)]
    batch = timed(server, "order.create-batch", {"category": "linear", "request": parts})
    ours = (await spoken(server, batch))[1]
    assert (ours["data"], ours["retExtInfo"]) == (official["data"], official["retExtInfo"])
    assert (ours["retCode"], ours["retMsg"]) == (official["retCode"], official["retMsg"])


@pytest.mark.parametrize("name", ["position__leverage__02_resp", "position__position-mode__02_resp"])
async def test_an_answer_without_content_is_as_documented(traded: tuple[VenueServer, list[Event]], name: str) -> None:
    """An empty object, never null."""
    server, _ = traded
    path, params = {
        "position__leverage__02_resp": ("set-leverage", {**BTC, "buyLeverage": "6", "sellLeverage": "6"}),
        "position__position-mode__02_resp": ("switch-mode", {**BTC, "symbol": "ETHUSDT", "mode": "3"}),
    }[name]
    assert answered(server.desk, server, "POST", f"/v5/position/{path}", params) == example(name)["result"] == {}
