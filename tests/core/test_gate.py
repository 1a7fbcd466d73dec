"""The entry gate: I1."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.gate import AccountView, Limits, SymbolLimits, reasons
from core.instrument import Instrument
from core.money import HUNDRED, ONE, ZERO
from core.plan import Leg, Plan
from core.request import EntrySpec, MarginPercent, Request
from core.words import Environment, Side, Slot

PLAN = Plan(
    trade="7K3QX9A2MD",
    account="main",
    environment=Environment.PAPER,
    request=Request(
        id="r1",
        strategy="conservative",
        symbol="XUSDT",
        side=Side.LONG,
        entries=(EntrySpec(None),),
        take_profits=(Decimal(110),),
        stop=Decimal(90),
        leverage=Decimal(10),
        size=MarginPercent(ONE),
        at=0,
    ),
    slot=Slot("XUSDT", 0),
    instrument=Instrument(
        symbol="XUSDT", tick=ONE, step=ONE, min_quantity=ONE, min_notional=ZERO, max_leverage=HUNDRED
    ),
    legs=(Leg("E1", None, Decimal(10), ONE),),
    levels=(),
    stop=Decimal(90),
    leverage=Decimal(10),
    margin=HUNDRED,
    market=HUNDRED,
    taker=ZERO,
    maker=ZERO,
    at=0,
)
"""Binds 100 and risks 100 of an equity of 10,000."""
VIEW = AccountView(
    paused=False,
    live_trades=3,
    risk_open=Decimal(200),
    margin_used=Decimal(400),
    equity=Decimal(10_000),
    net_today=Decimal(-100),
    last_stop_at=1_000,
    symbol_trades={"XUSDT": 1},
    symbol_margin={"XUSDT": Decimal(50)},
)
OFF = Limits(max_trades=None)


def test_protections_are_off_but_for_the_number_of_trades() -> None:
    """I1: by default only max_trades (50) holds anything back."""
    worn = replace(VIEW, risk_open=Decimal(10**6), margin_used=Decimal(10**6), net_today=Decimal(-9_999))

    assert reasons(PLAN, Limits(), replace(worn, live_trades=49), 1_001) == ()
    (reason,) = reasons(PLAN, Limits(), replace(worn, live_trades=50), 1_001)
    assert reason == "main XUSDT: 50 trades are live and max_trades is 50: close one first"


@pytest.mark.parametrize(
    ("passes", "holds", "named"),
    [
        (replace(OFF, max_trades=4), replace(OFF, max_trades=3), "3 trades are live"),
        (
            replace(OFF, max_risk_percent=Decimal(3)),
            replace(OFF, max_risk_percent=Decimal("2.99")),
            "risk at the stops would be 300.00 USDT, over max_risk_percent (2.99 % of 10000.00 USDT)",
        ),
        (
            replace(OFF, max_margin_percent=Decimal(5)),
            replace(OFF, max_margin_percent=Decimal("4.99")),
            "margin would be 500.00 USDT, over max_margin_percent",
        ),
        (
            replace(OFF, max_daily_loss_percent=ONE),
            replace(OFF, max_daily_loss_percent=Decimal("0.99")),
            "today's loss of 100.00 USDT has reached max_daily_loss_percent (0.99 % of 10100.00 USDT)",
        ),
        (
            replace(OFF, cooldown_after_stop=1_000),
            replace(OFF, cooldown_after_stop=1_001),
            "holds entries until 1970-01-01T00:00:02.001Z",
        ),
        (
            replace(OFF, symbols={"XUSDT": SymbolLimits(max_trades=2)}),
            replace(OFF, symbols={"XUSDT": SymbolLimits(max_trades=1)}),
            "1 trades on this symbol are live",
        ),
        (
            replace(OFF, symbols={"XUSDT": SymbolLimits(max_margin_percent=Decimal("1.5"))}),
            replace(OFF, symbols={"XUSDT": SymbolLimits(max_margin_percent=Decimal("1.49"))}),
            "margin on this symbol would be 150.00 USDT, over its max_margin_percent",
        ),
        (
            replace(OFF, symbols={"YUSDT": SymbolLimits(max_trades=0)}),
            replace(OFF, symbols={"XUSDT": SymbolLimits(max_trades=0)}),
            "its max_trades is 0",
        ),
    ],
)
def test_each_protection_holds_from_its_limit_on(passes: Limits, holds: Limits, named: str) -> None:
    """I1: the last that passes and the first that holds, the plan's own margin and risk included, at 2,000 ms."""
    assert reasons(PLAN, passes, VIEW, 2_000) == ()
    (reason,) = reasons(PLAN, holds, VIEW, 2_000)
    assert reason.startswith("main XUSDT: ")
    assert named in reason


def test_pause_and_degradation_hold_entries_back() -> None:
    """I1: every reason at once, each with what lets the entries go."""
    held = reasons(PLAN, OFF, replace(VIEW, paused=True, degraded=("stream", "clock")), 0)

    assert [reason.partition(": ")[2].partition(":")[0] for reason in held] == [
        "new entries are paused",
        "the account is degraded (stream)",
        "the account is degraded (clock)",
    ]
    assert "tandem resume --account main" in held[0]


def test_profit_today_is_no_loss() -> None:
    """A daily limit of zero holds entries after the first loss, not before."""
    limits = replace(OFF, max_daily_loss_percent=ZERO)

    assert reasons(PLAN, limits, replace(VIEW, net_today=ZERO), 0) == ()
    assert len(reasons(PLAN, limits, VIEW, 0)) == 1
