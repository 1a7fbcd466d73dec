"""Orders through pybit, unmodified: single, in batches, conditional."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from tests.through_pybit import PybitUser, user

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def main() -> AsyncIterator[PybitUser]:
    """A user of main."""
    async with user() as found:
        yield found


def part(link: str, **more: Any) -> dict[str, Any]:
    """One order of a batch."""
    return {
        "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000",
        "orderLinkId": link, **more,
    }  # fmt: skip


async def codes(main: PybitUser, method: str, request: list[dict[str, Any]]) -> list[int]:
    """What became of a batch's parts; the whole of it is always taken."""
    answer = await main.envelope(method, category="linear", request=request)
    assert answer["retCode"] == 0
    return [each["code"] for each in answer["retExtInfo"]["list"]]


async def test_a_market_order_is_found_filled_by_its_id(main: PybitUser) -> None:
    """Asked by id, an order is shown though it is closed; asked for what is open, it is not."""
    identity = await main.place(orderLinkId="m-1")
    row = (await main.rows("get_open_orders", orderId=identity))[0]
    assert (row["orderStatus"], row["cumExecQty"], row["timeInForce"]) == ("Filled", "0.01", "IOC")
    assert (row["avgPrice"], row["leavesQty"], row["orderLinkId"]) == ("60000", "0", "m-1")
    assert await main.rows("get_open_orders") == []


async def test_an_order_is_amended_and_cancelled_by_its_id(main: PybitUser) -> None:
    """The venue's own id serves as well as the client's."""
    identity = await main.place(price="59000")
    await main.ask("amend_order", symbol="BTCUSDT", orderId=identity, price="58500.5", qty="0.012")
    row = (await main.rows("get_open_orders"))[0]
    await main.ask("cancel_order", symbol="BTCUSDT", orderId=identity)

    assert (row["price"], row["qty"], row["orderId"]) == ("58500.5", "0.012", identity)
    assert await main.refused("amend_order", orderId=identity, qty="0.02") == 110001


async def test_an_amendment_keeps_to_the_symbols_rules(main: PybitUser) -> None:
    """Too little, and a price off the grid, are refused, and nothing changes."""
    await main.place("Sell", price="61000", orderLinkId="a-1")
    assert await main.refused("amend_order", orderLinkId="a-1", qty="0.0005") == 10001
    assert await main.refused("amend_order", orderLinkId="a-1", price="61000.05") == 10001
    assert (await main.rows("get_open_orders"))[0]["price"] == "61000"


async def test_an_amended_price_that_crosses_fills(main: PybitUser) -> None:
    """A limit moved through the market takes."""
    await main.place(price="59000", orderLinkId="x-1")
    await main.ask("amend_order", symbol="BTCUSDT", orderLinkId="x-1", price="60500")
    assert (await main.rows("get_positions"))[0]["size"] == "0.01"


async def test_post_only_is_cancelled_when_it_would_take(main: PybitUser) -> None:
    """It says why."""
    identity = await main.place(price="60500", timeInForce="PostOnly")
    row = (await main.rows("get_order_history", orderId=identity))[0]
    assert row["orderStatus"] in ("Cancelled", "Rejected")
    assert row["rejectReason"] == "EC_PostOnlyWillTakeLiquidity"


async def test_all_orders_are_cancelled_at_once(main: PybitUser) -> None:
    """Of the symbol, and of no other."""
    for number in range(3):
        await main.place(price="59000", orderLinkId=f"all-{number}")
    await main.place(symbol="ETHUSDT", price="1000", qty="0.1", orderLinkId="other")
    gone = await main.rows("cancel_all_orders")

    assert sorted(row["orderLinkId"] for row in gone) == ["all-0", "all-1", "all-2"]
    left = await main.ask("get_open_orders", settleCoin="USDT")
    assert [row["orderLinkId"] for row in left["list"]] == ["other"]


async def test_open_orders_are_paged_by_cursor(main: PybitUser) -> None:
    """Pybit passes the cursor on as it came."""
    for number in range(5):
        await main.place(price="59000", orderLinkId=f"p-{number}")
    links: list[str] = []
    cursor = ""
    for _ in range(3):
        page = await main.ask("get_open_orders", symbol="BTCUSDT", limit=2, cursor=cursor)
        links += [row["orderLinkId"] for row in page["list"]]
        cursor = page["nextPageCursor"]

    assert sorted(links) == [f"p-{number}" for number in range(5)]


async def test_a_batch_places_amends_and_cancels(main: PybitUser) -> None:
    """Ladder, resized and taken out: three calls."""
    links = ("b-1", "b-2", "b-3")
    assert await codes(main, "place_batch_order", [part(link) for link in links]) == [0, 0, 0]
    changes = [{"symbol": "BTCUSDT", "orderLinkId": link, "qty": "0.02"} for link in links]
    assert await codes(main, "amend_batch_order", changes) == [0, 0, 0]
    assert [row["qty"] for row in await main.rows("get_open_orders")] == ["0.02"] * 3
    named = [{"symbol": "BTCUSDT", "orderLinkId": link} for link in links]
    assert await codes(main, "cancel_batch_order", named) == [0, 0, 0]
    assert await main.rows("get_open_orders") == []


async def test_a_batch_fails_in_part(main: PybitUser) -> None:
    """Used id, too little, wrong index: each has its code and no order id, the others work (rel:F13b)."""
    request = [part("b-1"), part("b-1"), part("b-2", qty="0.0001"), part("b-3", positionIdx=1), part("b-4")]
    assert await codes(main, "place_batch_order", request) == [0, 110072, 10001, 10001, 0]
    assert {row["orderLinkId"] for row in await main.rows("get_open_orders")} == {"b-1", "b-4"}


async def test_a_batch_within_the_second_is_granted_in_part(main: PybitUser) -> None:
    """Ten orders a second, counted by order: the rest of twelve are refused one by one (V5 rate limit page)."""
    answer = await codes(main, "place_batch_order", [part(f"r-{number}") for number in range(12)])
    assert answer == [0] * 10 + [10006] * 2
    assert len(await main.rows("get_open_orders", limit=50)) == 10


async def test_a_batch_opens_protected(main: PybitUser) -> None:
    """Market entry and limits that carry their stop: the position has it from the first fill."""
    entry = {"orderType": "Market", "stopLoss": "56000", "tpslMode": "Full"}
    request = [part("e-1", **entry), part("e-2", stopLoss="56000", tpslMode="Full")]
    assert await codes(main, "place_batch_order", request) == [0, 0]
    row = (await main.rows("get_positions"))[0]
    waiting = (await main.rows("get_open_orders", orderFilter="Order"))[0]

    assert (row["size"], row["stopLoss"]) == ("0.01", "56000")
    assert (waiting["orderLinkId"], waiting["stopLoss"]) == ("e-2", "56000")


async def test_a_conditional_order_is_amended_then_triggered(main: PybitUser) -> None:
    """Its trigger moves by a single amendment; it fires there and not before."""
    await main.place(triggerPrice="61000", triggerDirection=1, orderLinkId="c-1")
    await main.ask("amend_order", symbol="BTCUSDT", orderLinkId="c-1", triggerPrice="62000")
    main.server.world.push("BTCUSDT", Decimal(61500))
    waits = (await main.rows("get_open_orders"))[0]
    main.server.world.push("BTCUSDT", Decimal(62000))
    done = (await main.rows("get_open_orders", orderLinkId="c-1"))[0]

    assert (waits["orderStatus"], waits["triggerPrice"]) == ("Untriggered", "62000")
    assert (done["orderStatus"], done["avgPrice"]) == ("Filled", "62000")


async def test_a_conditional_limit_rests_once_triggered(main: PybitUser) -> None:
    """Triggered, it is an order like any other."""
    await main.place(price="58000", triggerPrice="59000", triggerDirection=2, orderLinkId="c-2")
    main.server.world.push("BTCUSDT", Decimal(59000))
    row = (await main.rows("get_open_orders"))[0]
    assert (row["orderStatus"], row["price"]) == ("New", "58000")
    assert await codes(main, "amend_batch_order", [{"symbol": "BTCUSDT", "orderLinkId": "c-2", "qty": "0.02"}]) == [0]


@pytest.mark.parametrize(("direction", "trigger", "code"), [(1, "59000", 110092), (2, "61000", 110093)])
async def test_a_trigger_on_the_wrong_side_is_refused(main: PybitUser, direction: int, trigger: str, code: int) -> None:
    """It would have been passed already."""
    order = {"side": "Sell", "orderType": "Market", "qty": "0.01", "triggerPrice": trigger}
    assert await main.refused("place_order", triggerDirection=direction, **order) == code


async def test_conditionals_in_a_batch_are_placed_and_cancelled_but_not_amended(main: PybitUser) -> None:
    """As the batch pages say."""
    trigger = {"triggerPrice": "61000", "triggerDirection": 1}
    assert await codes(main, "place_batch_order", [part("c-3", **trigger)]) == [0]
    named = {"symbol": "BTCUSDT", "orderLinkId": "c-3"}
    assert await codes(main, "amend_batch_order", [{**named, "qty": "0.02"}]) == [10001]
    assert await codes(main, "cancel_batch_order", [named]) == [0]
    row = (await main.rows("get_order_history"))[0]
    assert (row["orderLinkId"], row["orderStatus"]) == ("c-3", "Deactivated")
