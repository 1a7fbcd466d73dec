"""The account through pybit, unmodified: money, fees, rights, and what a key is refused for."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.faults.storm import Storm
from plugins.exchanges.paper.v5.settings import WireAccount
from ports.secret import Secret
from tests.through_pybit import PybitUser, user

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def main() -> AsyncIterator[PybitUser]:
    """A user of main."""
    async with user() as found:
        yield found


async def wallet(main: PybitUser) -> dict[str, Decimal]:
    """The unified wallet's totals."""
    row = (await main.envelope("get_wallet_balance", accountType="UNIFIED"))["result"]["list"][0]
    return {name: Decimal(value) for name, value in row.items() if name.startswith("total")}


def keyed(**changes: Any) -> tuple[WireAccount, ...]:
    """Accounts whose keys are otherwise."""
    return tuple(replace(each, keys=tuple(replace(key, **changes) for key in each.keys)) for each in accounts())


async def test_the_wallet_follows_position_price_and_fee(main: PybitUser) -> None:
    """Bound by an order, lost in fees, won by the price."""
    await main.place(price="50000", qty="0.02")
    bound = await wallet(main)
    await main.ask("cancel_all_orders", symbol="BTCUSDT")
    await main.place()
    main.server.world.push("BTCUSDT", Decimal(61000))
    won = await wallet(main)

    assert bound["totalWalletBalance"] == 10_000
    assert bound["totalAvailableBalance"] == 10_000 - bound["totalInitialMargin"] < 10_000
    assert won["totalWalletBalance"] == 10_000 - Decimal(600) * Decimal("0.00055")
    assert won["totalPerpUPL"] == 10
    assert won["totalEquity"] == won["totalWalletBalance"] + 10


async def test_an_order_beyond_the_balance_is_refused(main: PybitUser) -> None:
    """110007, and nothing is bound."""
    order = {"side": "Buy", "orderType": "Limit", "price": "59000", "qty": "100"}
    assert await main.refused("place_order", **order) == 110007
    assert (await wallet(main))["totalInitialMargin"] == 0


async def test_fees_account_and_instruments_are_told(main: PybitUser) -> None:
    """By symbol; the account is unified and in cross margin."""
    fees = (await main.rows("get_fee_rates"))[0]
    info = (await main.envelope("get_account_info"))["result"]
    own = (await main.rows("get_account_instruments_info"))[0]
    assert (fees["takerFeeRate"], fees["makerFeeRate"]) == ("0.00055", "0.0002")
    assert (info["marginMode"], info["unifiedMarginStatus"]) == ("REGULAR_MARGIN", 5)
    assert own["symbol"] == "BTCUSDT"


async def test_a_key_tells_what_it_may() -> None:
    """A key that reads may not trade: 10005."""
    async with user(accounts=keyed(read_only=True)) as main:
        rights = (await main.envelope("get_api_key_information"))["result"]
        assert (rights["readOnly"], rights["permissions"]["ContractTrade"]) == (1, [])
        assert await main.refused("place_order", side="Buy", orderType="Market", qty="0.01") == 10005


@pytest.mark.parametrize(
    ("changes", "code"), [({"expires": 1}, 33004), ({"ips": ("192.0.2.1",)}, 10010)], ids=["expired", "elsewhere"]
)
async def test_a_key_is_bound_to_time_and_address(changes: dict[str, Any], code: int) -> None:
    """Expired, or used from an address that it is not bound to."""
    async with user(accounts=keyed(**changes)) as main:
        assert await main.refused("get_positions") == code


async def test_a_wrong_key_and_a_wrong_secret_are_told_apart(main: PybitUser) -> None:
    """10003 and 10004."""
    wrong = PybitUser(main.server, replace(main.key, secret=Secret("wrong")))
    unknown = PybitUser(main.server, replace(main.key, key="unknown"))
    assert await wrong.refused("get_positions") == 10004
    assert await unknown.refused("get_positions") == 10003


async def test_accounts_do_not_see_each_other(main: PybitUser) -> None:
    """An order of main's is none of the mirror's."""
    mirror = PybitUser(main.server, main.server.world.keys.of("mirror") or main.key)
    await main.place(price="59000", orderLinkId="mine")
    assert await mirror.rows("get_open_orders") == []
    assert await mirror.refused("cancel_order", orderLinkId="mine") == 110001


async def test_a_clock_that_is_off_is_refused() -> None:
    """10002."""
    storm = Storm(now=lambda: time.monotonic_ns() // 1_000_000)
    async with user(weather=storm) as main:
        main.http.retry_codes = set()  # else pybit waits three seconds and widens its window
        storm.configure([{"kind": "skew", "ms": -3_600_000}])
        assert await main.refused("get_positions") == 10002


async def test_the_eleventh_order_of_a_second_is_too_many(main: PybitUser) -> None:
    """10006, and it was not placed."""
    main.http.retry_codes = set()  # else pybit waits for the moment that the header names
    for number in range(10):
        await main.place(price="59000", orderLinkId=f"n-{number}")
    assert await main.refused("place_order", side="Buy", orderType="Market", qty="0.01") == 10006
    assert (await main.rows("get_positions"))[0]["size"] == "0"
