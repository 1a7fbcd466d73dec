"""What commands become on their way out, and what an account is offered."""

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from core.commands import Cancel, Code, Command, Done, Place, Refused, SetStop
from core.identity import key_text
from core.words import OrderSide, Slot, TriggerBy
from plugins.exchanges.bybit import prices
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.budget import Budget
from plugins.exchanges.bybit.lanes import Lane, Lanes
from plugins.exchanges.bybit.market import HOUR, MarketData
from plugins.exchanges.bybit.orders import lane
from plugins.exchanges.bybit.prices import Prices
from plugins.exchanges.bybit.replies import Answered, Reply
from plugins.exchanges.bybit.submit import Submitter

SLOT = Slot("BTCUSDT", 0)


class Calls:
    """Notes what is sent; everything is taken, unless *refused* says with what code."""

    offset = 0

    def __init__(self, refused: int = 0) -> None:
        """Nothing was sent."""
        self.sent: list[tuple[str, Mapping[str, Any]]] = []
        self.refused = refused

    def call(self, method: str, params: Mapping[str, Any]) -> Reply:
        """Answer for each part."""
        self.sent.append((method, params))
        if self.refused:
            return Answered(self.refused, "no")
        return Answered(0, "OK", items=[{"code": 0}] * len(params.get("request", ())))

    def close(self) -> None:
        """Nothing is open."""


async def submit(calls: Calls, *commands: Command) -> tuple[object, ...]:
    """Carry commands out."""
    api = Api("main", calls, Lanes(8, Budget(500), lambda: time.monotonic_ns() // 1_000_000), lambda _: None)
    try:
        return await Submitter(api, lambda: 1).submit(commands)
    finally:
        api.close()


def place(number: int, *, exits: bool = False, price: str | None = "60000") -> Place:
    """A placement."""
    key = key_text("main", "7K3QX9A2MD", f"{'TP' if exits else 'E'}{number % 10 + 1}", number)
    side = OrderSide.SELL if exits else OrderSide.BUY
    return Place(key, SLOT, side, Decimal("0.1"), None if price is None else Decimal(price), exits)


async def test_orders_of_a_kind_share_batches_of_ten_at_most_the_riskiest_first() -> None:
    """rel:F04, rel:F13b: more than a second's budget would be refused in part: the exits must not be that part."""
    calls = Calls()
    entries, exits = [place(each) for each in range(9)], [place(each, exits=True) for each in range(3)]
    outcomes = await submit(calls, *entries, *exits)
    batches = [[each["orderLinkId"] for each in params["request"]] for _, params in calls.sent if "request" in params]
    first = max(batches, key=len)

    assert outcomes == (Done(),) * 12
    assert sorted(map(len, batches)) == [2, 10]
    assert first[:3] == [each.key for each in exits]


async def test_a_batch_that_was_refused_whole_is_refused_for_all() -> None:
    """rel:F13b: then its parts are not answered, and none was taken."""
    outcomes = await submit(Calls(refused=10006), place(1), place(2), Cancel(place(3).key, SLOT))

    assert [each.code for each in outcomes if isinstance(each, Refused)] == [Code.RATE] * 3


@pytest.mark.parametrize(("by", "named"), [(TriggerBy.LAST, "LastPrice"), (TriggerBy.MARK, "MarkPrice")])
async def test_a_stop_fires_by_the_price_it_was_asked_for(by: TriggerBy, named: str) -> None:
    """B4: attached or set later: by the whole position, at market; by another price it would fire at other times."""
    calls = Calls()
    await submit(calls, place(1)._replace(stop=Decimal(56_000), trigger_by=by), SetStop(SLOT, Decimal(56_000), by))
    sent = dict(calls.sent)
    stop = {"stopLoss": "56000", "slTriggerBy": named, "tpslMode": "Full"}

    assert sent["place_order"].items() >= (stop | {"slOrderType": "Market"}).items()
    assert sent["set_trading_stop"].items() >= (stop | {"positionIdx": 0}).items()


def test_what_protects_or_closes_goes_first() -> None:
    """rel:F04: a stop and a close at market, then what is taken away, exits, entries."""
    found = [lane(each) for each in (SetStop(SLOT, None), place(1, exits=True, price=None), Cancel("k", SLOT))]

    assert found == [Lane.STOP, Lane.STOP, Lane.CANCEL]
    assert [lane(place(1, exits=True)), lane(place(1, price=None)), lane(place(1))] == [
        Lane.TAKE_PROFIT,
        *[Lane.ENTRY] * 2,
    ]


class Offers:
    """An account's calls that know fees and bars."""

    account = "main"

    def __init__(self) -> None:
        """Nobody asked."""
        self.asked: list[str] = []

    async def read(self, method: str, **_: object) -> Mapping[str, Any]:
        """Newest first, as Bybit lists."""
        self.asked.append(method)
        if method == "get_fee_rates":
            return {"list": [{"takerFeeRate": f"0.000{len(self.asked)}", "makerFeeRate": "-1E-4"}]}
        return {"list": [[str(at * 60_000), "1", "3", "1", "2", "9", "18"] for at in (3, 2, 1)]}


async def test_only_closed_bars_are_shown_oldest_first() -> None:
    """The running one still changes."""
    market = MarketData(Offers(), lambda: 3 * 60_000 + 59_999)  # type: ignore[arg-type]

    assert [bar.at for bar in await market.candles("BTCUSDT", 1, 5)] == [60_000, 120_000]


async def test_fees_are_asked_for_once_an_hour() -> None:
    """B9: a breakeven is as right as the fees it covers; a maker's may be negative."""
    offers, now = Offers(), [HOUR]
    market = MarketData(offers, lambda: now[0])  # type: ignore[arg-type]
    told = []
    for later in (0, HOUR - 1, 1):
        now[0] += later
        told.append((await market.fees("BTCUSDT")).taker)

    assert [str(each) for each in told] == ["0.0001", "0.0001", "0.0002"]


def test_a_price_counts_while_its_stream_is_fresh(monkeypatch: Any) -> None:
    """A stream that is down, or silent for a while, shows no present price; what is no price never was one."""
    known = Prices()

    def tick(price: str) -> Decimal | None:
        known.took({"topic": "tickers.BTCUSDT", "data": {"symbol": "BTCUSDT", "lastPrice": price}})
        return known.fresh("BTCUSDT")

    shown = [tick("NaN"), tick("60000.5"), tick(""), tick("Infinity"), tick("0")]
    known.forget()
    down = known.fresh("BTCUSDT")
    tick("60001")
    monkeypatch.setattr(prices, "FRESH", 0)

    assert shown == [None, *[Decimal("60000.5")] * 4]
    assert (down, known.fresh("BTCUSDT")) == (None, None)
