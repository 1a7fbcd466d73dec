"""What a row of Bybit's says, whole: every number, sign and cause."""

from decimal import Decimal
from typing import Any

import pytest

from core.commands import Code, Refused, Unknown
from core.facts import Cause, Filled, Funding, PositionIs, StopIs, Wallet, Working
from core.words import OrderSide, Slot
from plugins.exchanges.bybit import codes, rows
from plugins.exchanges.bybit.replies import Answered, HttpRefused, Limit
from ports import bybit_wallet
from tests.plugins.exchanges.bybit.test_guard_rows import fill, held
from tests.plugins.exchanges.bybit.test_guard_strange import KEY, order

AT = 1_700_000_000_000


def number(text: str) -> Decimal:
    """A number."""
    return Decimal(text)


def test_an_open_order_is_told_whole() -> None:
    """B4, A6: its total, what it executed, its attached stop; 0 is how Bybit writes none."""
    entry = rows.order(order(stopLoss="56000.50", triggerPrice="0.00", reduceOnly=False))
    exit_ = rows.order(order(stopLoss="0.00", triggerPrice="61000", reduceOnly=True, side="Sell", price="0"))

    assert entry == Working(
        KEY, Slot("BTCUSDT", 0), OrderSide.BUY, number("0.2"), number("60000"), number("0.1"), AT, number("56000.5")
    )
    assert exit_ == Working(
        KEY, Slot("BTCUSDT", 0), OrderSide.SELL, number("0.2"), None, number("0.1"), AT, None, True, number("61000")
    )


def test_a_position_is_told_whole() -> None:
    """rel:D6, rel:F42: a short is negative; its stop, its liquidation; what it doesn't say is none."""
    row = held(positionIdx=2, side="Sell", seq=9, liqPrice="70000", leverage="10", markPrice="1.0E+4", stopLoss="61000")
    bare = held(seq=-1, liqPrice="", leverage="", stopLoss="0.00")

    assert rows.position(row, 5) == (
        PositionIs(Slot("BTCUSDT", 2), number("-0.1"), 5, 9, number("70000"), number("10"), number("10000")),
        StopIs(Slot("BTCUSDT", 2), number("61000"), 5, 9),
    )
    assert rows.position(bare, 5) == (
        PositionIs(Slot("BTCUSDT", 0), number("0.1"), 5, -1),
        StopIs(Slot("BTCUSDT", 0), None, 5, -1),
    )


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({}, Cause.ORDER),
        ({"orderLinkId": ""}, Cause.FOREIGN),
        ({"orderLinkId": "", "stopOrderType": "StopLoss"}, Cause.STOP),
        ({"orderLinkId": "", "stopOrderType": "TrailingStop"}, Cause.STOP),
        ({"stopOrderType": "StopLoss"}, Cause.ORDER),
        ({"orderLinkId": "", "stopOrderType": "PartialStopLoss"}, Cause.FOREIGN),
        ({"orderLinkId": "", "execType": "BustTrade"}, Cause.LIQUIDATION),
        ({"orderLinkId": "", "createType": "CreateByLiq"}, Cause.LIQUIDATION),
        ({"orderLinkId": "", "execType": "AdlTrade", "createType": "CreateByAdl_PassThrough"}, Cause.ADL),
        ({"execType": "Settle"}, Cause.FOREIGN),
    ],
)
def test_an_execution_says_what_made_it(changed: dict[str, object], cause: Cause) -> None:
    """rel:F38, B11, rel:F14: and its key is none where it has no id of a client's."""
    fact = rows.execution(fill(**changed), hedge=False)

    assert isinstance(fact, Filled)
    assert (fact.cause, fact.key) == (cause, changed.get("orderLinkId", KEY) or None)


def test_what_was_paid_keeps_its_sign() -> None:
    """rel:I10: a maker's rebate and funding that was received are negative."""
    rebate = rows.execution(fill(execFee="-1.5E-7"), hedge=False)
    funding = rows.execution(fill(execType="Funding", execFee="-0.7"), hedge=False)

    assert isinstance(rebate, Filled)
    assert rebate.fee == number("-0.00000015")
    assert funding == Funding("x1", Slot("BTCUSDT", 0), number("-0.7"), AT)


@pytest.mark.parametrize(
    ("side", "closed", "index"),
    [("Buy", "", 1), ("Buy", "0", 1), ("Buy", "0.1", 2), ("Sell", "", 2), ("Sell", "0.1", 1)],
)
def test_in_hedge_mode_what_closes_is_the_other_sides(side: str, closed: str, index: int) -> None:
    """A5: rows name no index; in one-way mode there is none to find."""
    row = fill(side=side, closedSize=closed)
    hedged, one_way = (rows.execution(row, hedge=hedge) for hedge in (True, False))

    assert isinstance(hedged, Filled)
    assert isinstance(one_way, Filled)
    assert (hedged.slot.index, one_way.slot.index) == (index, 0)


@pytest.mark.parametrize(
    "made", ["CreateByLiq", "CreateByAdl_PassThrough", "CreateByTakeOver_PassThrough", "CreateBySettle"]
)
def test_an_order_that_the_venue_made_is_nobodys(made: str) -> None:
    """rel:F38: its executions tell of it; with a client's id it is his."""
    assert rows.order(order(orderLinkId="", createType=made)) is None
    assert rows.order(order(createType=made)) is not None


def test_the_accounts_totals_count_before_its_coins() -> None:
    """Cross margin: what other coins back may be traded with too."""
    row: dict[str, Any] = {"totalAvailableBalance": "9000", "totalEquity": "9500", "coin": [{"coin": "USDT"}]}

    assert bybit_wallet.wallet(row, 5) == Wallet(number("9000"), number("9500"), 5)


@pytest.mark.parametrize(("reset", "at", "wait"), [(AT + 300, AT, 300), (AT - 300, AT, 0), (AT + 300, 0, None)])
def test_a_refusal_for_the_rate_says_when_to_come_back(reset: int, at: int, wait: int | None) -> None:
    """rel:F04: by the venue's own clock, never before now; unknown where an answer has no time."""
    refused = codes.outcome(Answered(10006, "Too many visits!", limit=Limit(10, 0, reset), at=at))
    other = codes.outcome(Answered(110007, "balance", limit=Limit(10, 0, reset), at=at))

    assert isinstance(refused, Refused)
    assert isinstance(other, Refused)
    assert (refused.code, refused.retry_after) == (Code.RATE, wait)
    assert other.retry_after is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, Code.RULES),
        (401, Code.DENIED),
        (403, Code.RATE),
        (404, Code.RULES),
        (429, Code.RATE),
        (408, None),
        (500, None),
    ],
)
def test_an_http_status_is_sure_where_bybit_refuses_by_it(status: int, code: Code | None) -> None:
    """rel:F02: what a server calls its own fault, or a gateway answers, may have been carried out."""
    outcome = codes.outcome(HttpRefused(status, "words"))

    assert isinstance(outcome, Unknown if code is None else Refused)
    assert code is None or (isinstance(outcome, Refused) and outcome.code is code)
