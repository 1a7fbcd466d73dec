"""Order entry by WebSocket through pybit, unmodified: the same orders, answers and refusals as by HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.through_pybit import SYMBOL, Ears, PybitUser, order_entry, user

pytestmark = pytest.mark.integration

LIMIT = {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000"}


class Desk:
    """A user, pybit's socket for orders, and an ear for each kind of answer."""

    def __init__(self, main: PybitUser, socket: Any) -> None:
        """Nothing was sent yet."""
        self.main = main
        self.socket = socket
        self.taken, self.refused = Ears(), Ears()

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to a request that is taken."""
        getattr(self.socket, method)(self.taken, self.refused, category="linear", **params)
        return await self.taken.next()

    async def code(self, method: str, **params: Any) -> int:
        """The code of one that is refused."""
        getattr(self.socket, method)(self.taken, self.refused, category="linear", **params)
        return int((await self.refused.next())["retCode"])

    async def parts(self, method: str, request: list[dict[str, Any]]) -> list[int]:
        """What became of a batch's parts."""
        answer = await self.send(method, request=request)
        return [each["code"] for each in answer["retExtInfo"]["list"]]


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    """Connected and signed in."""
    async with user() as main, order_entry(main.server, main.key) as socket:
        yield Desk(main, socket)


async def test_an_order_is_placed_amended_and_cancelled(desk: Desk) -> None:
    """What WebSocket does, HTTP shows."""
    placed = await desk.send("place_order", **LIMIT, orderLinkId="w-1")
    shown = (await desk.main.rows("get_open_orders"))[0]
    await desk.send("amend_order", symbol="BTCUSDT", orderLinkId="w-1", qty="0.02")
    amended = (await desk.main.rows("get_open_orders"))[0]
    gone = await desk.send("cancel_order", symbol="BTCUSDT", orderId=placed["data"]["orderId"])

    assert (placed["op"], placed["data"]["orderLinkId"]) == ("order.create", "w-1")
    assert shown["orderId"] == amended["orderId"] == gone["data"]["orderId"] == placed["data"]["orderId"]
    assert (shown["qty"], amended["qty"]) == ("0.01", "0.02")
    assert await desk.main.rows("get_open_orders") == []


async def test_refusals_have_the_codes_of_http(desk: Desk) -> None:
    """Used id, nothing there, nothing to reduce (rel:F07, rel:F06, rel:F08)."""
    await desk.send("place_order", **LIMIT, orderLinkId="w-1")
    assert await desk.code("place_order", **LIMIT, orderLinkId="w-1") == 110072
    assert await desk.code("cancel_order", symbol="BTCUSDT", orderLinkId="none") == 110001
    assert await desk.code("place_order", **{**LIMIT, "side": "Sell", "reduceOnly": True}) == 110017


async def test_an_answer_carries_the_budget(desk: Desk) -> None:
    """In its header, where HTTP has headers."""
    header = (await desk.send("place_order", **LIMIT))["header"]
    assert (header["X-Bapi-Limit"], header["X-Bapi-Limit-Status"]) == ("10", "9")
    assert int(header["X-Bapi-Limit-Reset-Timestamp"]) <= int(header["Timenow"])


async def test_a_batch_is_placed_amended_and_cancelled(desk: Desk) -> None:
    """Parts stand for themselves (rel:F13b)."""
    request = [{**LIMIT, "orderLinkId": link} for link in ("b-1", "b-2", "b-1")]
    assert await desk.parts("place_batch_order", request) == [0, 0, 110072]
    named = [{"symbol": "BTCUSDT", "orderLinkId": link} for link in ("b-1", "b-2")]
    assert await desk.parts("amend_batch_order", [{**each, "qty": "0.02"} for each in named]) == [0, 0]
    assert [row["qty"] for row in await desk.main.rows("get_open_orders")] == ["0.02", "0.02"]
    assert await desk.parts("cancel_batch_order", [*named, {"symbol": "BTCUSDT", "orderLinkId": "b-3"}]) == [
        0,
        0,
        110001,
    ]


async def test_an_entry_carries_its_stop(desk: Desk) -> None:
    """The position has it from the first fill."""
    order = {**SYMBOL, "side": "Buy", "orderType": "Market", "qty": "0.01", "stopLoss": "56000", "tpslMode": "Full"}
    order.pop("category")
    await desk.send("place_order", **order)
    assert (await desk.main.rows("get_positions"))[0]["stopLoss"] == "56000"


async def test_both_ways_share_one_budget(desk: Desk) -> None:
    """Ten orders by batch on WebSocket leave none for HTTP in that second (V5 rate limit page)."""
    request = [{**LIMIT, "orderLinkId": f"r-{number}"} for number in range(10)]
    assert await desk.parts("place_batch_order", request) == [0] * 10
    desk.main.http.retry_codes = set()  # else pybit waits for the moment that the header names
    assert await desk.main.refused("place_batch_order", request=[LIMIT]) == 10006
