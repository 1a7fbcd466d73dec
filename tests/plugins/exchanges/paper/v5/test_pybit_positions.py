"""Positions through pybit, unmodified: leverage, both modes, levels, what was executed and won."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from plugins.exchanges.paper.v5.boot import accounts
from tests.through_pybit import PybitUser, user

pytestmark = pytest.mark.integration

FULL = {"symbol": "BTCUSDT", "positionIdx": 0, "tpslMode": "Full"}
PARTIAL = {**FULL, "tpslMode": "Partial"}


@pytest_asyncio.fixture
async def main() -> AsyncIterator[PybitUser]:
    """A user of main."""
    async with user() as found:
        yield found


async def position(main: PybitUser, index: int = 0) -> dict[str, Any]:
    """The row of a slot."""
    return next(row for row in await main.rows("get_positions") if row["positionIdx"] == index)


async def stops(main: PybitUser) -> dict[str, tuple[str, str]]:
    """The orders that partial levels became: quantity and trigger by kind."""
    rows = await main.rows("get_open_orders", orderFilter="StopOrder")
    return {row["stopOrderType"]: (row["qty"], row["triggerPrice"]) for row in rows}


async def hedged(main: PybitUser) -> None:
    """Hedge mode, with a long and a shorter short."""
    await main.ask("switch_position_mode", symbol="BTCUSDT", mode=3)
    await main.place("Buy", "0.02", positionIdx=1)
    await main.place("Sell", "0.01", positionIdx=2)


async def test_leverage_binds_less_margin(main: PybitUser) -> None:
    """Both sides have the same; that it is so already is 110043 (rel:F09)."""
    sides = {"buyLeverage": "20", "sellLeverage": "20"}
    await main.ask("set_leverage", symbol="BTCUSDT", **sides)
    await main.place()
    row = await position(main)

    assert (row["leverage"], Decimal(row["positionIM"])) == ("20", Decimal(30))
    assert await main.refused("set_leverage", **sides) == 110043
    assert await main.refused("set_leverage", **{**sides, "sellLeverage": "10"}) == 10001


async def test_a_long_and_a_short_are_netted_one_way(main: PybitUser) -> None:
    """One slot: selling more than is held turns it round."""
    await main.place("Buy", "0.01")
    await main.place("Sell", "0.03")
    row = await position(main)
    assert (row["side"], row["size"], row["avgPrice"]) == ("Sell", "0.02", "60000")


async def test_a_long_and_a_short_stand_side_by_side_in_hedge_mode(main: PybitUser) -> None:
    """Two slots, each closed by the other side under its own index."""
    await hedged(main)
    assert [(row["side"], row["size"]) for row in await main.rows("get_positions")] == [
        ("Buy", "0.02"),
        ("Sell", "0.01"),
    ]
    await main.place("Sell", "0.02", positionIdx=1, reduceOnly=True)
    assert [(row["side"], row["size"]) for row in await main.rows("get_positions")] == [("", "0"), ("Sell", "0.01")]


async def test_the_slots_of_hedge_mode_have_levels_of_their_own(main: PybitUser) -> None:
    """A stop below the long, one above the short; the market meets only one."""
    await hedged(main)
    await main.ask("set_trading_stop", **{**FULL, "positionIdx": 1}, stopLoss="59000")
    await main.ask("set_trading_stop", **{**FULL, "positionIdx": 2}, stopLoss="61000")
    main.server.world.push("BTCUSDT", Decimal(59000))
    assert [row["size"] for row in await main.rows("get_positions")] == ["0", "0.01"]
    assert (await position(main, 2))["stopLoss"] == "61000"


async def test_an_account_may_be_hedged_from_the_start() -> None:
    """Its rows are two; switching to what is so already is 110025."""
    async with user(accounts=tuple(replace(each, hedge=True) for each in accounts())) as main:
        assert [row["positionIdx"] for row in await main.rows("get_positions")] == [1, 2]
        assert await main.refused("switch_position_mode", mode=3) == 110025


async def test_the_mode_stands_while_something_is_there(main: PybitUser) -> None:
    """110028 with an order, 110024 with a position."""
    await main.place(price="59000")
    assert await main.refused("switch_position_mode", mode=3) == 110028
    await main.ask("cancel_all_orders", symbol="BTCUSDT")
    await main.place()
    assert await main.refused("switch_position_mode", mode=3) == 110024


async def test_positions_of_a_coin_are_those_that_exist(main: PybitUser) -> None:
    """By settleCoin flat symbols are left out."""
    await main.place()
    await main.place(symbol="ETHUSDT", qty="0.1")
    rows = (await main.ask("get_positions", settleCoin="USDT"))["list"]
    assert sorted(row["symbol"] for row in rows) == ["BTCUSDT", "ETHUSDT"]


async def test_attached_full_levels_become_the_positions(main: PybitUser) -> None:
    """They fire as market orders for all that is held, and the other goes with it."""
    await main.place(takeProfit="63000", stopLoss="58000", tpslMode="Full")
    row = await position(main)
    main.server.world.push("BTCUSDT", Decimal(63000))
    closed = (await main.rows("get_order_history"))[0]
    flat = await position(main)

    assert (row["takeProfit"], row["stopLoss"]) == ("63000", "58000")
    assert (closed["stopOrderType"], closed["orderStatus"], closed["qty"]) == ("TakeProfit", "Filled", "0.01")
    assert (flat["side"], flat["size"], flat["takeProfit"], flat["stopLoss"]) == ("", "0", "", "")


async def test_attached_partial_levels_become_orders_of_the_fills_size(main: PybitUser) -> None:
    """A pair for each order, sized by what it filled."""
    await main.place(takeProfit="63000", stopLoss="58000", tpslMode="Partial")
    await main.place(qty="0.02", stopLoss="57000", tpslMode="Full")
    assert await stops(main) == {"PartialTakeProfit": ("0.01", "63000"), "PartialStopLoss": ("0.01", "58000")}
    main.server.world.push("BTCUSDT", Decimal(58000))
    assert (await position(main))["size"] == "0.02"


async def test_a_full_level_follows_the_size(main: PybitUser) -> None:
    """Absolute, moved, cleared by 0; 34040 when nothing changes (rel:F14)."""
    await main.place()
    await main.ask("set_trading_stop", **FULL, stopLoss="58000")
    assert await main.refused("set_trading_stop", **FULL, stopLoss="58000") == 34040
    await main.ask("set_trading_stop", **FULL, stopLoss="0")
    assert (await position(main))["stopLoss"] == ""
    await main.ask("set_trading_stop", **FULL, stopLoss="59000")
    await main.place(qty="0.02")
    main.server.world.push("BTCUSDT", Decimal(59000))
    assert (await position(main))["size"] == "0"


async def test_a_full_level_needs_a_position_and_the_right_side(main: PybitUser) -> None:
    """Nothing protects nothing, and a long's stop lies below the market."""
    assert await main.refused("set_trading_stop", **FULL, stopLoss="58000") == 10001
    await main.place()
    assert await main.refused("set_trading_stop", **FULL, stopLoss="61000") == 10001
    assert (await position(main))["stopLoss"] == ""


async def test_partial_levels_are_added_amended_and_cancelled(main: PybitUser) -> None:
    """Each is an order of its own, changed and taken out by its id."""
    await main.place(qty="0.02")
    await main.ask("set_trading_stop", **PARTIAL, takeProfit="62000", tpSize="0.005")
    await main.ask("set_trading_stop", **PARTIAL, stopLoss="58000", slSize="0.01")
    rows = {row["stopOrderType"]: row["orderId"] for row in await main.rows("get_open_orders")}
    await main.ask("amend_order", symbol="BTCUSDT", orderId=rows["PartialTakeProfit"], triggerPrice="63000")
    assert await stops(main) == {"PartialTakeProfit": ("0.005", "63000"), "PartialStopLoss": ("0.01", "58000")}
    await main.ask("cancel_order", symbol="BTCUSDT", orderId=rows["PartialStopLoss"])
    assert set(await stops(main)) == {"PartialTakeProfit"}


async def test_a_partial_pair_has_one_size(main: PybitUser) -> None:
    """Target and stop of a pair are of one size (V5 trading-stop page)."""
    await main.place()
    pair = {"takeProfit": "62000", "stopLoss": "58000", "tpSize": "0.005"}
    assert await main.refused("set_trading_stop", **PARTIAL, **pair, slSize="0.004") == 10001
    await main.ask("set_trading_stop", **PARTIAL, **pair, slSize="0.005")
    assert await stops(main) == {"PartialTakeProfit": ("0.005", "62000"), "PartialStopLoss": ("0.005", "58000")}


async def test_executions_and_profit_are_told_by_order(main: PybitUser) -> None:
    """What an order closed, at what fee; the sequence grows."""
    await main.place(orderLinkId="in")
    main.server.world.push("BTCUSDT", Decimal(61000))
    await main.place("Sell", reduceOnly=True, orderLinkId="out")
    closing, opening = await main.rows("get_executions")
    pnl = (await main.rows("get_closed_pnl"))[0]

    assert (opening["orderLinkId"], opening["execPrice"], opening["closedSize"]) == ("in", "60000", "0")
    assert (closing["orderLinkId"], closing["execPrice"], closing["closedSize"]) == ("out", "61000", "0.01")
    assert Decimal(closing["execFee"]) == Decimal(610) * Decimal("0.00055")
    assert closing["seq"] > opening["seq"]
    assert (pnl["closedSize"], pnl["avgEntryPrice"], pnl["avgExitPrice"]) == ("0.01", "60000", "61000")


async def test_reduce_only_orders_share_what_is_held(main: PybitUser) -> None:
    """Flat: 110017. The quota is the position; when that is closed they are cancelled (rel:F08)."""
    close = {"side": "Sell", "orderType": "Limit", "price": "62000", "reduceOnly": True}
    assert await main.refused("place_order", qty="0.01", **close) == 110017
    await main.place()
    await main.place("Sell", "0.01", price="62000", reduceOnly=True, orderLinkId="tp")
    assert await main.refused("place_order", qty="0.01", **close) == 110017
    await main.place("Sell", reduceOnly=False)
    row = (await main.rows("get_order_history", orderLinkId="tp"))[0]
    assert (row["orderStatus"], row["cancelType"]) == ("Cancelled", "CancelByReduceOnly")
