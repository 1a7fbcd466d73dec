"""A position's settings, the wallet and the key, over HTTP (V5 position, account and user pages)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
import pytest_asyncio

from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.settings import WireAccount
from ports.secret import Secret
from tests.signed import Body, Caller, calling, now

pytestmark = pytest.mark.integration

BTC = {"category": "linear", "symbol": "BTCUSDT"}
MARKET = {**BTC, "side": "Buy", "orderType": "Market", "qty": "0.01"}
LIMIT = {**BTC, "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000"}
FULL = {**BTC, "tpslMode": "Full", "positionIdx": 0}
PARTIAL = {**FULL, "tpslMode": "Partial"}
KEY = ApiKey(account="main", uid="77", key="k", secret=Secret("s"))


@pytest_asyncio.fixture
async def main() -> AsyncIterator[Caller]:
    """Main at a venue of its own, without rates."""
    async with calling(rates=None) as caller:
        yield caller


async def code(main: Caller, path: str, **params: object) -> int:
    """What a POST is answered with."""
    return int((await main.post(path, **params))["retCode"])


async def position(main: Caller) -> Body:
    """The first row of BTCUSDT's."""
    found: Body = (await main.get("position/list", **BTC))["result"]["list"][0]
    return found


@pytest.mark.parametrize(("buy", "sell", "expected"), [
    ("5", "5", 0), ("100", "100", 0), ("1", "1", 0), ("101", "101", 110013), ("0.5", "0.5", 110013), ("5", "6", 10001),
    ("", "", 10001), ("much", "much", 10001),
])  # fmt: skip
async def test_leverage_is_within_the_symbols(main: Caller, buy: str, sell: str, expected: int) -> None:
    """Both sides alike, and shown at the position once it is taken."""
    assert await code(main, "position/set-leverage", **BTC, buyLeverage=buy, sellLeverage=sell) == expected
    assert (await position(main))["leverage"] == (buy if expected == 0 else "10")


async def test_the_same_leverage_is_no_change(main: Caller) -> None:
    """110043, which callers take for done (rel:F09)."""
    same = {**BTC, "buyLeverage": "5", "sellLeverage": "5"}
    assert [await code(main, "position/set-leverage", **same) for _ in range(2)] == [0, 110043]


async def test_the_mode_switches_only_while_nothing_is_there(main: Caller) -> None:
    """110024 with a position, 110028 with an order, 110025 when it is so already."""
    switch = {**BTC, "mode": 3}
    assert await code(main, "position/switch-mode", **BTC, mode=0) == 110025
    await main.post("order/create", **LIMIT, orderLinkId="a")
    assert await code(main, "position/switch-mode", **switch) == 110028
    await main.post("order/cancel", **BTC, orderLinkId="a")
    await main.post("order/create", **MARKET)
    assert await code(main, "position/switch-mode", **switch) == 110024
    await main.post("order/create", **{**MARKET, "side": "Sell"}, reduceOnly=True)
    assert await code(main, "position/switch-mode", **switch) == 0


async def test_a_coin_switches_what_is_free(main: Caller) -> None:
    """A symbol that is held keeps its mode (V5 switch-mode page)."""
    await main.post("order/create", **MARKET)
    assert await code(main, "position/switch-mode", category="linear", coin="USDT", mode=3) == 0
    assert main.server.world.venue.state.accounts["main"].hedge == {"ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT"}


@pytest.mark.parametrize("asked", [{"mode": 3}, {"mode": 1, **BTC}, {"mode": 3, "symbol": "NOSUCHUSDT"}])
async def test_a_mode_that_says_too_little_is_refused(main: Caller, asked: dict[str, object]) -> None:
    """10001: no symbol or coin, no such mode, no such symbol."""
    assert await code(main, "position/switch-mode", **{"category": "linear", **asked}) == 10001


async def test_an_account_may_begin_in_hedge_mode() -> None:
    """All its symbols then have two slots."""
    hedged = tuple(replace(each, hedge=True) for each in accounts())
    async with calling(accounts=hedged) as main:
        assert (await position(main))["positionIdx"] == 1


async def test_full_levels_are_absolute(main: Caller) -> None:
    """What isn't named stays, "0" clears, the same again is 34040 (rel:F14)."""
    await main.post("order/create", **MARKET)
    assert await code(main, "position/trading-stop", **FULL, stopLoss="58000", takeProfit="62000") == 0
    assert await code(main, "position/trading-stop", **FULL, stopLoss="59000") == 0
    found = await position(main)
    assert (found["stopLoss"], found["takeProfit"]) == ("59000", "62000")
    assert await code(main, "position/trading-stop", **FULL, stopLoss="59000") == 34040
    assert await code(main, "position/trading-stop", **FULL, takeProfit="0") == 0
    found = await position(main)
    assert (found["stopLoss"], found["takeProfit"]) == ("59000", "")


@pytest.mark.parametrize("asked", [
    {"stopLoss": "60100"}, {"stopLoss": "58000.05"}, {"stopLoss": "low"}, {"takeProfit": "59900"},
    {"stopLoss": "58000", "positionIdx": 1}, {"stopLoss": "58000", "positionIdx": ""},
    {"stopLoss": "58000", "tpslMode": "Half"}, {"stopLoss": "58000", "tpslMode": ""},
    {"stopLoss": "58000", "symbol": "ETHUSDT"}, {"stopLoss": "58000", "tpslMode": "Partial"},
    {"stopLoss": "58000", "takeProfit": "62000", "tpslMode": "Partial", "slSize": "0.01", "tpSize": "0.005"},
])  # fmt: skip
async def test_levels_that_make_no_sense_are_refused(main: Caller, asked: dict[str, object]) -> None:
    """Wrong side, off the tick, no such slot or mode, nothing held, sizes that differ: 10001, nothing set."""
    await main.post("order/create", **MARKET)
    assert await code(main, "position/trading-stop", **{**FULL, **asked}) == 10001
    assert (await position(main))["stopLoss"] == ""


async def test_partial_levels_add_up_to_twenty(main: Caller) -> None:
    """Each is an order of its own; the next is 110061."""
    await main.post("order/create", **{**MARKET, "qty": "0.1"})
    both = {**PARTIAL, "stopLoss": "58000", "takeProfit": "62000", "slSize": "0.001", "tpSize": "0.001"}
    assert {await code(main, "position/trading-stop", **both) for _ in range(10)} == {0}
    assert await code(main, "position/trading-stop", **PARTIAL, stopLoss="58000", slSize="0.001") == 110061
    rows = (await main.get("order/realtime", **BTC, limit=50))["result"]["list"]
    assert {each["stopOrderType"] for each in rows} == {"PartialStopLoss", "PartialTakeProfit"}
    assert {(each["orderStatus"], each["reduceOnly"]) for each in rows} == {("Untriggered", True)}


async def test_all_levels_go_with_the_position(main: Caller) -> None:
    """Full is cleared, Partial ends with its reason."""
    await main.post("order/create", **MARKET, stopLoss="50000", tpslMode="Full")
    await main.post("position/trading-stop", **PARTIAL, takeProfit="62000", tpSize="0.01")
    partial = (await main.get("order/realtime", **BTC))["result"]["list"][0]["orderId"]
    await main.post("order/create", **{**MARKET, "side": "Sell"}, reduceOnly=True)
    gone = (await main.get("order/realtime", category="linear", orderId=partial))["result"]["list"][0]
    assert (gone["orderStatus"], gone["cancelType"]) == ("Deactivated", "CancelByTpSlTsClear")
    assert (await position(main))["stopLoss"] == ""


async def test_the_wallet_shows_what_is_bound_and_won(main: Caller) -> None:
    """A long of 0.01 from 60000, leverage 10, the market at 61000, and a resting order."""
    await main.post("order/create", **MARKET)
    await main.post("order/create", **LIMIT)
    main.server.world.push("BTCUSDT", Decimal(61_000))
    wallet = (await main.get("account/wallet-balance", accountType="UNIFIED"))["result"]["list"][0]
    coin = wallet["coin"][0]
    assert (wallet["totalWalletBalance"], wallet["totalPerpUPL"], wallet["totalEquity"]) == (
        "9999.67",
        "10",
        "10009.67",
    )
    assert (coin["totalPositionIM"], coin["totalOrderIM"], wallet["totalInitialMargin"]) == ("60", "59", "119")
    assert Decimal(wallet["totalAvailableBalance"]) == Decimal(wallet["totalEquity"]) - 119
    assert coin["cumRealisedPnl"] == "-0.33"


async def test_there_is_only_the_unified_wallet(main: Caller) -> None:
    """10001 for another."""
    assert (await main.get("account/wallet-balance", accountType="CONTRACT"))["retCode"] == 10001
    assert (await main.get("account/wallet-balance"))["retCode"] == 10001


async def test_fees_are_the_accounts_own() -> None:
    """Of one symbol, or of all."""
    own = WireAccount(name="main", balance=Decimal(10), keys=(KEY,), taker=Decimal("0.0004"), maker=Decimal("0.0001"))
    async with calling(accounts=(own,)) as main:
        found = (await main.get("account/fee-rate", **BTC))["result"]["list"]
        every = (await main.get("account/fee-rate", category="linear"))["result"]["list"]
    assert [(each["symbol"], each["takerFeeRate"], each["makerFeeRate"]) for each in found] == [
        ("BTCUSDT", "0.0004", "0.0001")
    ]
    assert len(every) == 5


async def test_a_key_says_what_it_may_and_for_how_long() -> None:
    """What Tandem's start-up checks read: rights, user, addresses, expiry."""
    key = replace(KEY, ips=("127.0.0.1",), expires=now() + 3 * 86_400_000 + 60_000, withdraw=True)
    async with calling(accounts=(WireAccount(name="main", balance=Decimal(10), keys=(key,)),)) as main:
        found = (await main.get("user/query-api"))["result"]
    assert (found["userID"], found["ips"], found["deadlineDay"]) == (77, ["127.0.0.1"], 3)
    assert found["permissions"]["Wallet"] == ["AccountTransfer", "SubMemberTransfer", "Withdraw"]
    assert found["permissions"]["ContractTrade"] == ["Order", "Position"]
    assert (found["readOnly"], found["uta"], found["secret"]) == (0, 1, "")


async def test_a_key_that_reads_says_so() -> None:
    """No right to trade, bound to no address, without an end."""
    key = replace(KEY, read_only=True)
    async with calling(accounts=(WireAccount(name="main", balance=Decimal(10), keys=(key,)),)) as main:
        found = (await main.get("user/query-api"))["result"]
    assert (found["readOnly"], found["permissions"]["ContractTrade"], found["ips"]) == (1, [], ["*"])
    assert found["permissions"]["Wallet"] == []


async def test_every_account_has_its_user(main: Caller) -> None:
    """Main and mirror are two users, or their orders would share one budget."""
    uids = [account.keys[0].uid for account in main.server.settings.accounts]
    assert (await main.get("user/query-api"))["result"]["userID"] == int(uids[0])
    assert len(set(uids)) == 2
