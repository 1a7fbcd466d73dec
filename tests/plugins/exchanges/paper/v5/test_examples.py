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
EITHER = {"extraFees", "isLeverage"}
"""Shown as "" in one of Bybit's examples and as a list or a text in another."""


def example(name: str) -> dict[str, Any]:
    """An official payload."""
    found: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    return found


def differences(official: Mapping[str, Any], ours: Mapping[str, Any], where: str = "") -> list[str]:
    """The keys that are missing, or of another JSON type; what is null there may be anything here."""
    found = []
    for key, value in official.items():
        if key not in ours:
            found.append(f"{where}{key} is missing")
        elif isinstance(value, dict) and isinstance(ours[key], dict) and key not in ("permissions", "cumFeeDetail"):
            found += differences(value, ours[key], f"{where}{key}.")
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
