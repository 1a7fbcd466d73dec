"""The five event orders that break a naive build (DESIGN section 8), driven by hand on a lossy venue."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Answered, Operate
from core.commands import Amend, Cancel, Code, Done, Place, Query, Refused, SetStop, Unknown
from core.desired import Phase
from core.facts import ActKind, EndReason
from core.request import FixedQuantity
from tests.driving import SLOT, Driven, driven
from tests.staging import request

TWO_LEGS = request(("market", 98), size=FixedQuantity(Decimal(2000)))


def opened() -> Driven:
    """E1 filled 1,000 at 100 with the stop shown, E2 rests at 98, the ladder works 850/50/50/50."""
    run = driven()
    run.accept(run.open(TWO_LEGS))
    targets = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    run.accept(targets)
    return run


def test_sequence_1_the_stop_has_two_homes() -> None:
    """8.1, B4: the resting entry's attached stop is amended first; after its fill the old stop is set again."""
    run = opened()
    first = run.step(Operate(run.box_trade.plan.trade, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(95)))
    assert [type(command) for command in first] == [Amend]
    assert run.answer(first) == []
    moved = run.know(replace(run.working("E2", 1000), stop=Decimal(95)))
    assert moved == [SetStop(SLOT, Decimal(95))]
    run.answer(moved)
    run.know(run.stop_is(95))

    back = run.know(run.fill("E2", 1000, 98), run.ended("E2", 1000), run.stop_is(90))

    assert SetStop(SLOT, Decimal(95)) in back


def test_sequence_2_dead_is_not_booked() -> None:
    """8.2: TP1's end names 400 executed before its execution arrives: no new revision until that is booked."""
    run = opened()
    early = run.know(run.ended("TP1", 400, EndReason.CANCELLED))
    assert not [command for command in early if isinstance(command, Place)]

    again = run.know(run.fill("TP1", 400, 110))

    placed = [command for command in again if isinstance(command, Place)]
    assert [(place.key, place.quantity) for place in placed] == [(run.key("TP1", 1), Decimal(450))]


def test_sequence_2_reversed_an_execution_without_its_end_is_asked_for() -> None:
    """8.2: everything TP1 had is executed but its end was lost: the order is asked for by key."""
    run = opened()
    run.know(run.fill("TP1", 850, 110))
    asked = run.later(3_000).step()

    assert Query(run.key("TP1"), SLOT) in asked


def test_sequence_3_own_facts_have_no_second_copy() -> None:
    """8.3: breakeven refused, so close: the decision is durable before the closing order, and survives kill -9."""
    run = opened()
    moves = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    outcomes = [Refused(Code.WRONG_SIDE, "passed") if isinstance(command, SetStop) else Done() for command in moves]
    closing = run.answer(moves, *outcomes)
    assert [entry for entry in run.last.first if getattr(entry.what, "reason", "") == "breakeven_failed"]
    assert run.key("X") in [command.key for command in closing if isinstance(command, Place)]

    again = run.restarted()

    assert again.machine.state.boxes[run.box_trade.plan.trade].phase is Phase.CLOSING


def test_sequence_3_the_closing_order_latches_by_itself() -> None:
    """8.3: even with the reason lost, a fill of the closing order means closing."""
    run = opened()
    run.know(run.fill("X", 500, 101))

    assert next(iter(run.machine.state.boxes.values())).phase is Phase.CLOSING


def test_sequence_4_venue_order_not_arrival_order() -> None:
    """8.4: an entry fill that a cut brings after TP1's ends in the same ladder as one that came in order."""
    in_order, late = opened(), opened()
    in_order.know(
        in_order.fill("E2", 500, 98, seq=2), in_order.fill("TP1", 850, 110, seq=3), in_order.ended("TP1", 850)
    )
    late.know(late.fill("TP1", 850, 110, seq=3), late.ended("TP1", 850))
    late.know(late.fill("E2", 500, 98, seq=2))

    assert late.box_trade.ledger == in_order.box_trade.ledger
    box, other = (next(iter(each.machine.state.boxes.values())) for each in (late, in_order))
    assert box.desired == other.desired


def test_sequence_5_a_timeout_is_asked_by_key_and_the_same_key_is_sent_again() -> None:
    """8.5, C4, rel:F01, rel:F21: absent counts only twice, 3 s apart, the first later than the request can live."""
    run = driven()
    run.accept(run.open(TWO_LEGS))
    targets = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    assert run.answer(targets, *(Unknown("timed out") for _ in targets)) == []
    asked = run.later(2_000).step()
    assert [type(command) for command in asked] == [Query] * 4
    assert run.answer(asked) == []
    again = run.later(3_000).step()
    sent = run.answer(again)

    assert sorted(place.key for place in sent if isinstance(place, Place)) == [run.key(f"TP{n}") for n in (1, 2, 3, 4)]


def test_what_was_taken_is_not_sent_again_before_it_is_shown() -> None:
    """rel:F12: cancels that were acked but not shown yet stay in flight; after 3 s the orders are asked for by key."""
    run = opened()
    closing = run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me"))

    assert run.answer(closing) == []
    assert {type(command) for command in run.later(3_000).step()} == {Query}


def test_a_refused_duplicate_is_adopted() -> None:
    """C2, rel:F07: 110072 means the order exists: ask, adopt, never another id."""
    run = driven()
    run.accept(run.open(TWO_LEGS))
    targets = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    asked = run.answer(targets, *(Refused(Code.DUPLICATE, "110072") for _ in targets))
    shown = tuple(Done((run.working(f"TP{n}", 850 if n == 1 else 50),)) for n in (1, 2, 3, 4))
    assert run.answer([command for command in asked if isinstance(command, Query)], *shown) == []

    assert {line.revision for line in run.box_trade.lines.values()} == {0}
    assert all(line.live for role, line in run.box_trade.lines.items() if role.startswith("TP"))


def test_gone_on_an_amend_asks_instead_of_assuming() -> None:
    """C1, rel:F06, rel:D1: 110001 may be a fill: nothing is placed before the answer."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    assert {type(command) for command in amends} == {Amend}
    first = amends[0]
    assert isinstance(first, Amend)
    asked = run.answer(amends, Refused(Code.GONE, "110001"), *(Done() for _ in amends[1:]))

    assert Query(first.key, SLOT) in asked
    assert not [command for command in asked if isinstance(command, Place | Cancel)]


def test_a_cut_older_than_the_stream_is_discarded() -> None:
    """rel:F20: a cut whose position is older than the last fill we know changes nothing."""
    run = opened()
    stale = run.cut(size=0)
    run.know(run.fill("E2", 500, 98))
    before = run.box_trade
    run.know(stale)

    assert run.box_trade.ledger == before.ledger
    assert run.machine.state.view(SLOT).size == 1500


def test_a_fill_after_the_close_is_flattened() -> None:
    """B10, rel:F31: the trade ended; an entry fills all the same; a closing order for just that goes out."""
    run = opened()
    run.accept(run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me")))
    run.know(
        run.fill("X", 1000, 100), run.ended("X", 1000), run.ended("E2", 0, EndReason.CANCELLED),
        *(run.ended(f"TP{n}", 0, EndReason.CANCELLED) for n in (1, 2, 3, 4)), run.stop_is(None),
    )  # fmt: skip
    assert not run.machine.state.boxes

    ghost = run.know(run.fill("E2", 300, 98))

    placed = [command for command in ghost if isinstance(command, Place)]
    assert [(place.reduce_only, place.quantity) for place in placed] == [(True, Decimal(300))]
    assert "ghost_fill" in [alert.kind for alert in run.alerts]


def test_a_stop_that_the_market_passed_is_not_sent_at_the_networks_speed() -> None:
    """C4: while closing waits for a buyer, the refused breakeven stop backs off instead of spinning."""
    run = opened()
    moves = run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    passed = Refused(Code.WRONG_SIDE, "passed")
    commands = run.answer(moves, *(passed if isinstance(each, SetStop) else Done() for each in moves))
    for _ in range(50):
        stops = [each for each in commands if isinstance(each, SetStop)]
        commands = run.later(100).step(Answered(tuple(stops), tuple(passed for _ in stops)))

    assert len([each for each in run.sent if isinstance(each, SetStop)]) <= 5
