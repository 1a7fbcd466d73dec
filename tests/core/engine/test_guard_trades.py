"""Whole trades at the embedded venue under the faults that hurt most (reliability.md 2 and 3)."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from core.account.inputs import Operate
from core.alerts import ExternalChange, LimitFilled
from core.commands import Amend, Cancel, Place, Query
from core.desired import Phase
from core.facts import ActKind
from core.identity import Key, parse_key
from core.mirror import Following
from core.request import FixedQuantity
from core.words import OrderSide
from plugins.exchanges.paper.venue.events import Executed, PositionUpdated
from tests.core.engine.test_crashes import fresh
from tests.staging import SYMBOL, Stage, instrument, percent, request, stage

BOTH = (("main", 300_000), ("mirror", 100_000))
THREE = request(("market", 98, 94), size=FixedQuantity(Decimal(3000)))


def begun(**given: object) -> Stage:
    """Three legs of 1,000 at 100, 98 and 94, stop 90; the venue's every event is kept."""
    played = stage(**given)  # type: ignore[arg-type]
    played.world.keeping = True
    played.open(THREE)
    return played


def keys(played: Stage, account: str) -> list[Key]:
    """The parts of every client id that an account's commands named."""
    commands = [each[1] for each in played.run.tape.accounts[account].seen if isinstance(each, tuple)]
    named = [parse_key(each.key) for each in commands if isinstance(each, Place | Amend | Cancel | Query)]
    assert None not in named
    return [key for key in named if key is not None]


def jump(played: Stage, price: object) -> None:
    """The price is there at once, without having traded in between."""
    played.world.venue.set_price(SYMBOL, Decimal(str(price)))
    played.run.settle()


def naked(played: Stage) -> list[PositionUpdated]:
    """Every moment at which a position stood without a stop."""
    events = [each for each in played.world.heard if isinstance(each, PositionUpdated)]
    return [event for event in events if event.size and event.stop is None]


@pytest.mark.parametrize("latency", [0, 700, 2_500])
def test_no_moment_is_without_a_stop(latency: int) -> None:
    """rel:I3, rel:R6: however late every command arrives, each fill had its stop when it happened."""
    played = begun(latency=latency)
    played.go(97, 93, 99, 111, 105, 121, 80)

    assert played.size() == 0
    assert len(played.world.heard) > 10
    assert naked(played) == []


def test_the_stop_works_without_tandem() -> None:
    """rel:D9, rel:I1: nobody steps the machine any more; the venue's own stop ends the position all the same."""
    played = begun()
    assert played.size() == 1000
    for price in (97, 93, 89):
        played.world.venue.set_price(SYMBOL, Decimal(price))

    assert played.size() == 0


def test_a_gap_through_entries_and_stop_ends_flat() -> None:
    """rel:F29, rel:I10, rel:I4: a jump from 100 to 80 fills both limits and the stop: flat, no order, counted once."""
    played = begun()
    jump(played, 80)

    assert (str(played.size()), played.working(), played.run.violations()) == ("0", {}, ())
    assert [report.reason for report in played.run.tape.accounts["main"].closed] == ["stop"]
    assert played.kinds().count("position_closed") == 1


def test_a_report_is_the_venues_money() -> None:
    """rel:I10, rel:I18, rel:D11: net is what the wallet changed by, funding included, to the last digit."""
    played = begun()
    played.world.hand("main").fund(SYMBOL, Decimal("0.0001"))
    played.go(97, 111, 103, 121, 99)
    report = played.ended()
    account = played.world.venue.state.accounts["main"]
    events = [event for event in played.world.heard if isinstance(event, Executed)]

    assert report.funding != 0
    assert report.net == account.wallet - account.deposits
    assert report.fees == account.fees
    assert report.entered * 2 == sum(event.quantity for event in events if event.exec_type == "Trade")


def test_a_crash_beside_the_close_counts_the_trade_once() -> None:
    """rel:D11, rel:I10: kill -9 before and after the last fill: one report, one closing alert, the same net."""
    calm = begun()
    jump(calm, 80)
    for before in (True, False):
        played = begun()
        played.go(100)
        if not before:
            jump(played, 80)
        played.world.venue.set_price(SYMBOL, Decimal(80))
        played.run.restart("main", fresh(played.run.machines["main"].state))
        played.run.settle()
        reports = played.run.tape.accounts["main"].closed
        assert [(each.reason, each.net) for each in reports] == [("stop", calm.ended().net)]
        assert played.kinds().count("position_closed") == 1


def test_a_reduction_by_hand_is_no_target() -> None:
    """rel:D8, rel:F35, B11: the user takes 850 of 1,000, TP1's very size: no hit, no breakeven, the ladder shrinks."""
    played = begun()
    theirs = played.world.hand("main").place(SYMBOL, OrderSide.SELL, Decimal(5), Decimal(150))
    played.world.hand("main").place(SYMBOL, OrderSide.SELL, Decimal(850))
    played.run.settle()

    assert played.box().phase is Phase.BUILDING
    assert played.targets() == ["127", "8", "7", "8"]
    assert played.stop() == 90
    assert [each.body.what for each in played.run.tape.alerts if isinstance(each.body, ExternalChange)] == ["manual"]
    assert "target_hit" not in played.kinds()
    assert theirs in played.world.venue.state.accounts["main"].orders


def test_nobody_elses_order_is_touched() -> None:
    """rel:I7, A6: the user's orders live through a whole trade; every command names an order of ours."""
    played = begun()
    hand = played.world.hand("main")
    theirs = [hand.place(SYMBOL, side, Decimal(7), Decimal(price)) for side, price in
              ((OrderSide.BUY, 70), (OrderSide.SELL, 160))]  # fmt: skip
    played.go(97, 111, 99)

    assert played.ended().phase is Phase.CLOSED
    assert list(played.world.venue.state.accounts["main"].orders) == theirs
    assert {key.account for key in keys(played, "main")} == {"main"}


@pytest.mark.parametrize(("act", "reason"), [("liquidate", "liquidation"), ("deleverage", "adl")])
def test_what_the_venue_takes_is_called_by_its_name(act: str, reason: str) -> None:
    """rel:F38, B11: executions without our id close the trade with their own reason and no target is booked."""
    played = begun()
    hand = played.world.hand("main")
    hand.liquidate(SYMBOL) if act == "liquidate" else hand.deleverage(SYMBOL, Decimal(1000))
    played.go(100)

    assert played.ended().reason == reason
    assert [each.body.what for each in played.run.tape.alerts if isinstance(each.body, ExternalChange)] == [reason]
    assert not any(target.hit for target in played.ended().targets)
    assert [each.critical for each in played.run.tape.alerts if each.kind == "position_closed"] == [True]


def test_a_part_deleveraged_shrinks_the_ladder() -> None:
    """rel:F38, B11: ADL of 400 of 1,000: the targets share 600, the stop stays, the trade lives."""
    played = begun()
    played.world.hand("main").deleverage(SYMBOL, Decimal(400))
    played.run.settle()

    assert played.targets() == ["510", "30", "30", "30"]
    assert played.stop() == 90


def test_both_accounts_close_without_each_other() -> None:
    """rel:F32, A4: leader and mirror are closed in the same moment, commands 700 ms late: own keys, flat, no order."""
    played = begun(balances=BOTH, latency=700)
    played.go(100)
    for name in ("mirror", "main"):
        played.run.operate(name, Operate(played.box(name).id, ActKind.CLOSE, "me"))
    played.run.run(until=played.world.now + 60_000)

    for name in ("main", "mirror"):
        accounts = {key.account for key in keys(played, name)}
        closed = played.ended(name).phase
        assert (accounts, str(played.size(name)), closed) == ({name}, "0", Phase.CLOSED)
        assert played.working(name) == {}
    assert played.run.violations() == ()


def test_the_groups_count_is_shown_and_never_stored() -> None:
    """rel:D3, rel:I13, C6: main has two limits filled, the mirror one: it says 2 for the group and 1 of its own."""
    played = begun(balances=BOTH)
    second = next(key.text for key in keys(played, "mirror") if key.role == "E2")
    played.world.hand("mirror").cancel(second)
    played.go(97, 93)
    shown = {alert.account: alert.body for alert in played.run.tape.alerts if isinstance(alert.body, LimitFilled)}

    assert (shown["main"].own_count, shown["main"].group_count) == (2, 2)
    assert (shown["mirror"].own_count, shown["mirror"].group_count) == (1, 2)
    assert played.box("mirror").trade.ledger.filled("E2") == 0


@pytest.mark.parametrize("total", [1, 5, 19, 60, 1000])
def test_no_lot_is_without_a_target(total: int) -> None:
    """rel:D10, rel:F30, rel:I2, B6: however small, all that is held has its take-profit, none under the minimum."""
    played = stage(traded=instrument(minimum="3"))
    refused = played.open(request(size=FixedQuantity(Decimal(total))))
    if refused:
        assert total < 3
        return
    orders = [quantity for role, quantity in played.working().items() if role.startswith("TP")]

    assert sum(orders) == played.size() == total
    assert min(orders) >= 3


def test_a_mirror_without_margin_is_told_once_and_main_goes_on() -> None:
    """rel:F39, rel:I14, A3: the user's own position holds the mirror's margin: rejected there, main as if alone."""
    asked = request(size=percent(50), targets=(103, 106, 109, 112))
    runs = []
    for poor in (True, False):
        played = stage(balances=BOTH, following=Following(leader="main"))
        if poor:
            played.world.venue.state.accounts["mirror"].wallet = Decimal(10)
        played.open(asked)
        played.go(103, 99, 89)
        runs.append(played)
    poor_run, rich_run = runs

    assert replace(poor_run.ended(), closed_at=None) == replace(rich_run.ended(), closed_at=None)
    assert poor_run.ended("mirror").reason == "rejected"
    assert poor_run.kinds("mirror").count("mirror_skipped") + poor_run.kinds("mirror").count("entry_failed") == 1


def test_phases_only_go_forward() -> None:
    """rel:I19, B12: each phase that was ever seen ranks at least as high as the one before, whatever happens."""
    played = begun(latency=100)
    seen: list[Phase] = []
    state = played.run.machines["main"].state
    for price in (97, 99, 111, 98, 112, 121, 89):
        played.go(price)
        boxes = (*state.boxes.values(), *state.ended.values())
        seen += [box.phase for box in boxes]

    assert len(set(seen)) >= 3
    assert all(after.rank >= before.rank for before, after in pairwise(seen))
