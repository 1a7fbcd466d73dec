"""The private stream through pybit, unmodified: what happens to an account, as it happens."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from plugins.exchanges.paper.v5.weather import Calm
from tests.through_pybit import Ears, PybitUser, eventually, stream, subscribed, user

pytestmark = pytest.mark.integration

TOPICS = ("order", "execution", "position", "wallet")


class Listening:
    """A user, pybit's private socket, and an ear for each topic."""

    def __init__(self, main: PybitUser, socket: Any) -> None:
        """Nothing is subscribed to yet."""
        self.main = main
        self.socket = socket
        self.ears = {topic: Ears() for topic in TOPICS}

    async def row(self, topic: str, **expected: object) -> dict[str, Any]:
        """The first row of a topic that shows *expected*."""
        return await self.ears[topic].until(
            lambda row: all(row[name] == value for name, value in expected.items()),
        )


@pytest_asyncio.fixture
async def listening() -> AsyncIterator[Listening]:
    """Subscribed to all four topics."""
    async with user() as main, stream(main.server, "private", main.key) as socket:
        found = Listening(main, socket)
        for topic, ear in found.ears.items():
            socket.subscribe(topic, ear)
        await subscribed(main.server, *TOPICS)
        yield found


class Doors(Calm):
    """Fair weather that counts who comes in."""

    def __init__(self) -> None:
        """Nobody yet."""
        super().__init__()
        self.entered = 0

    def connects(self, account: str, path: str) -> bool:
        """Always, and counted."""
        self.entered += 1
        return True


async def test_a_limit_order_is_told_from_birth_to_death(listening: Listening) -> None:
    """New, amended, cancelled: each is an order row."""
    main = listening.main
    await main.place(price="59000", orderLinkId="l-1")
    await main.ask("amend_order", symbol="BTCUSDT", orderLinkId="l-1", qty="0.02")
    await main.ask("cancel_order", symbol="BTCUSDT", orderLinkId="l-1")
    rows = [await listening.row("order", orderLinkId="l-1") for _ in range(3)]

    assert [(row["orderStatus"], row["qty"]) for row in rows] == [
        ("New", "0.01"), ("New", "0.02"), ("Cancelled", "0.02"),
    ]  # fmt: skip
    assert rows[2]["cancelType"] == "CancelByUser"


async def test_a_fill_is_told_by_all_four_topics(listening: Listening) -> None:
    """One sequence number joins execution and position."""
    await listening.main.place(price="59000", orderLinkId="f-1", stopLoss="50000")
    listening.main.server.world.push("BTCUSDT", Decimal(59000))
    execution = await listening.row("execution", orderLinkId="f-1")
    order = await listening.row("order", orderLinkId="f-1", orderStatus="Filled")
    position = await listening.row("position", size="0.01")
    wallet = await listening.row("wallet", totalWalletBalance="9999.882")

    assert (execution["isMaker"], execution["execType"], execution["leavesQty"]) == (True, "Trade", "0")
    assert Decimal(execution["execFee"]) == Decimal("0.118")
    assert order["cumExecQty"] == execution["execQty"] == "0.01"
    assert (position["side"], position["entryPrice"], position["stopLoss"]) == ("Buy", "59000", "50000")
    assert position["seq"] == execution["seq"]
    assert wallet["accountType"] == "UNIFIED"


async def test_a_stop_is_told_with_the_flat_position(listening: Listening) -> None:
    """The order that closed it has no client id; the side of nothing is empty."""
    await listening.main.place(stopLoss="58000")
    await listening.row("position", size="0.01")
    listening.main.server.world.push("BTCUSDT", Decimal(58000))
    order = await listening.row("order", stopOrderType="StopLoss", orderStatus="Filled")
    flat = await listening.row("position", size="0")

    assert (order["orderLinkId"], order["side"], order["createType"]) == ("", "Sell", "CreateByStopLoss")
    assert (flat["side"], flat["stopLoss"], flat["entryPrice"]) == ("", "", "0")


async def test_a_conditional_order_is_told_as_it_triggers(listening: Listening) -> None:
    """Untriggered first, filled at last."""
    await listening.main.place(triggerPrice="61000", triggerDirection=1, orderLinkId="c-1")
    await listening.row("order", orderLinkId="c-1", orderStatus="Untriggered")
    listening.main.server.world.push("BTCUSDT", Decimal(61000))
    assert (await listening.row("order", orderLinkId="c-1", orderStatus="Filled"))["avgPrice"] == "61000"


async def test_the_ids_of_partial_levels_come_by_the_order_topic(listening: Listening) -> None:
    """Trading-stop answers nothing: the order row is how they are learned."""
    await listening.main.place()
    levels = {"positionIdx": 0, "tpslMode": "Partial", "takeProfit": "62000", "tpSize": "0.004"}
    await listening.main.ask("set_trading_stop", symbol="BTCUSDT", **levels)
    row = await listening.row("order", stopOrderType="PartialTakeProfit")
    assert (row["orderStatus"], row["triggerPrice"], row["qty"]) == ("Untriggered", "62000", "0.004")
    await listening.main.ask("cancel_order", symbol="BTCUSDT", orderId=row["orderId"])
    assert (await listening.row("order", orderId=row["orderId"]))["orderStatus"] == "Deactivated"


async def test_a_batch_is_told_part_by_part(listening: Listening) -> None:
    """Every part has its row."""
    part = {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000"}
    request = [{**part, "orderLinkId": f"b-{number}"} for number in range(4)]
    await listening.main.ask("place_batch_order", request=request)
    links = [(await listening.row("order", orderStatus="New"))["orderLinkId"] for _ in range(4)]
    assert links == ["b-0", "b-1", "b-2", "b-3"]


async def test_the_fast_topic_has_trades_only() -> None:
    """Categorised, thin, without the maker's client id (rel:F23)."""
    async with user() as main, stream(main.server, "private", main.key) as socket:
        ears = Ears()
        socket.fast_execution_stream(ears, "linear")
        await subscribed(main.server, "execution.fast.linear")
        await main.place(price="59000", orderLinkId="m-1")
        main.server.world.push("BTCUSDT", Decimal(59000))
        frame = await ears.next()

    row = frame["data"][0]
    assert frame["topic"] == "execution.fast.linear"
    assert (row["orderLinkId"], row["isMaker"], row["execQty"], row["execPrice"]) == ("", True, "0.01", "59000")
    assert "execFee" not in row


async def test_a_torn_stream_is_rebuilt_and_subscribed_again() -> None:
    """Pybit reconnects by itself; what happens after that is heard, what happened meanwhile is not told (rel:F19)."""
    doors = Doors()
    async with user(weather=doors) as main, stream(main.server, "private", main.key) as socket:
        ears = Ears()
        socket.order_stream(ears)
        await subscribed(main.server, "order")
        main.server.hub.drop_all(None)
        await main.place(price="59000", orderLinkId="meanwhile")
        await eventually(lambda: doors.entered == 2)
        await subscribed(main.server, "order")
        await main.place(price="59000", orderLinkId="after")
        frame = await ears.next()

    assert [row["orderLinkId"] for row in frame["data"]] == ["after"]


async def test_accounts_hear_only_of_themselves(listening: Listening) -> None:
    """The mirror's order is not told to main."""
    main = listening.main
    key = main.server.world.keys.of("mirror")
    assert key is not None
    await PybitUser(main.server, key).place(orderLinkId="theirs", price="59000")
    await main.place(orderLinkId="ours", price="59000")
    frame = await listening.ears["order"].next()
    assert [row["orderLinkId"] for row in frame["data"]] == ["ours"]
