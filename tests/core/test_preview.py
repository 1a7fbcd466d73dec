"""What a plan would do, in numbers worked out by hand, and the exact object that is shown before anything is sent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.ladder import open_ladder
from core.ladder_merge import merge_ladder
from core.plan import Plan, Rules
from core.preview import merge_json, preview, preview_json
from core.request import FixedQuantity, Merge, Request
from core.trade import Trade
from core.words import Side
from tests.driving import driven, terms
from tests.staging import request

LONG = request(("market", 98), size=FixedQuantity(Decimal(2000)))
SHORT = request((101, 103), side=Side.SHORT, targets=(90, 80, 70, 60), stop=110, size=FixedQuantity(Decimal(2000)))


def planned(asked: Request) -> Plan:
    """The plan at a last price of 100: taker 0.055 %, maker 0.02 %, 1,000,000 of everything."""
    plan = open_ladder(asked, terms(), Rules(), "0123456789")
    assert isinstance(plan, Plan), plan
    return plan


def test_the_object_that_is_shown_before_anything_is_sent() -> None:
    """E3: entries, targets with rewards after fees, loss at the stop, liquidation: by hand from the plan's numbers."""
    assert preview_json(planned(LONG), terms()) == {
        "trade": "0123456789",
        "environment": "paper",
        "symbol": "TESTUSDT",
        "side": "long",
        "leverage": "10",
        "margin": "19800",
        "margin_percent": "1.98",
        "entries": [
            {"role": "E1", "price": "market", "quantity": "1000", "stop": "90"},
            {"role": "E2", "price": "98", "quantity": "1000", "stop": "90"},
        ],
        "take_profits": [
            {"role": "TP1", "price": "110", "share": "85", "quantity": "1700", "reward": "18588"},
            {"role": "TP2", "price": "120", "share": "5", "quantity": "100", "reward": "20685.6"},
            {"role": "TP3", "price": "130", "share": "5", "quantity": "100", "reward": "23783"},
            {"role": "TP4", "price": "140", "share": "5", "quantity": "100", "reward": "27880.2"},
        ],
        "stop": "90",
        "average_entry": "99",
        "notional": "198000",
        "entry_fees": "74.6",
        "max_loss": "18173.6",
        "risk_reward": "1.53",
        "liquidation": None,
    }


def test_a_shorts_numbers() -> None:
    """E3: mirrored: what falls earns, the stop lies above, both legs are makers."""
    numbers = preview(planned(SHORT), terms())

    assert [str(numbers.average_entry), str(numbers.notional)] == ["102", "204000"]
    assert numbers.entry_fees == Decimal("40.8")
    assert numbers.max_loss == 8 * 2000 + Decimal("40.8") + 110 * 2000 * Decimal("0.00055")
    assert numbers.targets[0].reward == 12 * 1700 - Decimal("40.8") - 90 * 1700 * Decimal("0.0002")
    assert numbers.risk_reward == numbers.targets[3].reward / numbers.max_loss


def test_liquidation_is_shown_on_the_tick_away_from_loss() -> None:
    """B2: cross, equity of 30,001 under 198,000 at an average of 99, maintenance 0.5 %: 84.4945, shown as 84.5."""
    poor = replace(terms(), equity=Decimal(30_001), available=Decimal(0))
    shown = preview_json(planned(LONG), poor)

    assert shown["liquidation"] == "84.5"
    assert shown["margin_percent"] is None


def test_a_plan_without_stop_and_terms() -> None:
    """E3: what isn't known is null; a position without a stop has no ratio and no largest loss to reckon."""
    bare = preview_json(replace(planned(LONG), stop=None))

    assert {key for key, value in bare.items() if value is None} == {
        "stop",
        "risk_reward",
        "liquidation",
        "margin_percent",
    }
    assert bare["max_loss"] == "0"
    assert bare["entries"] == [
        {"role": "E1", "price": "market", "quantity": "1000", "stop": None},
        {"role": "E2", "price": "98", "quantity": "1000", "stop": None},
    ]


def test_a_plan_without_targets_earns_nothing_that_is_known() -> None:
    """E3: no ladder (a grid's legs): no rows, and nothing over the loss."""
    numbers = preview(replace(planned(LONG), levels=()))

    assert numbers.targets == ()
    assert numbers.risk_reward == 0


def live() -> Trade:
    """1,000 filled at 100, 1,000 waiting at 98."""
    run = driven()
    run.accept(run.open(LONG))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    return run.box_trade


def merging(how: Merge | None, targets: tuple[object, ...]) -> dict[str, object]:
    """What adding two limits to the live trade would change."""
    trade = live()
    asked = replace(request((97, 96), identity="r2", targets=targets, stop=91), merge=how, shares=None)
    plan = merge_ladder(asked, terms(), Rules(), trade, "9876543210")
    assert isinstance(plan, Plan), plan
    return merge_json(trade, plan)


def row(role: str, old: str | None, new: str | None, share: str | None) -> dict[str, object]:
    """A take-profit before and after."""
    was = None if old is None else share
    return {"role": role, "old_price": old, "price": new, "old_share": was, "share": share}


def test_a_merge_that_replaces_prices() -> None:
    """B13: both ladders side by side, what is added and what it needs."""
    assert merging(Merge.REPLACE, (111, 121, 131, 141)) == {
        "into": live().plan.trade,
        "prices": "replace",
        "added": ["E3", "E4"],
        "margin_added": "9650",
        "limits": 3,
        "stop": {"old": "90", "new": "91"},
        "take_profits": [
            row("TP1", "110", "111", "85"),
            row("TP2", "120", "121", "5"),
            row("TP3", "130", "131", "5"),
            row("TP4", "140", "141", "5"),
        ],
        "position": "1000",
    }


@pytest.mark.parametrize("how", [Merge.KEEP, None])
def test_a_merge_that_keeps_prices(how: Merge | None) -> None:
    """B13: the trade's own prices stay, whatever the request names."""
    shown = merging(how, (111, 121, 131, 141))

    assert shown["prices"] == "keep"
    assert shown["stop"] == {"old": "90", "new": "90"}
    assert shown["take_profits"] == [
        row("TP1", "110", "110", "85"),
        row("TP2", "120", "120", "5"),
        row("TP3", "130", "130", "5"),
        row("TP4", "140", "140", "5"),
    ]
