"""Whole trades at the embedded venue against numbers worked out by hand (trading.md B, A2 to A4)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.facts import ActKind
from core.mirror import Following, TooSmall
from core.plan import BreakevenRule, Rules, StopAfter, StopAfterKind
from core.request import FixedQuantity
from core.words import Side
from plugins.exchanges.paper.venue.orders import NewOrder
from tests.staging import Stage, instrument, number, percent, request, stage


def quantity(value: object) -> FixedQuantity:
    """A fixed total."""
    return FixedQuantity(number(value))


def clean(played: Stage) -> bool:
    """Nothing violated and nothing left at the venue."""
    accounts = played.world.venue.state.accounts.values()
    return not played.run.violations() and not any(account.orders for account in accounts)


def test_limit_fills_before_tp1_resize_the_ladder_to_85_5_5_5_of_all_that_filled() -> None:
    """B5: 2,500 filled on a step of 0.1 make 2,125 / 125 / 125 / 125, absolute and amended in place."""
    played = stage(traded=instrument(step="0.1"))
    played.open(request(("market", 98, 96), size=quantity(2500)))
    played.go(95)

    assert played.targets() == ["2125", "125", "125", "125"]
    assert played.run.tape.accounts["main"].calls.place == 7
    assert played.stop() == 90


def test_921_9_filled_make_783_6_and_three_times_46_1() -> None:
    """B5: the cumulative floor of 921.9."""
    played = stage(traded=instrument(step="0.1"))
    played.open(request(size=quantity("921.9")))

    assert played.targets() == ["783.6", "46.1", "46.1", "46.1"]


def test_tp1_with_limits_unfilled_cancels_them_and_moves_the_stop_to_breakeven() -> None:
    """B7, B9: the average of what filled is 100, all taker, so the stop goes to 100.14."""
    played = stage()
    played.open(request(("market", 98, 96), size=quantity(3000)))
    played.go(110)

    assert played.stop() == Decimal("100.14")
    assert played.targets() == ["0", "50", "50", "50"]
    assert "entries_cancelled" in played.kinds()
    assert set(played.working()) == {"TP2", "TP3", "TP4"}


@pytest.mark.parametrize(
    ("side", "targets", "stop", "hit", "expected"),
    [
        (Side.LONG, (110, 120, 130, 140), 90, 110, "100.08"),
        (Side.SHORT, (90, 80, 70, 60), 110, 90, "99.92"),
    ],
)
def test_fixed_breakeven_to_the_tick(side: Side, targets: tuple[int, ...], stop: int, hit: int, expected: str) -> None:
    """B9: fees 0.06 % and margin 0.02 % put breakeven 0.08 % from 100, and being stopped there closes the trade."""
    rules = Rules(breakeven=BreakevenRule(fees=Decimal("0.06"), margin=Decimal("0.02")))
    played = stage(rules=rules)
    played.open(request(targets=targets, stop=stop, side=side))
    played.go(hit)
    assert played.stop() == Decimal(expected)

    played.go(100)

    assert played.ended().reason == "breakeven_stop"
    assert clean(played)


def test_tp1_hit_while_an_entry_fill_is_in_flight() -> None:
    """B7: a limit fills, and TP1 before its resize arrives 1.5 s later; the levels left share the rest."""
    played = stage(latency=1_500)
    played.open(request(("market", 99), size=quantity(2000)))
    played.run.run(until=played.world.now + 8_000)
    assert played.targets() == ["850", "50", "50", "50"]

    played.go(99, 110, 110, 110, 110)

    box = played.box()
    assert played.size() == 1150
    assert played.targets() == ["0", "383", "383", "384"]
    assert box.phase.value == "PROFIT_TAKING"
    assert not played.run.violations()


def test_a_partial_tp_fill_followed_by_an_entry_fill_keeps_totals_absolute() -> None:
    """B5: TP1 executed 100 of 850, then 1,000 more fill: TP1's total is 1,700, so 1,600 of it still work."""
    played = stage()
    played.open(request(("market", 99), size=quantity(2000)))
    played.world.venue.state.volume["TESTUSDT"] = Decimal(100)
    played.go(110)
    assert played.targets()[0] == "750"
    played.world.venue.state.volume.clear()
    played.world.venue.state.dirty.add("TESTUSDT")

    played.go(105, 99)

    assert played.targets() == ["1600", "100", "100", "100"]
    assert played.size() == 1900


@pytest.mark.parametrize(
    ("total", "expected"), [(5, ["4", "0", "0", "1"]), (1, ["1", "0", "0", "0"]), (20, ["17", "1", "1", "1"])]
)
def test_small_accounts_have_a_tp1_always(total: int, expected: list[str]) -> None:
    """B6: five lots make 4/0/0/1, one lot makes 1/0/0/0."""
    played = stage()
    played.open(request(size=quantity(total)))

    assert played.targets() == expected


def test_both_sides_at_once_in_hedge_mode() -> None:
    """A5, A8: a long and a short of one symbol own a slot each; both run to their end."""
    played = stage(hedge=True)
    assert played.open(request()) == ()
    short = request(targets=(90, 80, 70, 60), stop=115, side=Side.SHORT, identity="r2")
    assert played.open(short) == ()
    assert played.size(index=1) == 1000
    assert played.size(index=2) == -1000

    played.go(111, 89, 100)

    assert {report.side for report in played.run.tape.accounts["main"].closed} == {Side.LONG, Side.SHORT}
    assert not played.run.violations()


def test_a_mirror_too_small_for_a_leg_does_not_open_and_main_goes_on() -> None:
    """A3: the mirror's legs would be under one lot; it is rejected with an alert, main is untouched."""
    played = stage(balances=(("main", 100_000), ("mirror", 50)))
    refused = played.open(request(("market", 98, 96), size=percent(1)))
    played.go(90)

    assert refused == ()
    assert played.ended("mirror").reason == "rejected"
    assert played.kinds("mirror") == ["mirror_skipped"]
    assert played.ended("main").reason == "stop"


def test_a_mirror_may_open_with_fewer_legs() -> None:
    """A3: with too_small: fewer_legs it drops what it is too small for."""
    following = Following(leader="main", too_small=TooSmall.FEWER_LEGS)
    played = stage(balances=(("main", 100_000), ("mirror", 2_000)), following=following)
    played.open(request(("market", 98, 96), size=percent(1)))

    assert len(played.box("mirror").trade.plan.legs) < 3


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (request(stop=101), "stop"),
        (request(targets=(99, 120, 130, 140)), "TP1"),
        (request(targets=(120, 110, 130, 140)), "TP2"),
        (request(at=1_600_000_000_000), "older"),
        (request(leverage=1000), "everage"),
    ],
)
def test_what_b2_refuses_sends_nothing(asked: object, word: str) -> None:
    """B2, A9: wrong-side stop, passed TP1, unordered TPs, a late request, too much leverage."""
    played = stage()
    reasons = played.open(asked)  # type: ignore[arg-type]

    assert word in " ".join(reasons)
    assert not played.run.tape.accounts["main"].seen


def test_the_same_request_opens_once() -> None:
    """A9: the same id twice is answered with the same trade."""
    played = stage()
    played.open(request())
    played.open(request())

    assert played.size() == 1000
    assert played.kinds().count("trade_opened") == 1


def test_with_limits_kept_the_stop_waits_for_the_entries() -> None:
    """B7, B9: TP1 leaves limits and stop alone; filled at 98, breakeven (99.13) is passed already: closed at market."""
    played = stage(rules=Rules(cancel_limits_on_tp1=False))
    played.open(request(("market", 98), size=quantity(2000)))
    played.go(110)
    assert played.stop() == 90
    assert "E2" in played.working()

    played.go(98)

    assert played.ended().reason == "breakeven_failed"
    assert "breakeven_failed" in played.kinds()
    assert clean(played)


def test_the_stop_table_follows_targets_and_trails() -> None:
    """B15: after TP1 to the entry, after TP2 to TP1's price, after TP3 one percent behind the best price."""
    table = (
        StopAfter(StopAfterKind.ENTRY),
        StopAfter(StopAfterKind.TARGET, level=1),
        StopAfter(StopAfterKind.TRAIL, percent=Decimal(1)),
    )
    played = stage(rules=Rules(stop_after=table))
    played.open(request())
    stops = []
    for price in (110, 120, 130, 135):
        played.go(price)
        stops.append(played.stop())

    assert stops[:2] == [100, 110]
    assert stops[3] == Decimal("133.65")


def test_entries_expire_and_a_missed_trade_is_given_up() -> None:
    """B15: entry_ttl cancels what is unfilled; TP1 trading before any fill closes the trade as expired."""
    played = stage()
    played.open(request((98,), size=quantity(1000)))
    played.go(110)
    assert played.ended().reason == "expired"

    late = stage(rules=Rules(entry_ttl=2_000))
    late.open(request(("market", 98), size=quantity(2000)))
    late.go(101, 101, 101, 101)

    assert set(late.working()) == {"TP1", "TP2", "TP3", "TP4"}


def test_main_and_mirror_end_alike_scaled() -> None:
    """A2, A4, C6: a third of the balance takes a third, the same k/n is shown, both end by all targets."""
    played = stage(balances=(("main", 300_000), ("mirror", 100_000)))
    played.open(request(("market", 98), size=percent(2)))
    played.go(97, 141)

    main, mirror = played.ended("main"), played.ended("mirror")
    assert (main.reason, mirror.reason) == ("all_tps", "all_tps")
    assert abs(main.entered / 3 - mirror.entered) <= 2
    assert clean(played)


def test_the_stop_closes_everything_once() -> None:
    """B10: the stop fills, entries and targets are cancelled, one closing alert, the wallet agrees with the report."""
    played = stage()
    played.open(request(("market", 98), size=quantity(2000)))
    played.go(89)

    report = played.ended()
    account = played.world.venue.state.accounts["main"]
    assert report.reason == "stop"
    assert report.entered == 2000
    assert account.wallet - account.deposits == report.net
    assert played.kinds().count("position_closed") == 1
    assert clean(played)


def test_liquidation_of_the_leader_is_its_own() -> None:
    """A4: a leader that is liquidated does not take its mirror with it."""
    played = stage(balances=(("main", 300_000), ("mirror", 100_000)))
    played.open(request(size=percent(2)))
    played.world.venue.liquidate("main", "TESTUSDT")
    played.go(100)

    assert played.ended("main").reason == "liquidation"
    assert played.size("mirror") > 0


def test_a_second_trade_in_a_taken_slot_is_refused() -> None:
    """A8: one owner per slot, in one-way mode the other side too."""
    played = stage()
    played.open(request())
    other = replace(request(targets=(90, 80, 70, 60), stop=110, side=Side.SHORT), id="r2")

    assert "taken by trade" in " ".join(played.open(other))


def test_closing_without_a_buyer_waits_and_tells_but_never_spins() -> None:
    """C4, B10: a closing order that the venue ends unfilled is tried every 5 s, told once, and closes in the end."""
    played = stage()
    played.open(request())
    played.world.venue.state.volume["TESTUSDT"] = Decimal(100)
    played.run.operate("main", Operate(played.box().id, ActKind.CLOSE, "me"))
    played.run.run(until=played.world.now + 20_000)
    assert played.size() == 900
    assert played.run.tape.accounts["main"].calls.place < 15
    assert played.kinds().count("close_failed") == 1

    played.world.venue.state.volume.clear()
    played.run.run(until=played.world.now + 6_000)

    assert played.ended().reason == "manual"
    assert clean(played)


def test_what_is_the_users_is_refused_and_never_touched() -> None:
    """A6, A7: a position and an order of the user's own: the request is refused, both stay as they are."""
    played = stage()
    venue = played.world.venue
    venue.place("main", NewOrder(symbol="TESTUSDT", side="Buy", quantity=Decimal(7)))
    venue.place("main", NewOrder(symbol="TESTUSDT", side="Buy", quantity=Decimal(3), price=Decimal(95)))
    played.run.settle()

    assert "isn't Tandem's" in " ".join(played.open(request()))
    assert played.size() == 7
    assert len(venue.state.accounts["main"].orders) == 1


def test_a_manual_reduction_shrinks_the_ladder_and_is_told() -> None:
    """B11: 300 of 1,000 are sold by hand: 700 are split 595/35/35/35, one alert, no take-profit counts as hit."""
    played = stage()
    played.open(request())
    played.world.venue.place("main", NewOrder(symbol="TESTUSDT", side="Sell", quantity=Decimal(300)))
    played.run.settle()

    assert played.targets() == ["595", "35", "35", "35"]
    assert played.kinds().count("external_change") == 1
    assert played.box().phase.value == "MONITORING"


def test_what_the_user_adds_stays_the_users() -> None:
    """B11: 500 more are bought by hand: targets stay at our quantity, closing closes ours only."""
    played = stage()
    played.open(request())
    played.world.venue.place("main", NewOrder(symbol="TESTUSDT", side="Buy", quantity=Decimal(500)))
    played.run.settle()
    assert played.targets() == ["850", "50", "50", "50"]

    played.run.operate("main", Operate(played.box().id, ActKind.CLOSE, "me"))

    assert played.size() == 500
    assert played.ended().reason == "manual"
