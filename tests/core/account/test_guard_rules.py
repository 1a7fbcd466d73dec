"""The rules that a prototype paid for (reliability.md 4.6), each with the facts that once broke it."""

from dataclasses import replace
from decimal import Decimal
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from core.account.inputs import Operate
from core.commands import Amend, Cancel, Code, Place, Query, Refused, Unknown
from core.desired import Phase
from core.facts import ActKind, Cause, EndReason, Filled
from core.identity import parse_key
from core.money import ZERO
from core.targets import split
from core.words import OrderSide
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven
from tests.staging import instrument

SHARES = tuple(map(Decimal, (85, 5, 5, 5)))
NOBODY = (False,) * 4


def stopped(run: Driven, quantity: object = 1000) -> Filled:
    """The position-wide stop fills."""
    run.seq += 1
    side = OrderSide.SELL
    return Filled(
        f"stop-{run.seq}", SLOT, None, side, Decimal(str(quantity)), Decimal(90), ZERO, Cause.STOP, run.now, run.seq
    )


def placed(run: Driven) -> list[tuple[str, int]]:
    """Role and revision of everything ever placed."""
    keys = [parse_key(each.key) for each in run.sent if isinstance(each, Place)]
    return [(key.role, key.revision) for key in keys if key is not None]


def test_a_stale_order_row_never_sizes_anything() -> None:
    """rel:R1, rel:F26: E2's row says 200 filled when 500 are booked: the ladder is split over 1,500, E2 stays 1,000."""
    run = opened()
    run.know(run.fill("E2", 500, 98))
    sent = run.know(run.working("E2", 1000, 200))
    totals = {each.key: each.quantity for each in run.sent if isinstance(each, Amend)}

    assert totals[run.key("TP1")] == 1275
    assert run.key("E2") not in totals
    assert sent == []


def test_a_fill_during_an_amendment_counts_once() -> None:
    """rel:F26, rel:R1: TP1 fills 300 while its amendment flies: the next total still is 85 % of all that entered."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    run.know(run.fill("TP1", 300, 110))
    run.answer(amends)
    run.know(run.working("TP1", 1275, 300))
    last = run.know(run.fill("E2", 500, 98), run.ended("E2", 1000))

    assert Amend(run.key("TP1"), SLOT, Decimal(1700)) in last


def test_no_revision_without_a_proven_end() -> None:
    """rel:R2, rel:F07: unknown, then duplicate, then still unknown: whatever is sent again carries revision 0."""
    run = driven()
    run.accept(run.open(TWO_LEGS))
    targets = run.know(run.fill("E1", 1000, 100), run.ended("E1", 1000), run.stop_is(90))
    run.answer(targets, *(Unknown("timed out") for _ in targets))
    for outcome in (Unknown("again"), Refused(Code.DUPLICATE, "110072"), Unknown("still")):
        queries = run.later(3_000).step()
        run.answer(queries, *(outcome for _ in queries))

    assert {revision for _, revision in placed(run)} == {0}


def test_an_end_whose_executions_are_missing_makes_no_revision() -> None:
    """rel:R2: TP1 ended with 400 executed, only 100 are booked: nothing is placed until the other 300 are."""
    run = opened()
    run.know(run.fill("TP1", 100, 110), run.ended("TP1", 400, EndReason.CANCELLED))
    assert ("TP1", 1) not in placed(run)
    run.know(run.fill("TP1", 300, 110))

    assert placed(run).count(("TP1", 1)) == 1
    assert next(each.quantity for each in run.sent if isinstance(each, Place) and each.key == run.key("TP1", 1)) == 450


def test_the_stop_stays_until_every_entry_is_proven_dead() -> None:
    """rel:R3, rel:I1: flat by TPs while E2's cancel flies: the order keeps its own stop and its fill is flattened."""
    run = opened()
    cancels = run.know(*(run.fill(f"TP{n}", 850 if n == 1 else 50, 110) for n in (1, 2, 3, 4)),
                       *(run.ended(f"TP{n}", 850 if n == 1 else 50) for n in (1, 2, 3, 4)))  # fmt: skip
    assert [each.key for each in cancels if isinstance(each, Cancel)] == [run.key("E2")]
    assert not any(isinstance(each, Amend) and each.stop is not None for each in cancels)
    flatten = run.know(run.fill("E2", 400, 98), run.stop_is(90))

    assert [(each.quantity, each.reduce_only) for each in flatten if isinstance(each, Place)] == [(Decimal(400), True)]
    assert run.machine.state.view(SLOT).stop == 90


def test_closing_absorbs_whatever_comes_late() -> None:
    """rel:R5, rel:D8, B10: after the stop E2 fills, a target row shows up open, TP1 executes: nothing opens again."""
    run = opened()
    run.accept(run.know(stopped(run)))
    before = len(placed(run))
    run.know(run.fill("E2", 400, 98), run.working("TP2", 50), run.fill("TP1", 10, 110))
    roles = {role for role, _ in placed(run)[before:]}

    assert roles == {"X"}
    assert next(iter(run.machine.state.boxes.values())).phase is Phase.CLOSING


def test_every_entry_is_born_with_its_stop() -> None:
    """rel:R6, rel:I3: whatever opens carries the plan's stop in the same request; whatever closes carries none."""
    run = opened()
    run.know(stopped(run))
    orders = [each for each in run.sent if isinstance(each, Place)]

    assert {each.stop for each in orders if not each.reduce_only} == {Decimal(90)}
    assert {each.stop for each in orders if each.reduce_only} == {None}


def test_the_stop_covers_an_entry_from_its_first_lot() -> None:
    """rel:F25, B5: 300 of 1,000 filled: the ladder works 255/15/15/15 at once, the rest still carries the stop."""
    run = driven()
    run.accept(run.open(TWO_LEGS))
    sent = run.know(run.fill("E1", 300, 100), run.stop_is(90))
    lines = run.box_trade.lines

    assert [each.quantity for each in sent if isinstance(each, Place)] == [255, 15, 15, 15]
    assert {lines[role].stop for role in ("E1", "E2")} == {Decimal(90)}


def test_the_stop_wins_while_targets_are_resized() -> None:
    """rel:F27: the stop fires while four amends fly: all is cancelled, entries first, and GONE causes no placement."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    before = len(placed(run))
    first = run.know(stopped(run, 1500))
    assert first == [Cancel(run.key("E2"), SLOT)]
    asked = run.answer(amends, *(Refused(Code.GONE, "110001") for _ in amends))

    assert {type(each) for each in asked} == {Query}
    assert placed(run)[before:] == []


def test_tp1_and_the_last_entry_in_one_moment() -> None:
    """rel:F28, rel:I19, B7: in either order TP1 latches, 500 more are shared over TP2 to TP4, the tier is kept."""
    ends = []
    for first in ("TP1", "E2"):
        run = opened()
        hit = (run.fill("TP1", 850, 110, seq=3), run.ended("TP1", 850))
        entry = (run.fill("E2", 500, 98, seq=2), run.ended("E2", 500, EndReason.CANCELLED))
        run.know(*(hit + entry if first == "TP1" else entry + hit))
        box = next(iter(run.machine.state.boxes.values()))
        assert box.phase is Phase.PROFIT_TAKING
        assert box.desired is not None
        ends.append(box.desired)

    assert ends[0] == ends[1]
    assert [want.total for want in ends[0].wants] == [216, 217, 217]


def test_an_order_row_cannot_undo_what_latched() -> None:
    """rel:I19: a late row shows TP1 open again: the phase, the hit and the stop's tier stay."""
    run = opened()
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))
    before = next(iter(run.machine.state.boxes.values())).desired
    run.know(run.working("TP1", 850), run.working("TP1", 850, 400))
    box = next(iter(run.machine.state.boxes.values()))

    assert box.phase is Phase.PROFIT_TAKING
    assert box.desired == before


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8))
def test_a_partial_view_never_sells_too_much(fills: list[int]) -> None:
    """rel:R7, rel:D10, rel:I2b: on a part TP1..TPk sell at most their share of the whole; sums are exact."""
    lots, none = instrument(step="1"), (ZERO,) * 4
    whole = list(accumulate(split(SHARES, Decimal(sum(fills)), none, NOBODY, lots)))
    for part in accumulate(fills):
        totals = split(SHARES, Decimal(part), none, NOBODY, lots)
        assert sum(totals) == part
        assert all(seen <= final for seen, final in zip(accumulate(totals), whole, strict=True))


def test_a_close_by_hand_during_a_resize_is_a_close() -> None:
    """rel:R5, B10: an operator closes while amends fly; their late echoes leave the closing order alone."""
    run = opened()
    amends = run.know(run.fill("E2", 500, 98))
    closing = run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me"))
    run.answer(amends)
    late = run.know(*(replace(run.working(role, 1275), filled=ZERO) for role in ("TP1",)))

    assert Place(run.key("X"), SLOT, OrderSide.SELL, Decimal(1500), None, reduce_only=True) in closing
    assert not any(isinstance(each, Place) for each in late)
