"""What Bybit's lists may hold that nobody expects, as ccxt reads them: told, and never a wrong fact."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import ccxt
import pytest

from core.commands import Amend, Code, Done, Place, Query, Refused, SetStop, Unknown
from core.errors import Unavailable
from core.facts import Ended, EndReason, Working
from core.words import OrderSide, Slot
from plugins.exchanges.ccxt.reads import LAGS, Reads
from plugins.exchanges.ccxt.rules import Rules
from plugins.exchanges.ccxt.submit import Submitter
from ports import bybit_rows

pytestmark = pytest.mark.integration

KEY = "t1-main-7K3QX9A2MD-E1-00"
OTHER = "t1-main-7K3QX9A2MD-E2-00"
NOW = 1_700_000_900_000
UNLISTED: list[dict[str, Any]] = []
"""An answer without a list."""
OPEN, PAST, EXECUTED = "privateGetV5OrderRealtime", "privateGetV5OrderHistory", "privateGetV5ExecutionList"


class Venue:
    """ccxt's Bybit, whose lists are given, and whose changes are all taken; what is in no list fails to answer."""

    def __init__(self, **lists: list[dict[str, Any]] | None) -> None:
        """By ccxt's name of the call; None = no answer."""
        self.lists = lists
        self.real = ccxt.bybit({"number": str})

    def __getattr__(self, name: str) -> Any:
        """A list, or ccxt's own."""
        return self._call(name) if name.startswith("private") else getattr(self.real, name)

    def _call(self, name: str) -> Callable[[object], Awaitable[dict[str, Any]]]:
        async def call(_: object) -> dict[str, Any]:
            rows = self.lists.get(name, [])
            if rows is None:
                raise ccxt.RequestTimeout(name)
            return {"result": {} if rows is UNLISTED else {"list": rows}}

        return call


def reads(**lists: list[dict[str, Any]] | None) -> Reads:
    """An account's reads of these lists."""
    return Reads("main", Venue(**lists), lambda: NOW)


def order(**changed: object) -> dict[str, Any]:
    """An order row."""
    return {
        "symbol": "BTCUSDT", "positionIdx": 0, "orderId": "o7", "orderLinkId": KEY, "side": "Buy", "qty": "0.2",
        "price": "60000", "cumExecQty": "0.1", "orderStatus": "New", "orderType": "Limit", "tpslMode": "Full",
        "createdTime": "1700000000000", "updatedTime": "1700000000000", **changed,
    }  # fmt: skip


def fill(**changed: object) -> dict[str, Any]:
    """An execution row."""
    return {"symbol": "BTCUSDT", "orderLinkId": KEY, "execType": "Trade", "execQty": "0.1", "execTime": "1", **changed}


@pytest.mark.parametrize(
    "lists",
    [
        {OPEN: [order(positionIdx="")]},
        {PAST: [order(orderStatus="Martian")]},
        {EXECUTED: [fill(execTime="soon")]},
        {EXECUTED: [fill(execQty="")]},
        {EXECUTED: [fill(execTime=str(NOW - LAGS + 1))]},
    ],
)
async def test_an_order_that_is_shown_is_never_absent(lists: dict[str, list[dict[str, Any]]]) -> None:
    """C4, rel:F21: absence twice ends an order: what can't be read, or is behind, proves none."""
    with pytest.raises(Unavailable, match=KEY):
        await reads(**lists).ask(KEY, "BTCUSDT")


async def test_what_became_of_an_order_is_told_by_the_first_list_that_has_it() -> None:
    """C4: the open orders before the history before the executions; other people's rows prove nothing."""
    gone = {EXECUTED: [fill(execTime=str(NOW - LAGS)), fill(execType="Funding")]}
    past = {PAST: [order(orderStatus="Filled", cumExecQty="0.2")]} | gone
    open_ = {OPEN: [order(orderLinkId="t1-main-7K3QX9A2MD-E2-00"), order()]} | past
    told = [
        await reads(**lists).ask(KEY, "BTCUSDT") for lists in (open_, past, gone, {EXECUTED: [fill(orderLinkId="")]})
    ]

    assert [type(facts[0]) for facts in told if facts] == [Working, Ended, Ended]
    assert told[2] == (Ended(KEY, Decimal("0.1"), EndReason.VENUE, NOW - LAGS, "only its executions are left"),)
    assert told[3] == ()


async def test_an_order_of_somebody_elses_is_found_by_the_venues_own_id() -> None:
    """A6, C4: an operator had it cancelled; not found it would be taken for gone while it works."""
    theirs, now = {"orderLinkId": "", "orderId": "o7"}, str(NOW - LAGS)
    lists = {OPEN: [order(**theirs)]}, {EXECUTED: [fill(**theirs, execTime=now)]}
    told = [await reads(**each).ask("o7", "BTCUSDT") for each in lists]

    found = [fact for facts in told for fact in facts if isinstance(fact, Working | Ended)]
    assert [(type(fact), fact.key) for fact in found] == [(Working, "o7"), (Ended, "o7")]


async def test_a_status_that_nobody_knows_spoils_no_look_and_ends_no_order() -> None:
    """rel:F24: it was taken for an end of the order."""
    strange = order(orderStatus="Martian", orderLinkId="t1-main-7K3QX9A2MD-E2-00")
    money = [{"totalAvailableBalance": "9", "totalEquity": "9"}]
    cut = await reads(**{OPEN: [strange, order()], "privateGetV5AccountWalletBalance": money}).cut(1, full=True)

    assert [fact.key for fact in cut.orders] == [KEY]


async def test_a_question_without_an_answer_leaves_its_neighbours_theirs() -> None:
    """rel:F13b: it failed all that was asked for with it, so a stop that was set counted as unknown."""
    venue, slot = Venue(**{OPEN: None}), Slot("BTCUSDT", 0)
    rules, account = Rules("main", venue, lambda: NOW), Reads("main", venue, lambda: NOW)
    submitter = Submitter(venue, rules, account.ask, lambda: NOW)
    asked, stop = await submitter.submit([Query(KEY, slot), SetStop(slot, Decimal(1))])

    assert isinstance(asked, Unknown)
    assert stop == Done()


async def test_a_symbol_that_is_listed_no_more_spoils_none_that_is_asked_with_it() -> None:
    """rel:F37, rel:F13b: its order is refused with a reason; a stop of another symbol, sent with it, is set."""
    venue, gone = Venue(), Slot("GONEUSDT", 0)
    submitter = Submitter(venue, Rules("main", venue, lambda: NOW), reads().ask, lambda: NOW)
    place = Place(KEY, gone, OrderSide.SELL, Decimal(1), Decimal(2), True)
    refused, stop = await submitter.submit([place, SetStop(Slot("BTCUSDT", 0), Decimal(1))])

    assert refused == Refused(Code.RULES, "GONEUSDT is not listed any more")
    assert stop == Done()


async def test_a_list_that_goes_round_in_a_circle_is_none() -> None:
    """C7: a cursor that comes back: nothing is concluded, and the venue is let be."""
    asked: list[str] = []

    class Circle(Venue):
        async def privateGetV5PositionList(self, what: dict[str, str]) -> dict[str, Any]:  # noqa: N802 - ccxt's name
            asked.append(what.get("cursor", ""))
            return {"result": {"list": [], "nextPageCursor": "b" if asked[-1] == "a" else "a"}}

    with pytest.raises(Unavailable, match="round in a circle"):
        await Reads("main", Circle(), lambda: NOW).learn_held()

    assert asked == ["", "a", "b"]


@pytest.mark.parametrize("name", [OPEN, PAST, EXECUTED])
async def test_an_answer_without_a_list_proves_no_absence(name: str) -> None:
    """C4, rel:F21, rel:F24: absence twice ends an order, and it is sent anew: an answer of another shape is none."""
    with pytest.raises(Unavailable, match=f"{name} was answered without a list"):
        await reads(**{name: UNLISTED}).ask(KEY, "BTCUSDT")


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("name", [OPEN, EXECUTED, "privateGetV5PositionList"])
async def test_a_look_with_an_answer_without_a_list_is_none(name: str, *, full: bool) -> None:
    """C8, rel:F24: all that was held was told as flat by it, and what worked as gone."""
    money = [{"totalAvailableBalance": "9", "totalEquity": "9"}]
    account = reads(**{"privateGetV5AccountWalletBalance": money, name: UNLISTED})

    with pytest.raises(Unavailable, match=f"{name} was answered without a list"):
        await account.cut(1, full=full)


async def test_a_walk_over_pages_of_which_one_is_lost_begins_anew() -> None:
    """C8: it went on behind the page that nobody saw: the orders on that counted as gone at its end."""
    venue, asked = Venue(privateGetV5AccountWalletBalance=[{"totalAvailableBalance": "9", "totalEquity": "9"}]), []

    async def page(given: dict[str, str]) -> dict[str, Any]:
        asked.append(given.get("cursor", ""))
        if len(asked) == 2:
            raise ccxt.RequestTimeout("lost")
        return {"result": {"list": [], "nextPageCursor": "a"}}

    venue.privateGetV5OrderRealtime = page  # type: ignore[attr-defined] # before what is found by name
    account = Reads("main", venue, lambda: NOW)
    await account.cut(1, full=False)
    with pytest.raises(Unavailable):
        await account.cut(1, full=False)
    await account.cut(1, full=False)

    assert asked == ["", "a", ""]


def one_symbol() -> Rules:
    """What the venue allows for one symbol."""
    rules = Rules("main", None, lambda: NOW)
    lot = {"qtyStep": "0.1", "minOrderQty": "0.1", "maxOrderQty": "9"}
    row = {"lotSizeFilter": lot, "priceFilter": {"tickSize": "1"}, "leverageFilter": {"maxLeverage": "9"}}
    rules.known = {"BTCUSDT": bybit_rows.instrument("BTCUSDT", row, trading=True)}
    rules.names = {"BTCUSDT": "BTC/USDT:USDT"}
    return rules


@pytest.mark.parametrize(
    ("answered", "known"),
    [
        ([{"orderId": "o1"}], 0),
        ([{"orderId": "o1"}, {"code": 0}], 1),
        ([{"orderId": "o1"}, {"orderId": "o2"}], 2),
        ([{"orderId": "o1", "orderLinkId": KEY}, {"orderId": "o2", "orderLinkId": OTHER}], 2),
        ([{"orderId": "o2", "orderLinkId": OTHER}, {"orderId": "o1", "orderLinkId": KEY}], 0),
    ],
)
async def test_what_a_batch_was_not_answered_for_is_unknown(answered: list[dict[str, Any]], known: int) -> None:
    """rel:F13b: it may be placed: taken for done, or refused, by another's answer, it is missing or doubled."""
    venue, rules = Venue(), one_symbol()

    async def create_orders(_: object) -> list[dict[str, Any]]:
        return [{"info": each} for each in answered]

    venue.create_orders = create_orders  # type: ignore[attr-defined] # before ccxt's own
    orders = [
        Place(f"t1-main-7K3QX9A2MD-E{number}-00", Slot("BTCUSDT", 0), OrderSide.BUY, Decimal(1), Decimal(2), False)
        for number in (1, 2)
    ]
    found = await Submitter(venue, rules, reads().ask, lambda: NOW).submit(orders)

    assert [each for each in found if each == Done()] == [Done()] * known
    assert [isinstance(each, Unknown) for each in found] == [False] * known + [True] * (2 - known)


def position(**changed: object) -> dict[str, Any]:
    """A position row."""
    return {
        "symbol": "BTCUSDT", "positionIdx": 0, "side": "Sell", "size": "0.1", "avgPrice": "60000", "seq": 9,
        "positionValue": "6000", "leverage": "10", "liqPrice": "", "markPrice": "60000", "stopLoss": "61000", **changed,
    }  # fmt: skip


@pytest.mark.parametrize("torn", [{"side": ""}, {"side": "None"}, {"size": ""}, {"size": None}])
def test_a_position_that_cannot_be_read_is_neither_flat_nor_long(torn: dict[str, object]) -> None:
    """rel:D6, rel:F24: without a side it was told as a long, without a size as none."""
    with pytest.raises(bybit_rows.Malformed):
        reads().position(position(**torn), 5)


@pytest.mark.parametrize(("side", "size", "held"), [("Sell", "0.1", "-0.1"), ("Buy", "0.1", "0.1"), ("", "0", "0")])
def test_a_position_is_told_with_its_side(side: str, size: str, held: str) -> None:
    """rel:D6: the other way round; an empty one has none."""
    assert reads().position(position(side=side, size=size), 5)[0].size == Decimal(held)


async def test_an_isolated_account_has_money_too() -> None:
    """rel:F24: its totals are "": no look succeeded, and nothing could be opened, for as long as it was isolated."""
    coin = {"coin": "USDT", "equity": "90", "walletBalance": "100", "totalOrderIM": "", "totalPositionIM": "30"}
    row = {"totalEquity": "90", "totalAvailableBalance": "", "totalMaintenanceMargin": "", "coin": [coin]}
    wallet, maintenance = await reads(privateGetV5AccountWalletBalance=[row]).wallet()

    assert (wallet.available, wallet.equity, maintenance) == (Decimal(70), Decimal(90), Decimal(0))


def kept(*parts: object) -> int:
    """How much they remember."""
    return sum(len(each) for part in parts for each in vars(part).values() if isinstance(each, dict | list | set))


async def test_nothing_is_kept_of_an_order_that_is_over() -> None:
    """rel:F50: two tables grew by every order that was ever seen or sent, the user's own programs' too."""
    venue, account = Venue(), reads()

    async def taken(*_: object) -> dict[str, Any]:
        return {"info": {"orderId": "o1"}}

    async def all_taken(_: object) -> list[dict[str, Any]]:
        return [await taken()]

    venue.create_order, venue.edit_orders = taken, all_taken  # type: ignore[attr-defined] # before ccxt's own
    sender = Submitter(venue, one_symbol(), account.ask, lambda: NOW)

    async def once(number: int) -> int:
        account.order(order(orderId=f"o{number}", orderLinkId=f"bot-{number}", orderStatus="Filled"))
        key = f"t1-main-7K3QX9A2MD-E1-{number:02}"
        await sender.submit([Place(key, Slot("BTCUSDT", 0), OrderSide.BUY, Decimal(1), Decimal(2), False)])
        await sender.submit([Amend(key, Slot("BTCUSDT", 0), Decimal(2))])
        return kept(account, sender)

    assert len({await once(number) for number in range(5)}) == 1
