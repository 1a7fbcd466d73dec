"""What Bybit's rows may hold, and what ours may: read strictly, written in its alphabet."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.commands import Amend, Cancel, Place, SetStop
from core.errors import ConfigError, Unavailable
from core.facts import Filled, Funding, VenueFact, Working
from core.identity import MAX_REVISION, key_text, parse_key
from core.words import OrderSide, Slot
from plugins.exchanges.bybit import orders, rows
from plugins.exchanges.bybit.cut import Cuts
from plugins.exchanges.bybit.feed import Feed
from plugins.exchanges.bybit.market import HOUR, MarketData
from plugins.exchanges.bybit.modes import Modes
from ports import bybit_key, bybit_rows
from ports.leaving import leaving
from tests.staging import instrument

SLOT = Slot("BTCUSDT", 0)
LONGEST = key_text("abcdefghijkl", "7K3QX9A2MD", "TP10", MAX_REVISION)
KNOWN = {
    "symbol", "side", "orderType", "qty", "price", "timeInForce", "positionIdx", "orderLinkId", "orderId", "reduceOnly",
    "closeOnTrigger", "stopLoss", "slTriggerBy", "tpslMode", "slOrderType", "category",
}  # fmt: skip
"""The V5 order pages' names that we use; Bybit ignores in silence what it does not know."""


def fill(**changed: object) -> dict[str, Any]:
    """An execution row."""
    return {
        "symbol": "BTCUSDT", "execId": "x1", "execType": "Trade", "side": "Buy", "execQty": "0.1", "execPrice": "60000",
        "execFee": "3.3", "execTime": "1700000000000", "orderLinkId": "t1-main-7K3QX9A2MD-E1-00", "seq": 7, **changed,
    }  # fmt: skip


def held(**changed: object) -> dict[str, Any]:
    """A position row."""
    return {"symbol": "BTCUSDT", "positionIdx": 0, "side": "Buy", "size": "0.1", "stopLoss": "56000", **changed}


class Ear:
    """A feed and what it passed on."""

    def __init__(self) -> None:
        """In one-way mode."""
        self.facts: list[VenueFact] = []
        self.spoilt: list[str] = []
        self.modes = Modes(Lists())  # type: ignore[arg-type]
        self.feed = Feed(self.facts.extend, self.modes, self.spoilt.append)

    def hears(self, topic: str, *data: Mapping[str, Any]) -> None:
        """A frame comes."""
        self.feed.took({"topic": topic, "creationTime": 1, "data": list(data)})


@pytest.mark.parametrize("kind", ["Trade", "AdlTrade", "BustTrade", "Delivery", "Settle", "BlockTrade", "MovePosition"])
def test_what_moves_a_position_is_a_fill(kind: str) -> None:
    """rel:F22: the closed list of kinds that trade; a settlement is nobody's order of ours."""
    assert isinstance(rows.execution(fill(execType=kind), hedge=False), Filled)


@pytest.mark.parametrize("kind", ["Funding", "SessionSettlePnL"])
def test_what_only_pays_is_no_fill(kind: str) -> None:
    """rel:F22: five adapters of others booked it as a fill."""
    assert isinstance(rows.execution(fill(execType=kind), hedge=False), Funding)


def test_an_unknown_kind_is_told_and_never_a_fill() -> None:
    """rel:F22, rel:F24: left out, told so that a cut follows, and the rows beside it count."""
    ear = Ear()
    ear.hears("execution", fill(), fill(execId="x2", execType="Martian"), fill(execId="x3"))

    assert [fact.execution for fact in ear.facts if isinstance(fact, Filled)] == ["x1", "x3"]
    assert len(ear.spoilt) == 1
    assert "Martian" in ear.spoilt[0]


@pytest.mark.parametrize(
    "bad", [{"execQty": "lots"}, {"execQty": None}, {"execPrice": "NaN"}, {"side": "Up"}, {"execTime": ""}]
)
def test_a_row_that_cannot_be_read_is_set_aside(bad: dict[str, object]) -> None:
    """rel:F24: no guess and no crash: the row is left to a cut, the next one is read."""
    ear = Ear()
    ear.hears("execution", fill(**bad), fill(execId="x2"))

    assert [fact.execution for fact in ear.facts if isinstance(fact, Filled)] == ["x2"]
    assert len(ear.spoilt) == 1


def test_what_nobody_asked_for_is_ignored() -> None:
    """rel:F24: new fields, new topics and other categories change nothing and alarm nobody."""
    ear = Ear()
    ear.hears("execution", fill(newField={"deep": [1]}), fill(category="spot", execId="x2"))
    ear.hears("greek", {"delta": "1"})

    assert len(ear.facts) == 1
    assert ear.spoilt == []


@pytest.mark.parametrize("index", [0, 1, 2])
def test_an_empty_position_has_no_side_and_keeps_its_slot(index: int) -> None:
    """rel:D6: a flat row says side "" and size 0, in one-way and in both rows of hedge mode: flat there, only there."""
    position, stop = rows.position(held(positionIdx=index, side="", size="0", stopLoss=""), 5)

    assert (position.slot, str(position.size)) == (Slot("BTCUSDT", index), "0")
    assert (stop.slot, stop.price) == (Slot("BTCUSDT", index), None)


def test_a_position_tells_the_mark_price() -> None:
    """B4: what a stop is weighed by; a row without it is read all the same."""
    told, untold = (rows.position(held(markPrice=price), 5)[0] for price in ("27103.5", ""))

    assert (told.mark, untold.mark, told.last) == (Decimal("27103.5"), None, None)


def test_a_position_without_a_side_is_not_flat() -> None:
    """rel:D6: something held and no side is a row that can't be read, never a position of none."""
    with pytest.raises(bybit_rows.Malformed, match="without a side"):
        rows.position(held(side=""), 5)


def commands() -> list[dict[str, Any]]:
    """Everything that is ever sent about an order, with the longest id there is."""
    place = Place(LONGEST, SLOT, OrderSide.BUY, Decimal("1E-3"), Decimal("6E+4"), reduce_only=False, stop=Decimal(1))
    exit_ = Place(LONGEST, SLOT, OrderSide.SELL, Decimal(1), None, reduce_only=True)
    change = Amend(LONGEST, SLOT, Decimal(1), Decimal(2), Decimal(3))
    return [
        orders.place(place), orders.place(exit_), orders.place(exit_._replace(whole=True)), orders.amend(change),
        orders.cancel(Cancel(LONGEST, SLOT), by_link=True), orders.set_stop(SetStop(SLOT, Decimal(1))),
    ]  # fmt: skip


def test_what_is_sent_is_in_bybits_alphabet() -> None:
    """rel:F10, C2: at most 36 of its characters, names that it knows, numbers without an exponent, flags as flags."""
    texts = [value for params in commands() for value in params.values() if isinstance(value, str)]

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,36}", LONGEST)
    assert {name for params in commands() for name in params} <= KNOWN
    assert not any(re.fullmatch(r"-?[\d.]+[eE][+-]?\d+", text) for text in texts)
    assert [params["reduceOnly"] for params in commands() if "reduceOnly" in params] == [True, True]
    assert [params["qty"] for params in commands() if params.get("closeOnTrigger")] == ["0"]


@pytest.mark.parametrize(("days", "expected"), [(20, None), (13, 14), (7, 14), (6, 7), (2, 3), (0, 1), (-1, 1)])
def test_a_key_that_ends_is_told_four_times(days: int, expected: int | None) -> None:
    """rel:F41: under 14, 7, 3 and 1 days, each once by its cause, whatever the number of looks."""
    now = 1_700_000_000_000
    notice = bybit_key.expiry_notice("main", now + days * bybit_key.DAY + 5, now)

    assert (notice.cause if notice else None) == (
        f"key:{now + days * bybit_key.DAY + 5}:{expected}" if expected else None
    )
    assert bybit_key.expiry_notice("main", None, now) is None


class Lists:
    """An account's calls that list some executions, and nothing else."""

    account = "main"

    def __init__(self, *executions: Mapping[str, Any]) -> None:
        """What is listed."""
        self.executions = executions

    async def pages(self, method: str, **_: object) -> Iterable[Mapping[str, Any]]:
        """Every row."""
        return self.executions if method == "get_executions" else ()

    async def read(self, method: str, **_: object) -> Mapping[str, Any]:
        """No wallet."""
        return {"list": []}


@pytest.mark.parametrize("link", ["", "grid-bot-17"])
def test_an_order_of_somebody_else_goes_by_the_venues_id(link: str) -> None:
    """A6, E6: cancelled by an id that its program gave it, as if that was the venue's, it stayed."""
    order = held(orderId="o7", orderLinkId=link, orderStatus="New", qty="1", cumExecQty="0", updatedTime="1")
    shown = rows.order(order)

    assert isinstance(shown, Working)
    by_link = parse_key(shown.key) is not None
    assert orders.cancel(Cancel(shown.key, SLOT), by_link=by_link) == {"symbol": "BTCUSDT", "orderId": "o7"}


@pytest.mark.parametrize(
    ("topic", "row"),
    [
        ("position", held(positionIdx=1)),
        ("order", held(positionIdx=1, orderId="o7", orderStatus="New", qty="1", cumExecQty="0", updatedTime="1")),
    ],
)
def test_a_row_that_names_its_index_tells_how_executions_are_read(topic: str, row: dict[str, Any]) -> None:
    """A5, rel:D6: after a start nobody has asked for the mode; what closes a long sells of the hedge's first slot."""
    ear = Ear()
    sold = fill(side="Sell", closedSize="0.1")
    ear.hears("execution", sold)
    ear.hears(topic, row)
    ear.modes.doubt("BTCUSDT")
    ear.hears("execution", sold)

    assert [fact.slot.index for fact in ear.facts if isinstance(fact, Filled)] == [0, 1]


async def test_an_unknown_kind_stops_no_cut() -> None:
    """rel:F22, rel:F24: listed for days, it would leave the account without any look; a torn row still is no look."""
    ear = Ear()
    listed = [fill(), fill(execId="x2", execType="Martian"), fill(execId="x3")]
    cuts = Cuts(Lists(*listed), ear.feed, lambda: 5, ear.modes)  # type: ignore[arg-type]
    cut = await cuts.take(1, full=True)
    torn = Cuts(Lists(fill(execQty="lots")), ear.feed, lambda: 5, ear.modes)  # type: ignore[arg-type]

    assert [each.execution for each in cut.executions] == ["x1", "x3"]
    with pytest.raises(Unavailable, match="can't be read"):
        await torn.take(1, full=True)


def test_a_symbol_in_use_that_goes_is_told() -> None:
    """rel:F37: one that is being taken off, and one that is gone; those that trade, or that nobody uses, are not."""
    traded = instrument()
    rules = {"A": traded, "B": replace(traded, trading=False), "UNUSED": replace(traded, trading=False)}
    notices = leaving("main", ["A", "B", "B", "GONE"], rules, 1)

    assert [notice.cause for notice in notices] == ["leaving:B", "leaving:GONE"]
    assert all(notice.what == "symbol" for notice in notices)


class Listing:
    """An account's calls that know one instrument, whose tick may change."""

    account = "main"

    def __init__(self) -> None:
        """Tradable, at a tick of 0.1."""
        self.tick, self.status, self.reads = "0.1", "Trading", 0

    async def pages(self, method: str, **_: object) -> Iterable[Mapping[str, Any]]:
        """The instruments."""
        self.reads += 1
        return [
            {
                "symbol": "BTCUSDT", "settleCoin": "USDT", "contractType": "LinearPerpetual", "status": self.status,
                "lotSizeFilter": {"qtyStep": "0.001", "minOrderQty": "0.001", "maxOrderQty": "100"},
                "priceFilter": {"tickSize": self.tick}, "leverageFilter": {"maxLeverage": "100"},
            }
        ]  # fmt: skip


async def test_changed_rules_are_read_anew() -> None:
    """rel:F37: once an hour, and at once after a refusal by its rules; what is being taken off opens nothing."""
    listing, now = Listing(), [HOUR * 2]
    market = MarketData(listing, lambda: now[0])  # type: ignore[arg-type]
    ticks = [(await market.instrument("BTCUSDT")).tick]
    listing.tick = "0.5"
    ticks.append((await market.instrument("BTCUSDT")).tick)
    market.forget()
    ticks.append((await market.instrument("BTCUSDT")).tick)
    now[0] += HOUR + 1
    listing.status = "PreLaunch"
    instrument = await market.instrument("BTCUSDT")

    assert [str(tick) for tick in ticks] == ["0.1", "0.1", "0.5"]
    assert listing.reads == 3
    assert not instrument.trading


@pytest.mark.parametrize(
    ("asked", "expected"), [({"maxMktOrderQty": "20"}, 20), ({}, 100), ({"maxMktOrderQty": ""}, 100)]
)
def test_the_most_that_a_market_order_takes_is_its_own(asked: dict[str, str], expected: int) -> None:
    """B2: Bybit allows a market order less than a limit order, and a plan may ask no more; unnamed, it is the same."""
    lot = {"qtyStep": "0.001", "minOrderQty": "0.001", "maxOrderQty": "100", **asked}
    row = {"lotSizeFilter": lot, "priceFilter": {"tickSize": "0.1"}, "leverageFilter": {"maxLeverage": "100"}}
    rules = bybit_rows.instrument("BTCUSDT", row, trading=True)

    assert [rules.max_quantity, rules.max_market_quantity] == [100, expected]


def key(**wallet: object) -> Mapping[str, Any]:
    """What the venue says of a key that may trade, and *wallet*."""
    return {"permissions": {"ContractTrade": ["Order", "Position"], **wallet}, "userID": 7, "uta": 1}


@pytest.mark.parametrize("right", ["AccountTransfer", "SubMemberTransfer", "Withdraw"])
def test_a_key_that_may_move_money_in_one_way_only_is_refused_too(right: str) -> None:
    """rel:F41, S: and the message names the right; groups that the venue gives no list for are none."""
    with pytest.raises(ConfigError, match=rf"may move money \({right}\)"):
        bybit_key.checked("main", "testnet", key(Wallet=[right], Spot=None), 1)

    assert bybit_key.checked("main", "testnet", key(Wallet=None), 1).uid == "7"
