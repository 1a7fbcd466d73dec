"""What is and what was, over HTTP: scopes, pages, ids, times (V5 order, execution and position lists)."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.signed import Body, Caller, calling, now
from tests.wire import key_of

pytestmark = pytest.mark.integration

BTC = {"category": "linear", "symbol": "BTCUSDT"}
MARKET = {**BTC, "side": "Buy", "orderType": "Market", "qty": "0.01"}
LIMIT = {**BTC, "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000"}
WEEK = 7 * 86_400_000


@pytest_asyncio.fixture
async def main() -> AsyncIterator[Caller]:
    """Main at a venue of its own, without rates."""
    async with calling(rates=None) as caller:
        yield caller


async def place(main: Caller, order: dict[str, str], link: str, **more: object) -> None:
    """Place it, or fail."""
    answer = await main.post("order/create", **order, orderLinkId=link, **more)
    assert answer["retCode"] == 0, answer


async def rows(main: Caller, path: str, **asked: object) -> list[Body]:
    """The first page of a list of BTCUSDT's."""
    answer = await main.get(path, **{**BTC, **asked})
    assert answer["retCode"] == 0, answer
    found: list[Body] = answer["result"]["list"]
    return found


async def links(main: Caller, path: str, **asked: object) -> list[str]:
    """The client ids on that page."""
    return [each["orderLinkId"] for each in await rows(main, path, **asked)]


async def test_open_orders_are_read_by_pages(main: Caller) -> None:
    """Newest first, each once, until the cursor is empty."""
    for number in range(5):
        await place(main, LIMIT, f"l-{number}")
    read, cursor = [], ""
    for _ in range(3):
        answer = await main.get("order/realtime", **BTC, limit=2, cursor=cursor)
        read.append([each["orderLinkId"] for each in answer["result"]["list"]])
        cursor = answer["result"]["nextPageCursor"]
    assert read == [["l-4", "l-3"], ["l-2", "l-1"], ["l-0"]]
    assert cursor == ""
    assert (await main.get("order/realtime", **BTC, limit=5))["result"]["nextPageCursor"] == ""


async def test_a_page_has_twenty_orders_unless_told_and_fifty_at_most(main: Caller) -> None:
    """More is cut, as Bybit does."""
    for number in range(51):
        await place(main, LIMIT, f"l-{number}")
    assert len(await links(main, "order/realtime")) == 20
    assert len(await links(main, "order/realtime", limit=500)) == 50


async def test_open_and_closed_orders_are_apart(main: Caller) -> None:
    """Open ones by default, the latest closed ones with openOnly=1; the history has only closed ones."""
    await place(main, MARKET, "filled")
    await place(main, LIMIT, "open")
    assert await links(main, "order/realtime") == ["open"]
    assert await links(main, "order/realtime", openOnly=1) == ["filled"]
    assert await links(main, "order/history") == ["filled"]


async def test_by_its_id_an_order_is_found_open_or_closed(main: Caller) -> None:
    """Whatever openOnly says; an unknown one is an empty list, not an error (rel:F06)."""
    await place(main, MARKET, "filled")
    await place(main, LIMIT, "open")
    found = await rows(main, "order/realtime", orderLinkId="filled")
    assert found[0]["orderStatus"] == "Filled"
    assert await links(main, "order/realtime", orderId=found[0]["orderId"]) == ["filled"]
    assert await links(main, "order/realtime", orderLinkId="open", openOnly=1) == ["open"]
    assert await links(main, "order/realtime", orderLinkId="nobody") == []


async def test_what_waits_for_its_trigger_can_be_asked_for(main: Caller) -> None:
    """By orderFilter."""
    await place(main, LIMIT, "limit")
    await place(main, MARKET, "waiting", triggerPrice="61000", triggerDirection=1)
    assert await links(main, "order/realtime", orderFilter="StopOrder") == ["waiting"]
    assert await links(main, "order/realtime", orderFilter="Order") == ["limit"]


async def test_a_list_of_all_symbols_needs_a_coin(main: Caller) -> None:
    """10001 without; a symbol shows only its own."""
    await place(main, LIMIT, "btc")
    await place(main, {**LIMIT, "symbol": "ETHUSDT", "price": "1000"}, "eth")
    assert await links(main, "order/realtime") == ["btc"]
    assert await links(main, "order/realtime", symbol="", settleCoin="USDT") == ["eth", "btc"]
    for path in ("order/realtime", "position/list"):
        assert (await main.get(path, category="linear"))["retCode"] == 10001


async def test_a_restart_loses_closed_orders(main: Caller) -> None:
    """The open ones stay, and so does that a client id is taken."""
    await place(main, MARKET, "filled")
    await place(main, LIMIT, "open")
    main.server.world.venue.forget_closed()
    assert await links(main, "order/realtime", openOnly=1) == []
    assert await links(main, "order/realtime", orderLinkId="filled") == []
    assert await links(main, "order/realtime") == ["open"]
    assert (await main.post("order/create", **MARKET, orderLinkId="filled"))["retCode"] == 110072


async def test_the_history_is_asked_by_status(main: Caller) -> None:
    """As ccxt asks for cancelled orders."""
    await place(main, MARKET, "filled")
    await place(main, LIMIT, "gone")
    await main.post("order/cancel", **BTC, orderLinkId="gone")
    assert await links(main, "order/history", orderStatus="Cancelled") == ["gone"]
    assert await links(main, "order/history", orderStatus="Filled") == ["filled"]


@pytest.mark.parametrize("path", ["order/history", "execution/list", "position/closed-pnl"])
async def test_times_are_seven_days_at_most(main: Caller, path: str) -> None:
    """Two weeks are 10001; the week before last, and the next, are empty."""
    await place(main, MARKET, "a")
    await place(main, {**MARKET, "side": "Sell"}, "b", reduceOnly=True)
    at = now()
    assert (await main.get(path, **BTC, startTime=at - 2 * WEEK, endTime=at))["retCode"] == 10001
    assert await rows(main, path, startTime=at - 1_000, endTime=at + 1_000)
    assert await rows(main, path, startTime=at - 1_000)
    assert await rows(main, path, endTime=at + 1_000)
    assert await rows(main, path, endTime=at - WEEK) == []
    assert await rows(main, path, startTime=at + 60_000) == []


async def test_executions_come_newest_first_and_by_order(main: Caller) -> None:
    """Of an order by either id, of a kind by execType."""
    await place(main, MARKET, "a")
    await place(main, {**MARKET, "side": "Sell"}, "b", reduceOnly=True)
    found = await rows(main, "execution/list")
    assert [each["orderLinkId"] for each in found] == ["b", "a"]
    assert found[0]["seq"] > found[1]["seq"]
    assert await links(main, "execution/list", orderLinkId="a") == ["a"]
    assert await links(main, "execution/list", orderId=found[0]["orderId"]) == ["b"]
    assert await links(main, "execution/list", execType="Funding") == []


async def test_funding_is_an_execution_of_nothing(main: Caller) -> None:
    """No order, type UNKNOWN, a fee that is paid."""
    await place(main, MARKET, "a")
    main.server.world.act(lambda venue: venue.fund("BTCUSDT", Decimal("0.001")))
    found = (await rows(main, "execution/list", execType="Funding"))[0]
    assert (found["orderId"], found["orderType"], found["orderQty"]) == ("", "UNKNOWN", "0")
    assert (found["execFee"], found["execQty"], found["execValue"]) == ("0.6", "0.01", "600")


async def test_a_flat_symbol_has_its_row(main: Caller) -> None:
    """Empty side, size 0; without a symbol only what is held is shown."""
    found = (await rows(main, "position/list"))[0]
    assert (found["side"], found["size"], found["avgPrice"], found["liqPrice"]) == ("", "0", "0", "")
    assert await rows(main, "position/list", symbol="", settleCoin="USDT") == []
    assert (await main.get("position/list", category="linear", symbol="NOSUCHUSDT"))["retCode"] == 10001


async def test_a_position_shows_its_numbers(main: Caller) -> None:
    """A short of 0.02 from 60000, the market at 59000, the stop above it."""
    await place(main, {**MARKET, "side": "Sell", "qty": "0.02"}, "a", stopLoss="61000")
    main.server.world.push("BTCUSDT", Decimal(59_000))
    found = (await rows(main, "position/list", symbol="", settleCoin="USDT"))[0]
    assert (found["side"], found["size"], found["avgPrice"], found["stopLoss"]) == ("Sell", "0.02", "60000", "61000")
    assert (found["positionValue"], found["markPrice"], found["unrealisedPnl"]) == ("1200", "59000", "20")
    assert found["positionIM"] == "120"
    assert Decimal(found["breakEvenPrice"]) < 60_000
    assert Decimal(found["liqPrice"]) > 60_000


async def test_closed_profit_is_told_by_order(main: Caller) -> None:
    """One row for each order that closed a part, newest first."""
    await place(main, {**MARKET, "qty": "0.02"}, "in")
    main.server.world.push("BTCUSDT", Decimal(61_000))
    for link in ("x", "y"):
        await place(main, {**MARKET, "side": "Sell"}, link, reduceOnly=True)
    found = await rows(main, "position/closed-pnl")
    assert [(each["closedSize"], each["avgEntryPrice"], each["avgExitPrice"]) for each in found] == [
        ("0.01", "60000", "61000")
    ] * 2
    assert (found[0]["side"], found[0]["fillCount"]) == ("Sell", "1")
    assert 9 < Decimal(found[0]["closedPnl"]) < 10


async def test_accounts_see_only_their_own(main: Caller) -> None:
    """The mirror's lists are empty while main trades at the same venue."""
    await place(main, MARKET, "a")
    await place(main, LIMIT, "b")
    async with ClientSession() as web:
        mirror = Caller(main.server, web, key_of(main.server, "mirror"))
        assert [await rows(mirror, path) for path in ("order/realtime", "order/history", "execution/list")] == [[]] * 3
        assert await rows(mirror, "position/list", symbol="", settleCoin="USDT") == []


@pytest.mark.parametrize(("path", "asked"), [
    ("order/realtime", {"limit": "many"}),
    ("order/realtime", {"cursor": "page two"}),
    ("order/history", {"startTime": "yesterday"}),
    ("execution/list", {"category": "option"}),
])  # fmt: skip
async def test_a_bad_question_is_refused(main: Caller, path: str, asked: dict[str, str]) -> None:
    """10001, with the parameter's name."""
    answer = await main.get(path, **{**BTC, **asked})
    assert answer["retCode"] == 10001
    assert next(iter(asked)) in answer["retMsg"]
