"""What storms taught about looks at the venue: the stale, the torn and those that a gap needs, as facts."""

from dataclasses import replace
from decimal import Decimal

from core.account.effects import CutKind
from core.account.inputs import Look, Operate
from core.alerts import AccountDegraded, ForeignEdit
from core.commands import Place, Query
from core.desired import Phase
from core.facts import ActKind, Cut, PositionIs, StopIs
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven, driven
from tests.staging import request


def test_a_stale_look_does_not_move_the_cursor_past_what_it_hides() -> None:
    """rel:F20: E2 ended with 1,000 executed, no look has shown the execution yet: looks go on from before it."""
    run = opened()
    since = run.machine.state.cuts.since
    run.know(run.ended("E2", 1000))
    run.later(120_000).step()

    run.know(run.cut(size=1000))

    assert run.machine.state.cuts.since == since


def test_an_audit_that_saw_every_page_misses_what_is_gone() -> None:
    """rel:F36, F17: TP2 was cancelled by hand and its frame lost: the next audit's walk without it makes us ask."""
    run = opened()
    run.later(60_000).step()
    orders = [run.working(role, quantity) for role, quantity in (("TP1", 850), ("TP3", 50), ("TP4", 50), ("E2", 1000))]
    page = replace(run.cut(orders=orders, size=1000), full=False)
    assert run.know(page) == []

    walked = replace(page, walked=(run.now, tuple(order.key for order in orders)))

    assert [*run.know(walked), *run.later(1).step()] == [Query(run.key("TP2"), SLOT)]


def looks(run: Driven, upto: int) -> list[int]:
    """When cuts are asked for, seconds from now, while every look fails to come back for *upto* seconds."""
    began, asked = run.now, []
    while run.now < began + upto * 1_000:
        run.later(500).step()
        if run.last.cut is not None:
            asked.append((run.now - began) // 1_000)
            run.machine.state.cuts.asked = None
    return asked


def test_a_position_that_no_execution_explains_is_looked_into() -> None:
    """rel:F20, F43: after a stale first look 1,400 are shown and 1,000 known: a look soon, then ever more rarely."""
    run = opened()
    run.know(PositionIs(SLOT, Decimal(1400), run.now, 7))

    assert looks(run, 40) == [3, 9, 21]


def test_a_position_that_comes_before_its_execution_asks_for_nothing() -> None:
    """rel:F16: the position's frame was quicker than the execution's, which explains it within the echo's time."""
    run = opened()
    run.know(PositionIs(SLOT, Decimal(1400), run.now, 7))
    run.later(2_000).know(run.fill("E2", 400, 98, seq=7), run.working("E2", 1000, 400))

    assert looks(run, 5) == []


def test_looks_older_than_the_journal_close_nothing_after_a_restart() -> None:
    """rel:F20, rel:F43: E2's fill is journaled; two looks from before it agree with each other, and are stale."""
    run = opened()
    old = run.cut(orders=[run.working("E2", 1000)], size=1000)
    run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000))
    again = run.later(5_000).restarted()
    again.step()

    sent = [*again.know(old), *again.later(1_000).step(), *again.know(old), *again.later(1_000).step()]

    assert sent == []
    assert again.box_trade.ledger.position == 2000
    assert again.machine.state.troubles


def test_what_happened_in_a_gap_is_looked_at_twice() -> None:
    """rel:F20, rel:F36: TP1 was cancelled by hand while we were dead, the first look is stale: the second asks."""
    run = opened()
    orders = [run.working(role, quantity) for role, quantity in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50))]
    orders.append(run.working("E2", 1000))
    again = run.later(20_000).restarted()
    again.step()
    assert again.know(run.cut(orders=orders, size=1000)) == []

    again.later(3_000).step()

    assert again.last.cut is CutKind.FULL
    assert again.know(run.cut(orders=orders[1:], size=1000)) == [Query(run.key("TP1"), SLOT)]


def test_looks_after_a_gap_come_ever_more_rarely() -> None:
    """rel:F20: the lists stayed as they were before it for ten seconds: two looks agreed, the next came a minute on."""
    run = opened()
    again = run.later(20_000).restarted()
    again.step()
    targets = (("E2", 1000), ("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50))
    as_before = run.cut(orders=[run.working(role, quantity) for role, quantity in targets], size=1000)
    again.know(as_before)
    looked = []
    for second in range(1, 160):
        again.later(1_000).step()
        if again.last.cut is not None:
            looked.append(second)
            again.know(as_before)

    assert looked == [3, 6, 12, 24, 48, 96, 156]


def flat_of_unknown_age(run: Driven) -> Cut:
    """A look at lists from before the first fill: the venue leaves the slot out, so nothing says how old that is."""
    stop, held = StopIs(SLOT, None, run.now, -1), PositionIs(SLOT, Decimal(0), run.now, -1)
    return replace(run.cut(), stops=(stop,), positions=(held,))


def test_two_lists_from_before_the_first_fill_agree_on_nothing() -> None:
    """rel:F20, C8: E1's fill is known and neither look shows it: the position is not booked as closed by others."""
    run = opened()
    for _ in range(2):
        run.later(5_000).know(flat_of_unknown_age(run))

    assert run.box_trade.ledger.position == 1000
    assert run.box.phase is Phase.BUILDING


def test_lists_that_stay_behind_what_is_known_are_told() -> None:
    """rel:F20, C8: for half a minute no look shows the fill that the stream told of: people hear of it."""
    run = opened()
    for _ in range(7):
        run.later(5_000).know(flat_of_unknown_age(run))

    assert [alert.body.what for alert in run.alerts if isinstance(alert.body, AccountDegraded)] == ["cut"]


def test_a_look_does_not_bring_back_the_stop_that_was_moved_meanwhile() -> None:
    """rel:F09, rel:F20: the stream showed the moved stop before the look came: its time says so, no execution does."""
    run = driven()
    run.accept(run.open(request(("market",))))
    run.accept(run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90)))
    run.later(60_000).step(Look())
    orders = [run.working(role, size) for role, size in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50))]
    look = run.cut(orders=orders, size=1000)
    move = Operate(run.box_trade.plan.trade, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(95))
    run.answer(run.later(1_000).step(move))
    run.later(1_000).know(run.stop_is(95))

    assert run.later(3_000).know(look) == []
    assert run.machine.state.view(SLOT).stop == 95


def test_a_look_from_before_the_trade_is_stale() -> None:
    """rel:F20: after a restart a list from before the trade names its slot not at all: believed, no stop could move."""
    again = opened().later(1_000).restarted()
    again.step()
    empty = replace(again.cut(), stops=(), positions=())

    again.know(empty)

    assert again.machine.state.cuts.done == 0


def test_a_stale_stop_of_our_own_is_no_hand_after_a_restart() -> None:
    """rel:F20, A11: moved to 95, then to 97; a look from between, after a start, shows 95: nobody moved it there."""
    run = opened()
    for price in (95, 97):
        run.answer(run.step(Operate(run.box.id, ActKind.MOVE_STOP, "cli", Decimal(100), price=Decimal(price))))
        run.know(run.stop_is(price))
    again = run.later(1_000).restarted()
    again.step()

    orders = [again.working(role, size) for role, size in (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50))]
    for price in (97, 95):
        look = replace(again.cut(orders=orders, size=1000), stops=(StopIs(SLOT, Decimal(price), again.now, 1),))
        again.know(look)
        again.later(3_000).step()

    assert not [alert for alert in again.alerts if isinstance(alert.body, ForeignEdit)]
    assert again.box.desired is not None
    assert again.box.desired.stops[0].price == 97


def looked(run: Driven, stale: Cut, upto: int) -> list[int]:
    """When looks are asked for, seconds from now, while each shows what *stale* does."""
    asked = []
    for second in range(1, upto + 1):
        run.later(1_000).step()
        if run.last.cut is not None:
            asked.append(second)
            run.know(stale)
    return asked


def test_what_the_venue_named_is_looked_for_until_a_list_shows_it() -> None:
    """rel:F20, B5: E1 filled, and three lists are from before: its take-profits don't wait a minute for the next."""
    run = driven()
    run.accept(run.open(request((98,))))
    stale = run.cut(orders=[run.working("E1", 1000)])
    run.know(run.ended("E1", 1000))

    asked = looked(run, stale, 12)
    run.later(5_000).step()
    sent = run.know(run.cut(fills=[run.fill("E1", 1000, 98)], size=1000))

    assert len(asked) >= 3
    assert [type(each) for each in sent].count(Place) == 4


def test_what_no_list_ever_shows_is_not_looked_for_at_that_pace_for_ever() -> None:
    """rel:F20, C4: half a minute of looks every few seconds, then one a minute as ever."""
    run = driven()
    run.accept(run.open(request((98,))))
    stale = run.cut(orders=[run.working("E1", 1000)])
    run.know(run.ended("E1", 1000))

    assert len(looked(run, stale, 45)) < 10
    assert len(looked(run, stale, 120)) == 2
