"""A store that is lost with trades open (C7): they are made again of what the venue shows, or left to a person."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Adopt, Operate
from core.account.state import AccountState
from core.alert_text import text
from core.alerts import TradeRebuilt, TradeUnknown
from core.engine.joining import missing
from core.facts import ActKind
from core.identity import trade_id
from core.ladder import open_ladder
from core.mirror import Following
from core.plan import Plan, Rules
from core.remains import REBUILT
from core.request import FixedQuantity
from core.words import Side
from plugins.exchanges.paper.venue.orders import NewOrder
from tests.core.engine.test_storms import begun, operator, user, vandal, volume
from tests.staging import SYMBOL, Stage, instrument, number, percent, request, stage


def quantity(value: object) -> FixedQuantity:
    """A fixed total."""
    return FixedQuantity(number(value))


def forget(played: Stage, *names: str) -> None:
    """The database file is gone: the accounts start anew from nothing."""
    for name in names or ("main",):
        old = played.run.machines[name].state
        played.run.tape.accounts[name].journal.clear()
        fresh = AccountState(
            name, old.environment, old.capabilities, old.strategies, old.limits, old.following, timings=old.timings
        )
        played.run.restart(name, fresh)
    played.run.settle()


def at_venue(played: Stage, account: str = "main") -> dict[str, tuple[object, ...]]:
    """Every order of ours at the venue, whole."""
    orders = played.world.venue.state.accounts[account].orders.values()
    return {each.link: (each.side, each.quantity, each.price, each.stop) for each in orders if each.link}


def test_a_trade_goes_on_as_if_nothing_had_been_lost() -> None:
    """C7: a limit waits, four targets work: made again without one command, it ends by its stop like any other."""
    played = stage()
    played.open(request(("market", 98, 96), size=quantity(3000)))
    played.go(97)
    before, trade, calls = at_venue(played), played.box().id, replace(played.run.tape.accounts["main"].calls)
    forget(played)

    assert at_venue(played) == before
    assert replace(played.run.tape.accounts["main"].calls, batches=calls.batches) == calls
    box = played.box()
    assert (box.id, str(box.trade.ledger.position), str(box.trade.plan.stop)) == (trade, "2000", "90")
    assert [str(level.share) for level in box.trade.plan.levels] == ["85", "5", "5", "5"]
    assert not played.run.violations()
    played.go(95)
    assert played.targets() == ["2550", "150", "150", "150"]
    played.go(89)
    assert (played.ended().reason, str(played.ended().entered)) == ("stop", "3000")


def test_it_is_told_once_with_what_is_there() -> None:
    """C7, D1: one alert names position, average, stop, targets and the entries that wait."""
    played = stage()
    played.open(request(("market", 98), size=quantity(2000)))
    forget(played)

    told = [alert for alert in played.run.tape.alerts if isinstance(alert.body, TradeRebuilt)]
    assert len(told) == 1
    said = text(told[0])
    assert "Holds 1000 at 100, stop 90" in said
    assert "TP1 850 at 110" in said
    assert "E2 1000 at 98" in said


def test_after_tp1_the_stop_stays_at_breakeven_and_the_rest_runs_to_its_targets() -> None:
    """C7, B7: TP1 is known as hit by asking for its order; what remains is not resized."""
    played = stage()
    played.open(request(("market", 98), size=quantity(2000)))
    played.go(110)
    stop, before = played.stop(), at_venue(played)
    forget(played)

    assert (played.stop(), at_venue(played)) == (stop, before)
    assert played.box().phase.value == "PROFIT_TAKING"
    played.go(140)
    assert played.ended().reason == "all_tps"
    assert not played.run.violations()


def test_the_second_start_needs_no_venue_history() -> None:
    """C7, rel:I9: what was made again is in the journal: the next start knows it like any other trade."""
    played = stage()
    played.open(request(("market", 98), size=quantity(2000)))
    forget(played)
    old = played.run.machines["main"].state
    fresh = AccountState("main", old.environment, old.capabilities, old.strategies, old.limits, old.following)
    played.run.restart("main", fresh)
    played.run.settle()

    assert played.box().trade.ledger.position == 1000
    assert played.kinds().count("trade_rebuilt") == 1
    assert not played.run.violations()


def test_what_was_made_again_is_no_mirrors_to_join() -> None:
    """C7, A9: it is made now of what was opened long ago; a mirror that had none of it would buy at today's price."""
    played = stage()
    played.open(request(("market", 98), size=quantity(2000)))
    forget(played)
    main = played.run.machines["main"].state
    follower = Following(leader="main")
    mirror = AccountState("mirror", main.environment, main.capabilities, main.strategies, main.limits, follower)

    assert played.box().trade.plan.request.origin == REBUILT
    assert missing(main, mirror) == ()


def test_a_short_with_odd_lots_keeps_just_the_ladder_it_had() -> None:
    """C7, B6: five lots of a short are 4/0/0/1; the levels without an order have none afterwards either."""
    played = stage()
    played.open(request(targets=(90, 80, 70, 60), stop=110, side=Side.SHORT, size=quantity(5)))
    before = at_venue(played)
    forget(played)

    assert at_venue(played) == before
    assert played.targets() == ["4", "0", "0", "1"]
    played.go(59)
    assert played.ended().reason == "all_tps"


def test_shares_that_nobody_configured_are_read_off_the_orders() -> None:
    """C7: the trade had 60/40, the configuration has 85/5/5/5: what fills later is split as the orders were."""
    rules = Rules(shares=(Decimal(60), Decimal(40)))
    played = stage(rules=rules)
    played.open(request(("market", 98), targets=(110, 120), size=quantity(2000)))
    played.run.machines["main"].state.strategies["conservative"].rules = Rules()  # type: ignore[attr-defined]
    forget(played)
    played.go(97)

    assert played.targets() == ["1200", "800", "0", "0"]


def test_main_and_mirror_are_both_made_again_and_end_together() -> None:
    """C7, A4: the mirror follows its leader as before: what closes main closes it."""
    played = stage(balances=(("main", 300_000), ("mirror", 100_000)))
    played.open(request(("market", 98), size=percent(2)))
    forget(played, "main", "mirror")
    played.run.operate("main", Operate(played.box("main").id, ActKind.CLOSE, "me"))

    assert (played.ended("main").reason, played.ended("mirror").reason) == ("manual", "followed_main")
    assert not played.run.violations()


def test_entries_alone_are_left_to_a_person() -> None:
    """C7: no target of it was ever at the venue, so none is invented: its entries stay, and it is told, critically."""
    played = stage()
    played.open(request((98, 96), size=quantity(2000)))
    before = at_venue(played)
    forget(played)

    assert at_venue(played) == before
    told = [alert for alert in played.run.tape.alerts if isinstance(alert.body, TradeUnknown)]
    assert [alert.critical for alert in told] == [True]
    assert "no take-profit" in text(told[0])
    assert "the store has lost" in " ".join(played.open(request(identity="r2")))


def test_a_position_that_its_executions_do_not_explain_is_left_to_a_person() -> None:
    """C7: the venue lists fewer executions than it holds (they are too old): nothing is cancelled, the stop stays."""
    played = stage()
    played.open(request(("market", 98), size=quantity(2000)))
    before = at_venue(played)
    played.world.venue.state.accounts["main"].executions.clear()
    forget(played)

    assert at_venue(played) == before
    assert played.stop() == 90
    assert played.kinds().count("trade_unknown") == 1
    assert not played.run.machines["main"].state.boxes


def test_what_an_ended_trade_left_behind_is_an_orphan() -> None:
    """C7: a target of ours with nothing held and no entry: nothing to go on with, so it is cancelled."""
    played = stage()
    played.open(request())
    link = next(link for link in at_venue(played) if "TP4" in link)
    played.run.operate("main", Operate(played.box().id, ActKind.CLOSE, "me"))
    venue = played.world.venue
    venue.place("main", NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(5)))
    order = NewOrder(
        symbol=SYMBOL, side="Sell", quantity=Decimal(5), price=Decimal(150), reduce_only=True, link=link[:-1] + "9"
    )
    venue.place("main", order)
    venue.state.accounts["main"].positions[SYMBOL, 0].size = Decimal(0)
    forget(played)

    assert at_venue(played) == {}


def test_adopting_takes_the_lost_orders_out_of_the_way() -> None:
    """C7, A6: the operator writes a plan for what is held: the lost trade's orders go, the plan's come."""
    played = stage()
    played.open(request(("market", 98), size=quantity(2000)))
    played.world.venue.state.accounts["main"].executions.clear()
    forget(played)
    asked = request((100,), targets=(111, 121, 131, 141), stop=91, size=quantity(1000), identity="adopt-1")
    asked = replace(asked, confirmed=True)
    plan = open_ladder(asked, played.run.exchanges["main"].terms(SYMBOL), Rules(), trade_id("x", "adopt-1"))
    assert isinstance(plan, Plan), plan
    played.run.post("main", Adopt(plan, (), "me"))
    played.run.run(until=played.world.now + 30_000)

    assert played.stop() == 91
    assert sorted(str(each[2]) for each in at_venue(played).values()) == ["111", "121", "131", "141"]


@pytest.mark.parametrize("prices", [(97,), (99, 97, 110), (95, 110, 120)])
@pytest.mark.parametrize("step", ["1", "0.1", "5"])
def test_wherever_it_is_lost_it_ends_as_without(prices: tuple[object, ...], step: str) -> None:
    """C7, rel:I9: entered quantity, reason, orders and money are those of a run that lost nothing."""
    ends = []
    for lost in (False, True):
        played = stage(traded=instrument(step=step))
        played.open(request(("market", 98, 96), size=quantity(3015)))
        played.go(*prices)
        if lost:
            forget(played)
        played.go(99, 140)
        report = played.ended()
        ends.append((report.reason, report.entered, report.net, played.world.venue.state.accounts["main"].wallet))
        assert not played.run.violations()
        assert at_venue(played) == {}
    assert ends[0] == ends[1]


def test_a_position_whose_orders_are_all_gone_is_told_of() -> None:
    """C7: only executions name the trade: nothing of it works, so its targets can't be known; a person is told."""
    played = stage()
    played.open(request())
    account = played.world.venue.state.accounts["main"]
    account.orders.clear()
    forget(played)

    told = [alert for alert in played.run.tape.alerts if isinstance(alert.body, TradeUnknown)]
    assert [(alert.trade, alert.body.position) for alert in told if isinstance(alert.body, TradeUnknown)] == [
        (trade_id("virtual", "r1"), Decimal(1000))
    ]
    assert played.stop() == 90


def test_a_position_of_the_users_own_is_nobodys_lost_trade() -> None:
    """C7, A7: an earlier trade of ours was stopped out there long ago; what is held now the user bought."""
    played = stage()
    played.open(request())
    played.go(89)
    played.world.venue.place("main", NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(7)))
    forget(played)

    assert "trade_unknown" not in played.kinds()
    assert not played.run.machines["main"].state.lost
    assert played.size() == 7


@pytest.mark.parametrize("seed", [12, 90, 165, 179, 209, 365, 370, 391])
def test_whatever_is_under_way_nothing_is_lost_in_silence(seed: int) -> None:
    """C7, rel:I1, I2: forgotten in mid-air, every live trade is made again or told of; no violation in the end."""
    draw = random.Random(seed)
    played = begun(draw)
    count = draw.randint(2, 10)
    moment = draw.randint(0, count)
    for turn in range(count):
        volume(played, draw.randint(0, 900) if draw.random() < 0.25 else None)
        played.go(draw.randint(94, 112))
        draw.choices([operator, user, vandal, lambda *_: None], [25, 10, 3, 40])[0](played, draw)
        if turn == moment:
            states = [played.run.machines[name].state for name in ("main", "mirror")]
            boxes = [box for state in states for box in state.boxes.values() if box.trade.ledger.position > 0]
            held = {box.trade.plan.account for box in boxes}
            forget(played, "main", "mirror")
            states = [played.run.machines[name].state for name in ("main", "mirror")]
            assert held <= {state.account for state in states if state.boxes or state.lost}
    volume(played, None)
    played.run.run(until=played.world.now + 60_000)

    assert played.run.violations() == ()
