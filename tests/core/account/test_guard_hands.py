"""The user's own hand in the exchange's app: kept, put back, or left alone and said so (A11, rel:F36)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.hands import BEHIND, HANDS, PUT_BACK, WINDOW
from core.account.inputs import Operate, Pause
from core.account.wishing import wished
from core.alerts import AccountDegraded, ForeignEdit
from core.commands import Amend, Code, Place, Refused, SetStop, Unknown
from core.facts import ActKind, Cause, EndReason, Filled, PositionIs, StopIs
from core.plan import ManualChanges, Rules
from core.words import OrderSide
from tests.core.account.test_guard_streams import well, working_all
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven
from tests.staging import Stage, request, stage

RESTORE = Rules(manual_changes=ManualChanges.RESTORE)


def begun(rules: Rules | None = None) -> Stage:
    """A thousand at 100, stop 90."""
    played = stage(rules=rules)
    played.open(request())
    return played


def edits(played: Stage) -> list[tuple[str, bool]]:
    """What was told of changes in the app: role, and whether it was kept."""
    bodies = [alert.body for alert in played.run.tape.alerts]
    return [(body.role, body.kept) for body in bodies if isinstance(body, ForeignEdit)]


def cancelled(played: Stage, role: str, times: int) -> int:
    """Somebody cancels an order of ours again and again; how often it was put back."""
    count = 0
    for _ in range(times):
        orders = played.world.venue.state.accounts["main"].orders.values()
        mine = [order.link for order in orders if order.link.split("-")[3] == role]
        if not mine:
            break
        played.world.hand("main").cancel(mine[0])
        played.run.run(until=played.world.now + 30_000)
        count += role in played.working()
    return count


def test_a_cancelled_stop_is_put_back_at_once() -> None:
    """rel:F36, rel:I1: the user takes the stop away: it is there again in the same moment, and he is told."""
    played = begun()
    played.world.hand("main").move_stop("TESTUSDT", None)
    played.run.settle()

    assert played.stop() == 90
    assert edits(played) == [("stop", False)]


@pytest.mark.parametrize("role", ["TP1", "TP3"])
def test_a_cancelled_target_is_put_back_three_times(role: str) -> None:
    """rel:F36, A11: then it is left alone, entries are held and the alarm is critical and repeated."""
    played = begun()
    assert cancelled(played, role, 10) == PUT_BACK
    state = played.run.machines["main"].state
    assert HANDS in state.troubles
    played.run.run(until=played.world.now + 3 * WINDOW)
    alarms = [alert for alert in played.run.tape.alerts if isinstance(alert.body, AccountDegraded)]

    assert len(alarms) == 4
    assert all(alert.critical for alert in alarms)
    assert role not in played.working()
    assert played.open(request(identity="r2")) != ()


@pytest.mark.parametrize("way", ["act", "resume"])
def test_an_operators_act_puts_it_back(way: str) -> None:
    """A11, rel:I12: acting on the trade, or resuming the account, ends it: the target works and entries are free."""
    played = begun()
    cancelled(played, "TP2", 10)
    if way == "act":
        played.run.operate("main", Operate(played.box().id, ActKind.PROTECT_AGAIN, "me"))
    else:
        played.run._inbox["main"].append(Pause(paused=False, by="me"))  # noqa: SLF001 - a run has no pause of its own
        played.run.settle()

    assert "TP2" in played.working()
    assert played.run.machines["main"].state.troubles == {}
    assert "account_restored" in played.kinds()


def test_cancels_far_apart_are_always_put_back() -> None:
    """A11: only three within ten minutes count; patience of the user is no reason to stop."""
    played = begun()
    for _ in range(6):
        assert cancelled(played, "TP2", 1) == 1
        played.run.run(until=played.world.now + WINDOW)

    assert played.run.machines["main"].state.troubles == {}


def test_a_stop_taken_away_again_and_again_is_left_alone_loudly() -> None:
    """rel:F36, B4: the fourth time it stays away: held, and the missing protection is told as critical as well."""
    played = begun()
    for _ in range(PUT_BACK + 1):
        played.world.hand("main").move_stop("TESTUSDT", None)
        played.run.run(until=played.world.now + 20_000)

    assert played.stop() is None
    assert {"account_degraded", "protection_missing"} <= set(played.kinds())
    played.run.operate("main", Operate(played.box().id, ActKind.MOVE_STOP, "me", price=Decimal(91)))
    assert played.stop() == 91


def test_a_moved_stop_is_kept_as_the_operators() -> None:
    """A11, B14: moved in the app to 93: it stays, the resting entry carries it, a mirror copies it, he is told."""
    played = stage(balances=(("main", 300_000), ("mirror", 100_000)))
    played.open(request(("market", 98)))
    played.world.hand("main").move_stop("TESTUSDT", Decimal(93))
    played.run.settle()
    stops = {order.stop for order in played.world.venue.state.accounts["main"].orders.values() if not order.reduce_only}

    assert (str(played.stop()), str(played.stop("mirror"))) == ("93", "93")
    assert stops == {Decimal(93)}
    assert edits(played) == [("stop", True)]


def test_a_moved_target_is_kept_or_restored() -> None:
    """A11: TP2 moved from 120 to 125 stays there by default; with `restore` it is put back."""
    for rules, expected in ((None, "125"), (RESTORE, "120")):
        played = begun(rules)
        link = next(order.link for order in played.world.venue.state.accounts["main"].orders.values()
                    if "-TP2-" in order.link)  # fmt: skip
        played.world.hand("main").amend(link, price=Decimal(125))
        played.run.settle()
        prices = [str(order.price) for order in played.world.venue.state.accounts["main"].orders.values()
                  if "-TP2-" in order.link]  # fmt: skip
        assert prices == [expected]
        assert edits(played) == [("TP2", rules is None)]


def test_a_target_that_is_moved_back_is_moved() -> None:
    """A11: an operator had TP2 at 125; in the app it goes to the plan's own 120, and is kept there and told."""
    played = begun()
    played.run.operate("main", Operate(played.box().id, ActKind.MOVE_TARGET, "me", role="TP2", price=Decimal(125)))
    orders = played.world.venue.state.accounts["main"].orders
    (link,) = [order.link for order in orders.values() if "-TP2-" in order.link]
    played.world.hand("main").amend(link, price=Decimal(120))
    played.run.settle()

    assert [order.price for order in orders.values() if "-TP2-" in order.link] == [120]
    assert edits(played) == [("TP2", True)]


def test_restore_puts_a_moved_stop_back() -> None:
    """A11: with `manual_changes: restore` the stop is at the plan's price again."""
    played = begun(RESTORE)
    played.world.hand("main").move_stop("TESTUSDT", Decimal(93))
    played.run.settle()

    assert played.stop() == 90
    assert edits(played) == [("stop", False)]


def moved_by_us() -> Driven:
    """TP1 was hit and our breakeven stop is in force."""
    run = well(opened())
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850), run.ended("E2", 0, EndReason.CANCELLED))
    (stop,) = [each for each in (*run.sent, *run.later(10).step()) if isinstance(each, SetStop)]
    run.answer([stop])
    run.know(StopIs(SLOT, stop.price, run.now, run.seq))
    return run


@pytest.mark.parametrize(("later", "theirs"), [(1_000, False), (BEHIND, True)])
def test_a_late_frame_with_our_own_old_stop_is_nobodys_hand(later: int, *, theirs: bool) -> None:
    """A11, rel:F16: the stop of before shows up once more after ours: set again; much later somebody moved it back."""
    run = moved_by_us().later(later)
    again = run.know(StopIs(SLOT, Decimal(90), run.now, run.seq))

    assert [type(each) for each in again] == ([] if theirs else [SetStop])
    assert any(isinstance(alert.body, ForeignEdit) for alert in run.alerts) is theirs


@pytest.mark.parametrize("told", [False, True])
def test_what_an_entry_brings_when_it_fills_is_nobodys_hand(*, told: bool) -> None:
    """A11, B4: E2 rests with the plan's stop attached, long after the operator's 95 is in force; its fill brings 90."""
    run = well(opened())
    run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(115), price=Decimal(95)))
    run.know(run.stop_is(95))
    run.later(2 * BEHIND).know(*((run.fill("E2", 1000, 98), run.ended("E2", 1000)) if told else ()))
    run.know(run.stop_is(90))

    assert not any(isinstance(alert.body, ForeignEdit) for alert in run.alerts)


def test_what_a_hand_moved_away_is_not_moved_back_by_a_list_that_is_behind() -> None:
    """A11, rel:F20: the plan's 90 stood for long, somebody moves it to 93 in the app; then a list has 90 once more."""
    run = well(opened()).later(2 * BEHIND)
    run.know(run.stop_is(93))
    run.answer(run.sent[-1:])
    run.know(replace(run.working("E2", 1000), at=run.now, stop=Decimal(93)))
    run.later(1_000).know(run.stop_is(90))

    moves = [alert.body for alert in run.alerts if isinstance(alert.body, ForeignEdit)]
    assert [body.kept for body in moves] == [True]
    assert [stop.price for stop in wished(run.machine.state, run.box).stops] == [93]


def test_what_was_asked_for_long_ago_may_be_shown_after_a_start() -> None:
    """A11, rel:F20, rel:F43: 93 gave its place to 95 when the process ended; a list may have it still."""
    before = well(opened())
    for price in (93, 95):
        before.step(Operate(before.box.id, ActKind.MOVE_STOP, "me", Decimal(115), price=Decimal(price)))
        before.know(before.stop_is(price))
    before.later(10 * BEHIND)
    run = before.restarted()
    run.step()
    run.know(replace(run.cut(orders=working_all(run), size=1000), stops=(run.stop_is(95),)))
    run.later(1_000).know(run.stop_is(93))

    assert run.machine.state.view(SLOT).proven
    assert not any(isinstance(alert.body, ForeignEdit) for alert in run.alerts)


@pytest.mark.parametrize(("later", "theirs"), [(1_000, False), (BEHIND, True)])
def test_the_stop_of_an_earlier_life_is_nobodys_hand_while_a_list_may_be_behind(later: int, *, theirs: bool) -> None:
    """A11, rel:F20 (seed 53293481522): moved since, it was shown as it stood, and counted as moved back in the app."""
    before = moved_by_us()
    breakeven = before.machine.state.view(SLOT).stop
    run = before.restarted()
    run.step()
    run.know(replace(run.cut(orders=working_all(run)[2:], size=150), stops=(run.stop_is(breakeven),)))
    run.answer(run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(115), price=Decimal(95))))
    run.know(run.stop_is(95))

    again = run.later(later).know(run.stop_is(breakeven))

    assert [each.price for each in again if isinstance(each, SetStop)] == ([] if theirs else [95])
    assert any(isinstance(alert.body, ForeignEdit) for alert in run.alerts) is theirs


@pytest.mark.parametrize("told_first", ["position", "execution"])
def test_a_stop_that_fires_in_parts_was_cancelled_by_nobody(told_first: str) -> None:
    """A11, rel:F27: 600 of 1,000 are left and no stop is shown any more: it fired, whichever frame says so first."""
    run = well(opened())
    run.seq += 1
    fired = Filled(
        "s1", SLOT, None, OrderSide.SELL, Decimal(400), Decimal(90), Decimal(0), Cause.STOP, run.now, run.seq
    )
    frame = (PositionIs(SLOT, Decimal(600), run.now, run.seq), StopIs(SLOT, None, run.now, run.seq))
    run.know(*((*frame, fired) if told_first == "position" else (fired, *frame)))

    assert not any(isinstance(alert.body, ForeignEdit) for alert in run.alerts)
    assert "stop_hit" in [alert.kind for alert in run.alerts]


def test_our_own_amendment_is_nobodys_hand() -> None:
    """A11: an operator moves TP2, and again before the echo: frames with all three prices come, late and in turn."""
    run = well(opened())
    move = Operate(run.box_trade.plan.trade, ActKind.MOVE_TARGET, "me", role="TP2", price=Decimal(125))
    amends = run.step(move)
    run.step(replace(move, price=Decimal(127)))
    old = run.working("TP2", 50)
    run.know(old)
    run.know(replace(old, price=Decimal(125)))
    run.answer(amends)
    run.know(replace(old, price=Decimal(125)), old)

    assert [type(each) for each in amends] == [Amend]
    assert not any(isinstance(alert.body, ForeignEdit) for alert in run.alerts)


def test_a_restart_blames_nobody() -> None:
    """A11: after a restart the stop that the venue shows first is no hand's doing, whatever it is."""
    run = moved_by_us().restarted()
    run.step()
    run.know(run.cut(orders=working_all(run)[2:], size=150))

    assert not any(isinstance(alert.body, ForeignEdit) for alert in run.alerts)
    assert driven().open(TWO_LEGS)
    assert not any(isinstance(each, Place) for each in run.sent)


def test_a_stop_moved_while_nobody_looked_is_kept() -> None:
    """A11: moved to 96 while the process was down, it went back to 90 at the start, farther off, without a word."""
    run = opened().later(60_000).restarted().later(60_000)
    run.step()
    sent = run.know(replace(run.cut(orders=working_all(run), size=1000), stops=(run.stop_is(96),)))

    assert not [each for each in sent if isinstance(each, SetStop)]
    assert "foreign_edit" in [alert.kind for alert in run.alerts]
    assert run.box.desired is not None
    assert run.box.desired.stops[0].price == 96


def test_a_stop_set_by_hand_where_there_was_none_is_kept() -> None:
    """B4, A11: "set a stop by hand now" was told; he did, at 95, and Tandem put its 90 there as soon as it could."""
    run = opened()
    run.know(run.stop_is(None))
    gone = run.sent[-1]
    run.answer([gone], Refused(Code.BUSY, "busy"))
    run.later(100).know(run.stop_is(95))

    assert not [each for each in run.later(10_000).step() if isinstance(each, SetStop)]
    assert run.box.desired is not None
    assert run.box.desired.stops[0].price == 95


def test_a_stop_that_was_there_already_when_set_again_gave_its_place_to_it_too() -> None:
    """A11, rel:F20 (seed 6620979235): unanswered, set again, "not modified"; a list behind showed 90, as if by hand."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.later(120_000)
    sent = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    stops = [each for each in sent if isinstance(each, SetStop)]
    run.answer(stops, Unknown("no answer"))
    again = [each for each in run.later(300).step() if isinstance(each, SetStop)]
    run.answer(again, Refused(Code.SAME, "not modified"))
    run.know(PositionIs(SLOT, Decimal(150), run.now, run.seq), run.stop_is(stops[0].price))
    run.later(20_000).know(run.stop_is(90))

    assert "foreign_edit" not in [alert.kind for alert in run.alerts]


CHANGED = {
    "quantity": ({"quantity": Decimal(700)}, "its quantity went from 1000 to 700"),
    "stop": ({"stop": Decimal(95)}, "its stop went from 90 to 95"),
    "both": (
        {"quantity": Decimal(700), "stop": Decimal(95)},
        "its quantity went from 1000 to 700; its stop went from 90 to 95",
    ),
}


@pytest.mark.parametrize(("change", "said"), CHANGED.values(), ids=list(CHANGED))
def test_an_entry_that_somebody_resized_is_put_back_and_told(change: dict[str, Decimal], said: str) -> None:
    """A11: its price was told of; its quantity and the stop that it brings went back without a word."""
    run = well(opened())
    back = run.later(5_000).know(replace(run.working("E2", 1000), **change))  # type: ignore[arg-type]

    assert [each.body for each in run.last.alerts] == [ForeignEdit("E2", said, kept=False)]
    (amend,) = [each for each in back if isinstance(each, Amend)]
    assert (amend.key, amend.quantity, amend.stop) == (
        run.key("E2"), Decimal(1000) if "quantity" in change else None, Decimal(90) if "stop" in change else None,
    )  # fmt: skip


def test_an_entry_that_is_resized_again_and_again_is_left_alone() -> None:
    """A11: who does so means it: after three times it stays, loudly."""
    run = well(opened())
    for _ in range(PUT_BACK + 1):
        run.accept(run.later(5_000).know(replace(run.working("E2", 1000), quantity=Decimal(700))))
        run.know(run.later(1_000).working("E2", 1000)) if not run.box.frozen else None

    assert run.box.frozen == {"E2"}
    assert HANDS in run.machine.state.troubles


def test_a_take_profit_that_its_venue_makes_smaller_is_no_hands_doing() -> None:
    """A11: reduce-only orders shrink with the position; and an entry's stop may be an earlier one of ours."""
    run = well(opened())
    run.later(5_000).know(run.working("TP1", 800))
    run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", price=Decimal(92)))
    run.later(5_000).know(replace(run.working("E2", 1000), stop=Decimal(92)))
    run.later(5_000).know(run.working("E2", 1000))

    assert not any(isinstance(alert.body, ForeignEdit) for alert in run.alerts)
