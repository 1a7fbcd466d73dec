"""Order entry over HTTP: what is taken, what is refused with which code (V5 order and error pages)."""

from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from tests.signed import Body, Caller, calling

pytestmark = pytest.mark.integration

BTC = {"category": "linear", "symbol": "BTCUSDT"}
MARKET = {**BTC, "side": "Buy", "orderType": "Market", "qty": "0.01"}
LIMIT = {**BTC, "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000"}
TARGET = {**LIMIT, "side": "Sell", "price": "61000", "reduceOnly": True}
WAITING = {**MARKET, "triggerPrice": "61000", "triggerDirection": 1}


@pytest_asyncio.fixture
async def main() -> AsyncIterator[Caller]:
    """Main at a venue of its own, without rates."""
    async with calling(rates=None) as caller:
        yield caller


async def placed(main: Caller, order: Mapping[str, Any], link: str = "", **more: object) -> Body:
    """The order's row, once placed."""
    answer = await main.post("order/create", **order, **({"orderLinkId": link} if link else {}), **more)
    assert answer["retCode"] == 0, answer
    return await row(main, orderId=answer["result"]["orderId"])


async def row(main: Caller, **named: str) -> Body:
    """An order's row, open or closed, by its id."""
    found: Body = (await main.get("order/realtime", category="linear", **named))["result"]["list"][0]
    return found


async def links(main: Caller) -> set[str]:
    """The client ids of what is open."""
    found = await main.get("order/realtime", category="linear", settleCoin="USDT")
    return {each["orderLinkId"] for each in found["result"]["list"]}


async def test_an_order_is_acknowledged_with_both_ids(main: Caller) -> None:
    """And no more than that: what became of it is told elsewhere."""
    answer = await main.post("order/create", **MARKET, orderLinkId="a-1")
    assert set(answer["result"]) == {"orderId", "orderLinkId"}
    assert answer["result"]["orderLinkId"] == "a-1"
    assert (await row(main, orderLinkId="a-1"))["orderStatus"] == "Filled"


@pytest.mark.parametrize(("changes", "code"), [
    ({"category": "spot"}, 10001),
    ({"symbol": "NOSUCHUSDT"}, 10001),
    ({"symbol": ""}, 10001),
    ({"side": "buy"}, 10001),
    ({"orderType": "Stop"}, 10001),
    ({"qty": ""}, 10001),
    ({"qty": "much"}, 10001),
    ({"qty": "NaN"}, 10001),
    ({"qty": "0"}, 10001),
    ({"qty": "0.0001"}, 10001),
    ({"qty": "0.0015"}, 10001),
    ({"qty": "1000000001"}, 10001),
    ({"price": ""}, 10001),
    ({"price": "59000.05"}, 10001),
    ({"price": "1000", "qty": "0.001"}, 110094),
    ({"timeInForce": "Forever"}, 10001),
    ({"positionIdx": 1}, 10001),
    ({"orderLinkId": "x" * 37}, 10001),
    ({"orderLinkId": "a b"}, 10001),
    ({"orderLinkId": 7}, 10001),
    ({"stopLoss": "59000"}, 10001),
    ({"qty": "1.8"}, 110007),
    ({"triggerPrice": "61000"}, 10001),
    ({"triggerPrice": "61000", "triggerDirection": 2}, 110093),
    ({"triggerPrice": "59000", "triggerDirection": 1}, 110092),
    ({"reduceOnly": True}, 110017),
    ({"reduceOnly": True, "stopLoss": "50000"}, 10001),
])  # fmt: skip
async def test_a_bad_order_is_refused(main: Caller, changes: dict[str, object], code: int) -> None:
    """With its code, and nothing is placed."""
    answer = await main.post("order/create", **{**LIMIT, **changes})
    assert (answer["retCode"], answer["result"]) == (code, {})
    assert await links(main) == set()


async def test_a_client_id_is_taken_for_ever(main: Caller) -> None:
    """110072 even when its order is long closed; 36 letters are allowed (rel:F05)."""
    link = "tandem_" + "x" * 29
    await placed(main, LIMIT, link)
    await main.post("order/cancel", **BTC, orderLinkId=link)
    assert (await main.post("order/create", **LIMIT, orderLinkId=link))["retCode"] == 110072


async def test_post_only_never_takes(main: Caller) -> None:
    """Cancelled with its reason when it would."""
    found = await placed(main, {**LIMIT, "price": "60100", "timeInForce": "PostOnly"})
    assert (found["orderStatus"], found["rejectReason"]) == ("Cancelled", "EC_PostOnlyWillTakeLiquidity")
    assert (found["cumExecQty"], found["leavesQty"]) == ("0", "0")


@pytest.mark.parametrize("kind", ["IOC", "FOK"])
async def test_what_can_not_fill_at_once_ends(main: Caller, kind: str) -> None:
    """Below the market nothing is to be had."""
    found = await placed(main, {**LIMIT, "timeInForce": kind})
    assert (found["orderStatus"], found["cumExecQty"]) == ("Cancelled", "0")


async def test_nothing_as_quantity_closes_all(main: Caller) -> None:
    """By qty 0 with reduceOnly and closeOnTrigger (V5 create page)."""
    await placed(main, {**MARKET, "qty": "0.03"})
    found = await placed(main, {**MARKET, "side": "Sell", "qty": "0", "reduceOnly": True, "closeOnTrigger": True})
    assert (found["cumExecQty"], found["orderStatus"]) == ("0.03", "Filled")


async def test_an_amendment_changes_what_it_names(main: Caller) -> None:
    """The quantity is the new total; a stop of "0" is taken away; the order keeps its id."""
    before = await placed(main, LIMIT, "a", stopLoss="50000")
    answer = await main.post("order/amend", **BTC, orderId=before["orderId"], qty="0.02", stopLoss="0")
    after = await row(main, orderLinkId="a")
    assert answer["result"] == {"orderId": before["orderId"], "orderLinkId": "a"}
    assert (after["orderId"], after["qty"], after["price"]) == (before["orderId"], "0.02", "59000")
    assert (before["stopLoss"], after["stopLoss"]) == ("50000", "")


async def test_a_trigger_is_amended_by_itself(main: Caller) -> None:
    """A conditional order is amended singly (V5 amend page)."""
    await placed(main, WAITING, "c")
    await main.post("order/amend", **BTC, orderLinkId="c", triggerPrice="62000")
    assert (await row(main, orderLinkId="c"))["triggerPrice"] == "62000"


@pytest.mark.parametrize(("changes", "code"), [
    ({"orderLinkId": "nobody"}, 110001),
    ({"orderLinkId": ""}, 10001),
    ({"qty": "0.01"}, 10001),
    ({"qty": "0.0001"}, 10001),
    ({"price": "59000.01"}, 10001),
    ({"qty": "1.8"}, 110007),
    ({"stopLoss": "59500"}, 10001),
])  # fmt: skip
async def test_a_bad_amendment_is_refused(main: Caller, changes: dict[str, object], code: int) -> None:
    """With its code, and the order stays as it is."""
    before = await placed(main, LIMIT, "a")
    answer = await main.post("order/amend", **{**BTC, "orderLinkId": "a", **changes})
    assert answer["retCode"] == code
    assert await row(main, orderLinkId="a") == before


async def test_an_order_id_wins_over_a_client_id(main: Caller) -> None:
    """When both are given (V5 amend page)."""
    first = await placed(main, LIMIT, "a")
    await placed(main, LIMIT, "b")
    await main.post("order/cancel", **BTC, orderId=first["orderId"], orderLinkId="b")
    assert await links(main) == {"b"}


async def test_what_is_gone_can_not_be_cancelled(main: Caller) -> None:
    """110001 for filled, cancelled and unknown alike (rel:F06)."""
    await placed(main, MARKET, "a")
    for link in ("a", "nobody"):
        assert (await main.post("order/cancel", **BTC, orderLinkId=link))["retCode"] == 110001


async def several(main: Caller) -> None:
    """A position with an entry, a target, a conditional order and a partial stop; and an order elsewhere."""
    await placed(main, MARKET)
    await placed(main, LIMIT, "entry")
    await placed(main, TARGET, "target")
    await placed(main, WAITING, "waiting")
    await placed(main, {**LIMIT, "symbol": "ETHUSDT", "price": "1000"}, "ether")
    level = {"tpslMode": "Partial", "positionIdx": 0, "stopLoss": "50000", "slSize": "0.01"}
    assert (await main.post("position/trading-stop", **BTC, **level))["retCode"] == 0


@pytest.mark.parametrize(("asked", "left"), [
    ({"symbol": "BTCUSDT"}, {"ether"}),
    ({"settleCoin": "USDT"}, set()),
    ({"baseCoin": "ETH"}, {"", "entry", "target", "waiting"}),
    ({"symbol": "BTCUSDT", "orderFilter": "Order"}, {"", "waiting", "ether"}),
    ({"symbol": "BTCUSDT", "orderFilter": "StopOrder"}, {"entry", "target", "ether"}),
    ({"symbol": "BTCUSDT", "orderFilter": "StopOrder", "stopOrderType": "Stop"}, {"", "entry", "target", "ether"}),
])  # fmt: skip
async def test_cancel_all_takes_what_it_is_told(main: Caller, asked: dict[str, str], left: set[str]) -> None:
    """By symbol, coin and kind; "" is the partial stop (V5 cancel-all page)."""
    await several(main)
    answer = await main.post("order/cancel-all", category="linear", **asked)
    assert answer["result"]["success"] == "1"
    assert await links(main) == left
    assert len(answer["result"]["list"]) == 5 - len(left)


@pytest.mark.parametrize("asked", [{}, {"symbol": "BTCUSDT", "orderFilter": "All"}, {"symbol": "NOSUCHUSDT"}])
async def test_cancel_all_wants_to_know_of_what(main: Caller, asked: dict[str, str]) -> None:
    """10001, and nothing is cancelled."""
    await placed(main, LIMIT, "a")
    assert (await main.post("order/cancel-all", category="linear", **asked))["retCode"] == 10001
    assert await links(main) == {"a"}


async def test_each_part_of_a_batch_stands_for_itself(main: Caller) -> None:
    """A duplicate and an unknown symbol among good ones (rel:F13b)."""
    await placed(main, LIMIT, "taken")
    parts = [{**LIMIT, "orderLinkId": link} for link in ("b-1", "taken", "b-2")]
    parts[2]["symbol"] = "NOSUCHUSDT"
    answer = await main.post("order/create-batch", category="linear", request=parts)
    assert [each["code"] for each in answer["retExtInfo"]["list"]] == [0, 110072, 10001]
    assert [bool(each["orderId"]) for each in answer["result"]["list"]] == [True, False, False]
    assert await links(main) == {"taken", "b-1"}


async def test_a_batch_amends_and_cancels(main: Caller) -> None:
    """Conditional orders may be cancelled in one, but not amended."""
    for link, order in (("l", LIMIT), ("w", WAITING)):
        await placed(main, order, link)
    parts = [{"symbol": "BTCUSDT", "orderLinkId": link, "qty": "0.02"} for link in ("l", "w", "x")]
    changed = await main.post("order/amend-batch", category="linear", request=parts)
    assert [each["code"] for each in changed["retExtInfo"]["list"]] == [0, 10001, 110001]
    gone = await main.post("order/cancel-batch", category="linear", request=parts)
    assert [each["code"] for each in gone["retExtInfo"]["list"]] == [0, 0, 110001]


@pytest.mark.parametrize("parts", [[], None, ["x"], [LIMIT] * 21])
async def test_a_batch_has_one_to_twenty_parts(main: Caller, parts: object) -> None:
    """10001 on top."""
    assert (await main.post("order/create-batch", category="linear", request=parts))["retCode"] == 10001


async def test_ten_conditional_orders_wait_on_a_symbol(main: Caller) -> None:
    """The eleventh is 110009; another symbol has its own ten."""
    for number in range(10):
        await placed(main, WAITING, f"w-{number}")
    assert (await main.post("order/create", **WAITING))["retCode"] == 110009
    ether = {**WAITING, "symbol": "ETHUSDT", "qty": "0.1", "triggerPrice": "90000"}
    assert (await main.post("order/create", **ether))["retCode"] == 0


async def test_targets_share_the_position(main: Caller) -> None:
    """A reduce-only order is cut to what is left of the quota, then refused; never on the same side (110017)."""
    await placed(main, MARKET)
    await placed(main, {**TARGET, "qty": "0.006"})
    cut = await placed(main, {**TARGET, "qty": "0.006"})
    assert cut["qty"] == "0.004"
    assert (await main.post("order/create", **TARGET))["retCode"] == 110017
    assert (await main.post("order/create", **{**TARGET, "side": "Buy", "price": "59000"}))["retCode"] == 110017


async def test_a_fill_is_shown_in_the_row(main: Caller) -> None:
    """Value, average and fee of a limit order that the market came to."""
    await placed(main, LIMIT, "a")
    main.server.world.push("BTCUSDT", Decimal(59_000))
    found = await row(main, orderLinkId="a")
    assert (found["cumExecQty"], found["cumExecValue"], found["avgPrice"]) == ("0.01", "590", "59000")
    assert found["cumFeeDetail"] == {"USDT": "0.118"}
    assert (found["leavesQty"], found["orderStatus"]) == ("0", "Filled")
