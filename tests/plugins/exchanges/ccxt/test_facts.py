"""ccxt's rows as facts: what is whose, and what made an execution."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.facts import Cause, Ended, EndReason, Filled, Working
from plugins.exchanges.ccxt import facts
from plugins.exchanges.ccxt.reads import Reads


def trade(**raw: object) -> Filled:
    """An execution that sells."""
    row: dict[str, Any] = {"id": "x1", "timestamp": 1, "side": "sell", "amount": "1", "price": "100", "info": raw}
    fact = facts.trade(row, "BTCUSDT", hedge=False)
    assert isinstance(fact, Filled)
    return fact


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        ({"stopOrderType": "StopLoss"}, Cause.STOP),
        ({"stopOrderType": "PartialStopLoss"}, Cause.FOREIGN),
        ({"createType": "CreateByLiq"}, Cause.LIQUIDATION),
        ({"execType": "AdlTrade"}, Cause.ADL),
    ],
)
def test_an_execution_says_what_made_it(raw: dict[str, object], cause: Cause) -> None:
    """B11, rel:F14: a stop of a part is the user's own, for Tandem sets none."""
    assert trade(**raw).cause is cause


def test_an_order_of_another_program_goes_by_the_venues_id() -> None:
    """A6, E6: by the id that its program gave it, it could not be cancelled."""
    row = {"id": "o7", "clientOrderId": "grid-bot-17", "status": "open", "side": "buy", "amount": "1", "filled": "0"}
    order = facts.order({**row, "info": {"positionIdx": 0}}, "BTCUSDT")

    assert isinstance(order, Working)
    assert order.key == "o7"


@pytest.mark.parametrize(
    ("status", "by", "why"),
    [
        ("closed", "CancelByUser", EndReason.FILLED),
        ("closed", "CancelByReduceOnly", EndReason.FILLED),
        ("canceled", "CancelByUser", EndReason.CANCELLED),
        ("canceled", "CancelByReduceOnly", EndReason.VENUE),
        ("rejected", "CancelByNoImmediateQtyToFill", EndReason.REJECTED),
    ],
)
def test_an_order_says_why_it_ended(status: str, by: str, why: EndReason) -> None:
    """C4: only what was cancelled can have been cancelled by the venue."""
    row = {"id": "o7", "status": status, "side": "buy", "amount": "1", "filled": "0", "info": {"cancelType": by}}
    ended = facts.order(row, "BTCUSDT")

    assert isinstance(ended, Ended)
    assert ended.why is why


class Listing:
    """ccxt's Bybit, of which only the list of executions holds anything."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        """With these rows."""
        self.rows = rows

    async def privateGetV5ExecutionList(self, _: object) -> dict[str, Any]:  # noqa: N802 - ccxt's name
        """The one page of them."""
        return {"result": {"list": list(self.rows)}}

    async def privateGetV5AccountWalletBalance(self, _: object) -> dict[str, Any]:  # noqa: N802 - as above
        """Some money."""
        return {"result": {"list": [{"totalAvailableBalance": "9", "totalEquity": "9"}]}}

    def __getattr__(self, name: str) -> Callable[[object], Awaitable[dict[str, Any]]]:
        """All else is empty."""
        return self._nothing

    async def _nothing(self, _: object) -> dict[str, Any]:
        return {"result": {"list": []}}

    def safe_market(self, *_: object) -> None:
        """Nobody asks it for anything."""

    def parse_trade(self, raw: dict[str, Any], _: None) -> dict[str, Any]:
        """As ccxt does, in short."""
        return {"id": raw["execId"], "timestamp": 1, "side": "sell", "amount": "1", "price": "100", "info": raw}


async def test_an_execution_of_an_unknown_kind_spoils_no_look() -> None:
    """rel:F22, rel:F24: every look failed for as long as the venue listed it; the rows beside it count."""
    listed = Listing(*({"execId": name, "symbol": "BTCUSDT", "execType": name} for name in ("Trade", "Martian")))
    cut = await Reads("mirror", listed, lambda: 1_000).cut(1, full=True)

    assert [fact.execution for fact in cut.executions] == ["Trade"]
