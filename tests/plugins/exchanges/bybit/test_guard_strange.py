"""What Bybit's lists and frames may hold that nobody expects: a failure to read it is told, a wrong fact never."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from core.errors import Unavailable
from core.facts import Ended, EndReason, PositionIs, Wallet, Working
from plugins.exchanges.bybit import rows
from plugins.exchanges.bybit.asking import LAGS, ask
from plugins.exchanges.bybit.cut import Cuts
from plugins.exchanges.bybit.market import HOUR, MarketData
from plugins.exchanges.bybit.modes import Modes
from ports import bybit_rows, bybit_wallet
from tests.plugins.exchanges.bybit.test_guard_rows import Ear, Listing, fill, held

KEY = "t1-main-7K3QX9A2MD-E1-00"
NOW = 1_700_000_900_000


def order(**changed: object) -> dict[str, Any]:
    """An order row."""
    return {
        "symbol": "BTCUSDT", "positionIdx": 0, "orderId": "o7", "orderLinkId": KEY, "side": "Buy", "qty": "0.2",
        "price": "60000", "cumExecQty": "0.1", "orderStatus": "New", "updatedTime": "1700000000000", **changed,
    }  # fmt: skip


class Calls:
    """An account's calls, each with its list."""

    account = "main"

    def __init__(self, **lists: list[dict[str, Any]] | None) -> None:
        """What is listed, by method."""
        self.lists = lists

    async def read(self, method: str, **_: object) -> Mapping[str, Any]:
        """One page; None = of another shape."""
        found = self.lists.get(method, [])
        return {} if found is None else {"list": found}

    async def pages(self, method: str, **_: object) -> list[dict[str, Any]]:
        """Every row."""
        return self.lists.get(method) or []


@pytest.mark.parametrize(
    "lists",
    [
        {"get_open_orders": [order(cumExecQty="")]},
        {"get_open_orders": [order(orderStatus="Created")]},
        {"get_order_history": [order(orderStatus="Martian")]},
        {"get_executions": [fill(execTime="soon")]},
        {"get_executions": [fill(execQty="lots")]},
        {"get_executions": [fill(execTime=str(NOW - LAGS + 1))]},
    ],
)
async def test_an_order_that_is_shown_is_never_absent(lists: dict[str, list[dict[str, Any]]]) -> None:
    """C4, rel:F21: absence twice ends an order: what can't be read, is on its way or lags behind proves none."""
    with pytest.raises(Unavailable, match=KEY):
        await ask(Calls(**lists), KEY, "BTCUSDT", NOW)  # type: ignore[arg-type]


async def test_what_became_of_an_order_is_told_by_the_first_list_that_has_it() -> None:
    """C4: the open orders before the history before the executions; other people's rows prove nothing."""
    gone = {"get_executions": [fill(execTime=str(NOW - LAGS)), fill(execType="Funding", execTime="1")]}
    past = {"get_order_history": [order(orderStatus="Filled", cumExecQty="0.2")]} | gone
    open_ = {"get_open_orders": [order(orderLinkId="t1-main-7K3QX9A2MD-E2-00"), order()]} | past
    told = [await ask(Calls(**lists), KEY, "BTCUSDT", NOW) for lists in (open_, past, gone, {})]  # type: ignore[arg-type]

    assert [type(facts[0]) for facts in told if facts] == [Working, Ended, Ended]
    assert told[2] == (Ended(KEY, Decimal("0.1"), EndReason.VENUE, NOW - LAGS, "only its executions are left"),)
    assert told[3] == ()


async def test_an_order_of_somebody_elses_is_found_by_the_venues_own_id() -> None:
    """A6, C4: an operator had it cancelled; not found it would be taken for gone while it works."""
    theirs, now = {"orderLinkId": "", "orderId": "o7"}, str(NOW - LAGS)
    lists = {"get_open_orders": [order(**theirs)]}, {"get_executions": [fill(**theirs, execTime=now)]}
    told = [await ask(Calls(**each), "o7", "BTCUSDT", NOW) for each in lists]  # type: ignore[arg-type]

    found = [fact for facts in told for fact in facts if isinstance(fact, Working | Ended)]
    assert [(type(fact), fact.key) for fact in found] == [(Working, "o7"), (Ended, "o7")]


@pytest.mark.parametrize("name", ["positionIdx", "updatedTime", "seq"])
def test_an_index_or_a_time_that_is_none_is_told_and_not_guessed(name: str) -> None:
    """rel:F24: it was an error in the midst of the loop; what came behind it was never heard."""
    ear = Ear()
    ear.hears("position", held(**{name: "soon"}), held(symbol="ETHUSDT", seq=""))

    assert [fact.slot.symbol for fact in ear.facts if isinstance(fact, PositionIs)] == ["ETHUSDT"]
    assert [fact.seq for fact in ear.facts if isinstance(fact, PositionIs)] == [-1]
    assert len(ear.spoilt) == 1


def test_a_position_without_an_index_is_in_no_slot() -> None:
    """A5, rel:D6: taken for one-way, a short of hedge mode would be the long's."""
    with pytest.raises(bybit_rows.Malformed, match="positionIdx"):
        rows.position({"symbol": "BTCUSDT", "side": "Sell", "size": "0.1"}, 5)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"orderStatus": "Filled", "cancelType": "CancelByUser"}, EndReason.FILLED),
        ({"orderStatus": "Cancelled", "cancelType": "CancelByUser"}, EndReason.CANCELLED),
        ({"orderStatus": "Cancelled", "cancelType": "CancelByReduceOnly"}, EndReason.VENUE),
        ({"orderStatus": "Rejected", "rejectReason": "EC_PostOnlyWillTakeLiquidity"}, EndReason.REJECTED),
        ({"orderStatus": "Deactivated"}, EndReason.VENUE),
        ({"orderStatus": "Triggered"}, None),
        ({"orderStatus": "New", "stopOrderType": "StopLoss"}, None),
    ],
)
def test_a_closed_order_says_what_it_executed_and_why_it_ended(
    changed: dict[str, object], why: EndReason | None
) -> None:
    """rel:F15: cancelled ones may have executed; a cancel that raced a fill is filled; a position's own is no order."""
    fact = rows.order(order(**changed))

    assert (fact.why if isinstance(fact, Ended) else fact) is why
    assert not isinstance(fact, Ended) or (fact.filled, fact.quantity) == (Decimal("0.1"), Decimal("0.2"))


async def test_a_status_that_nobody_knows_ends_no_order() -> None:
    """rel:F24: on the stream it asks for a look; the look is made without it, and the order is then asked for."""
    ear, strange = Ear(), order(orderStatus="Martian", orderLinkId="t1-main-7K3QX9A2MD-E2-00")
    ear.hears("order", strange)
    cuts = Cuts(Calls(get_open_orders=[order(), strange]), ear.feed, lambda: 5, ear.modes)  # type: ignore[arg-type]
    cut = await cuts.take(1, full=True)

    assert ear.facts == []
    assert len(ear.spoilt) == 1
    assert [fact.key for fact in cut.orders] == [KEY]


def test_a_frame_about_another_coin_does_not_empty_an_isolated_account() -> None:
    """It has no totals, and the stream names the changed coins only; a list without a coin has none of it."""
    ear = Ear()
    coins = [{"coin": "BTC", "equity": "1", "walletBalance": "1"}]
    ear.hears("wallet", {"totalEquity": "", "totalAvailableBalance": "", "coin": coins})
    usdt = {"coin": "USDT", "equity": "90", "walletBalance": "100", "totalOrderIM": "", "totalPositionIM": "30"}
    ear.hears("wallet", {"totalEquity": "", "totalAvailableBalance": "", "coin": [*coins, usdt]})

    assert ear.facts == [Wallet(Decimal(70), Decimal(90), 1)]
    assert bybit_wallet.wallet({"coin": coins}, 5) == Wallet(Decimal(0), Decimal(0), 5)


async def test_held_slots_are_known_by_their_index_and_a_torn_row_is_no_guess() -> None:
    """A5: at start."""
    hedged = Calls(get_positions=[held(positionIdx=2, side="Sell"), held(symbol="ETHUSDT", size="0")])
    modes = Modes(hedged)  # type: ignore[arg-type]
    await modes.learn_held()

    assert [modes.hedge(symbol) for symbol in ("BTCUSDT", "ETHUSDT")] == [True, False]


async def test_rules_that_cannot_be_read_spoil_no_others() -> None:
    """rel:F24, rel:F37: one of five hundred without a tick kept the account from starting; what is known stays."""
    listing, now = Listing(), [HOUR * 2]
    market = MarketData(listing, lambda: now[0])  # type: ignore[arg-type]
    good = (await market.instruments())["BTCUSDT"]
    for tick in ("", "0", "NaN"):
        listing.tick = tick
        now[0] += HOUR + 1
        assert (await market.instruments()) == {"BTCUSDT": good}

    assert await MarketData(listing, lambda: now[0]).instruments() == {}  # type: ignore[arg-type]


@pytest.mark.parametrize("unlisted", ["get_open_orders", "get_order_history"])
async def test_an_answer_without_a_list_proves_no_absence(unlisted: str) -> None:
    """C4, rel:F21, rel:F24: absence twice ends an order, and it is sent anew: an answer of another shape is none."""
    calls = Calls()
    calls.lists[unlisted] = None  # no list at all

    with pytest.raises(Unavailable, match=f"{unlisted} was answered without a list"):
        await ask(calls, KEY, "BTCUSDT", NOW)  # type: ignore[arg-type] # as much of it as is asked


async def test_an_answer_without_a_list_tells_no_position_mode() -> None:
    """rel:F34: a symbol in hedge mode was taken for one-way by it, for as long as nobody doubted."""
    calls = Calls()
    calls.lists["get_positions"] = None  # no list at all

    with pytest.raises(Unavailable, match="get_positions was answered without a list"):
        await Modes(calls).mode("BTCUSDT")  # type: ignore[arg-type] # as above
