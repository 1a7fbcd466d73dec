"""A stop that the market has passed and that hasn't fired: when it counts as none, and when it doesn't (B4)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.alerts import Alert, ProtectionMissing, ProtectionRestored
from core.commands import Command, Place
from core.desired import Phase
from core.facts import Act, ActKind, Cause, Cut, PositionIs
from core.plan import Rules, Unproven
from core.words import OrderSide, TriggerBy
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven

ALARMS = (ProtectionMissing, ProtectionRestored)


def row(run: Driven, last: object, *, mark: object = None, size: int = 1000) -> PositionIs:
    """The position as the venue shows it now, with prices."""
    told = [None if price is None else Decimal(str(price)) for price in (mark, last)]
    return PositionIs(SLOT, Decimal(size), run.now, run.seq, mark=told[0], last=told[1])


def look(run: Driven, last: object, **more: object) -> Cut:
    """A look with the price."""
    orders = [run.working(role, quantity) for role, quantity in (("TP1", 850), ("E2", 1000))]
    cut = run.cut(orders=[*orders, *(run.working(f"TP{n}", 50) for n in (2, 3, 4))], size=1000)
    return replace(cut, positions=(row(run, last, **more),))  # type: ignore[arg-type]


def looks(run: Driven, first: object, second: object, **more: object) -> list[Command]:
    """A frame, a look soon after it, and one when the time is up: all that was sent."""
    sent = run.know(row(run, first, **more))  # type: ignore[arg-type]
    sent += run.later(1_000).know(look(run, first, **more))
    return sent + run.later(4_000).know(look(run, second, **more))


def unprotected_by_rule() -> Driven:
    """As `opened`, under a rule that leaves open what has no stop."""
    run = driven(rules=Rules(unproven=Unproven.ALARM))
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    return run


def restored(run: Driven) -> list[Alert]:
    """What was told of a stop that holds again."""
    return [alert for alert in run.alerts if isinstance(alert.body, ProtectionRestored)]


def missing(run: Driven) -> list[ProtectionMissing]:
    """The alarms."""
    return [alert.body for alert in run.alerts if isinstance(alert.body, ProtectionMissing)]


def test_two_looks_past_the_stop_close_what_is_held() -> None:
    """B4, rel:I1: the stop at 90 stands, the market at 85 for 5 s: critical, and 1,000 are closed at market."""
    run = opened()
    sent = looks(run, 85, 85)

    assert [(each.key, each.quantity) for each in sent if isinstance(each, Place)] == [(run.key("X"), Decimal(1000))]
    assert [(body.passed, body.seen, body.doing) for body in missing(run)] == [(True, Decimal(90), "closing at market")]
    assert run.box.phase is Phase.CLOSING


def test_what_is_told_and_remembered_of_it() -> None:
    """B4, D1, G2: how much is held, which stop should hold it, when; and whose decision it was, for the report."""
    run = opened()
    looks(run, 85, 85)
    told = next(alert for alert in run.alerts if isinstance(alert.body, ProtectionMissing))
    trade = run.box_trade.plan.trade

    assert told.body == ProtectionMissing(Decimal(1000), Decimal(90), Decimal(90), "closing at market", passed=True)
    assert (told.at, told.trade) == (run.now, trade)
    assert [entry.what for entry in run.journal if isinstance(entry.what, Act)] == [
        Act(trade, ActKind.CLOSE, run.now, 1, reason="unprotected", by="plan")
    ]


def test_the_users_own_part_does_not_hide_it() -> None:
    """B4, B11: 1,500 are held, 500 of them the user's: ours are closed."""
    run = opened()
    theirs = replace(run.fill("E1", 500, 100), execution="theirs", key=None, cause=Cause.FOREIGN)
    run.know(theirs)

    sent = looks(run, 85, 85, size=1500)

    assert [each.quantity for each in sent if isinstance(each, Place)] == [Decimal(1000)]


def test_a_look_is_asked_for_between_and_at_the_end() -> None:
    """B4: nobody waits for the next audit: 1 s after the first sight, and when `protect_within` is over."""
    run = opened()
    run.know(row(run, 85))
    asked = []
    for pause in (1_000, 3_999, 1):
        run.later(pause).step()
        asked.append(run.last.cut is not None)
        run.know(look(run, 85))

    assert asked == [True, False, True]


@pytest.mark.parametrize(("first", "second"), [(85, 91), (91, 85)])
def test_one_spike_is_no_reason(first: int, second: int) -> None:
    """B4: a price that was past the stop at one look only."""
    run = opened()

    assert looks(run, first, second) == []
    assert missing(run) == []
    assert restored(run) == []


def test_a_spike_after_a_spike_begins_anew() -> None:
    """B4: past, before, and past again 5 s after the first: the stop had its chance, and has it again."""
    run = opened()
    run.know(row(run, 85))
    run.later(2_000).know(row(run, 91))

    assert run.later(3_000).know(look(run, 85)) == []
    assert missing(run) == []


def test_an_old_look_is_no_second_one() -> None:
    """rel:F20: a look that the venue took right after the first sight says nothing of now, however late it comes."""
    run = opened()
    run.know(row(run, 85))
    old = look(run, 85)

    assert run.later(6_000).know(old) == []
    assert missing(run) == []


def test_a_stop_that_is_firing_is_left_to_the_venue() -> None:
    """C8, B10: the position shrank and its execution is on its way: nothing is closed twice."""
    run = opened()
    run.know(row(run, 85, size=400))
    sent = run.later(5_000).know(row(run, 85, size=400))
    fired = replace(run.fill("X", 600, 85), key=None, cause=Cause.STOP)
    run.know(fired)

    assert [each for each in sent if isinstance(each, Place)] == []
    assert missing(run) == []
    assert run.box_trade.ledger.stopped


@pytest.mark.parametrize(
    ("by", "mark", "last", "closes"),
    [
        (TriggerBy.LAST, 85, 91, False),
        (TriggerBy.LAST, 91, 90, True),
        (TriggerBy.LAST, "89.6", None, False),
        (TriggerBy.LAST, "89.5", None, True),
        (TriggerBy.MARK, 90, 95, True),
        (TriggerBy.MARK, 91, 85, False),
        (TriggerBy.LAST, None, None, False),
    ],
)
def test_the_price_that_fires_it_decides(by: TriggerBy, mark: object, last: object, *, closes: bool) -> None:
    """B4: the other price says it only half a percent beyond; unknown says nothing."""
    run = driven(rules=Rules(trigger_by=by))
    run.accept(run.open(TWO_LEGS))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    looks(run, last, last, mark=mark)

    assert bool(missing(run)) is closes


def test_left_open_by_rule() -> None:
    """B4: `unproven: alarm` tells once and leaves it; told again when the market is before the stop once more."""
    run = unprotected_by_rule()
    sent = looks(run, 85, 85) + run.later(5_000).know(look(run, 84))
    assert [each for each in sent if isinstance(each, Place)] == []
    assert [body.doing[:9] for body in missing(run)] == ["left open"]

    for price in (95, 96):
        run.later(1_000).know(row(run, price))

    assert [(alert.body, alert.at) for alert in restored(run)] == [
        (ProtectionRestored(Decimal(90), Decimal(1000)), run.now - 1_000)
    ]


def test_each_time_is_told_anew() -> None:
    """B4: left open by rule, before the stop again, past it again: an alarm and its end each time."""
    run = unprotected_by_rule()
    looks(run, 85, 85)
    again = missing(run)
    run.later(5_000).know(row(run, 95))
    looks(run, 84, 84)
    run.later(5_000).know(row(run, 95))

    assert (len(again), len(missing(run)), len(restored(run))) == (1, 2, 2)
    causes = [(alert.kind, alert.cause) for alert in run.alerts if isinstance(alert.body, ALARMS)]
    assert len(set(causes)) == len(causes) == 4  # one row is kept for each, and told once


def test_a_price_that_comes_back_while_it_closes_is_no_protection() -> None:
    """B10: closing goes on, and nobody is told that the stop holds again."""
    run = opened()
    looks(run, 85, 85)
    run.later(1_000).know(row(run, 95))

    assert restored(run) == []


def test_a_closing_trade_is_left_alone() -> None:
    """B10: it is on its way out already."""
    run = opened()
    run.accept(run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me")))
    looks(run, 85, 85)

    assert missing(run) == []


def test_it_is_found_after_a_restart() -> None:
    """rel:F43: killed between the two looks, it begins anew; killed after them, it goes on closing."""
    run = opened()
    run.know(row(run, 85))
    again = run.restarted()
    again.know(again.stop_is(90))
    again.know(look(again, 85))
    assert [alert for alert in again.alerts if isinstance(alert.body, ProtectionMissing)] == []
    sent = again.later(5_000).know(look(again, 85))

    assert [each.key for each in sent if isinstance(each, Place)] == [run.key("X")]
    run.journal.extend(again.journal)
    assert run.restarted().box.phase is Phase.CLOSING


def test_what_a_look_could_not_explain_is_looked_at_once_more() -> None:
    """B4: it showed 600 of the 1,000, and then a hand's sale of 400 is told: only a look says that this was all."""
    run = opened()
    his = replace(run.fill("E1", 400, 100), side=OrderSide.SELL, execution="his", key=None, cause=Cause.FOREIGN)
    run.know(row(run, 85))
    run.later(1_000).know(look(run, 85))
    run.later(4_000).know(look(run, 85, size=600))

    run.know(his)
    assert not run.box.phase.closing
    run.later(1_000).know(look(run, 85, size=600))

    assert run.box.phase is Phase.CLOSING
