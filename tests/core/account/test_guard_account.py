"""What the account itself may come to: liquidation before the stop, a key that ends, memory that must not grow."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.account.state import KEPT_CLOSED
from core.alerts import AccountDegraded, ProtectionMissing
from core.facts import ActKind, Notice, PositionIs
from core.request import FixedQuantity
from core.words import OrderSide
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, driven, terms
from tests.staging import SYMBOL, Stage, instrument, request, stage


def test_a_liquidation_before_the_stop_is_told_once() -> None:
    """rel:F42, rel:I1: the venue would liquidate at 92, the stop is at 90: critical, once until it was well again."""
    run = opened()
    for price in (92, 93, 85, 91):
        run.seq += 1
        run.know(PositionIs(SLOT, Decimal(1000), run.now, run.seq, Decimal(price)))
    bodies = [alert.body for alert in run.alerts if isinstance(alert.body, ProtectionMissing)]

    assert ["liquidation at 92" in bodies[0].doing, "liquidation at 91" in bodies[1].doing] == [True, True]
    assert len(bodies) == 2


def test_a_plan_that_would_be_liquidated_first_is_refused() -> None:
    """rel:F42, B2: equity of 2,000 under 100,000 of notional ends above the stop: refused, nothing sent."""
    poor = replace(terms(), equity=Decimal(2_000), available=Decimal(200_000))
    run = driven()
    state = run.machine.state
    plan = state.strategies["conservative"].open(request(leverage=50), poor, "7K3QX9A2MD")

    assert "liquidation" in " ".join(getattr(plan, "reasons", ()))


def test_a_notice_is_an_alert_and_nothing_else() -> None:
    """rel:F41: the key ends in 3 days: critical, and the account trades on as before."""
    run = driven()
    run.know(Notice("key", "ends in 3 days", "key:1:7", run.now))

    assert [(alert.critical, alert.cause) for alert in run.alerts] == [(True, "key:1:7")]
    assert isinstance(run.alerts[0].body, AccountDegraded)
    assert run.open(TWO_LEGS) != []


def lived(trades: int) -> Stage:
    """So many trades, one after another, each closed by hand."""
    played = stage()
    for number in range(trades):
        assert played.open(request(("market", 98), identity=f"r{number}", at=played.world.now)) == ()
        played.run.operate("main", Operate(played.box().id, ActKind.CLOSE, "me"))
        assert not played.run.machines["main"].state.boxes
    return played


def held(played: Stage) -> dict[str, int]:
    """How much each part of the account's memory holds, the names of requests aside (A9 needs them all)."""
    state = played.run.machines["main"].state
    names = [name for name in state.__slots__ if name != "known"]
    return {name: len(value) for name in names if hasattr(value := getattr(state, name), "__len__")}


def test_memory_does_not_grow_with_history() -> None:
    """rel:F50, rel:I16: after 250 trades and after 300 each part of the state holds the same, the ended are capped."""
    few, many = held(lived(KEPT_CLOSED + 50)), held(lived(KEPT_CLOSED + 100))

    assert few == many
    assert many["ended"] == KEPT_CLOSED


@pytest.mark.parametrize("what", ["delisting", "delivered"])
def test_a_symbol_on_its_way_out(what: str) -> None:
    """rel:F37: the venue takes no new positions: refused; a settlement's execution closes the trade as external."""
    traded = replace(instrument(), trading=what != "delisting")
    played = stage(traded=traded)
    refused = played.open(request(("market", 98), size=FixedQuantity(Decimal(1000))))
    if what == "delisting":
        assert "opens no positions" in refused[0]
        return
    assert refused == ()
    played.world.hand("main").place(SYMBOL, OrderSide.SELL, Decimal(1000))
    played.run.settle()

    assert played.ended().reason == "external"
    assert played.working() == {}


def test_a_plan_needs_room_for_its_orders() -> None:
    """rel:F13, B2: 10 entries and 10 targets where 15 orders are left: refused, with both numbers."""
    run = driven()
    full = replace(terms(), free_orders=15)
    many = request(("market", *range(99, 90, -1)), targets=range(101, 111), stop=80)
    asked = replace(many, shares=tuple(Decimal(10) for _ in range(10)))
    plan = run.machine.state.strategies["conservative"].open(asked, full, "7K3QX9A2MD")

    assert "20 orders and 15 are left" in " ".join(getattr(plan, "reasons", ()))
