"""ccxt's rows as facts: what is whose, and what made an execution."""

from typing import Any

import pytest

from core.facts import Cause, Filled, Working
from plugins.exchanges.ccxt import facts


def trade(**raw: object) -> Filled:
    """An execution that sells."""
    row: dict[str, Any] = {"id": "x1", "timestamp": 1, "side": "sell", "amount": "1", "price": "100", "info": raw}
    fact = facts.trade(row, "BTCUSDT", {}, hedge=False)
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
    order = facts.order(row, "BTCUSDT")

    assert isinstance(order, Working)
    assert order.key == "o7"
