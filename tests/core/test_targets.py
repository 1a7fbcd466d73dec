"""The ladder's arithmetic: B5, B6, B7, B11 and rel:I2b."""

from decimal import Decimal
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.instrument import Instrument
from core.money import HUNDRED, ZERO
from core.targets import merge_shares, split, working

LADDER = (Decimal(85), Decimal(5), Decimal(5), Decimal(5))
NOTHING = (ZERO,) * 4
OPEN = (False,) * 4


def lots(step: str = "1", least: str | None = None) -> Instrument:
    """An instrument of which only the quantity rules matter."""
    return Instrument(
        symbol="XUSDT",
        tick=Decimal(1),
        step=Decimal(step),
        min_quantity=Decimal(least or step),
        min_notional=ZERO,
        max_leverage=Decimal(100),
    )


def amounts(text: str) -> tuple[Decimal, ...]:
    """Decimals from text, parted by blanks."""
    return tuple(Decimal(one) for one in text.split())


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Decimal, ...]:
    """Between one and ten positive shares of up to two places that sum to 100."""
    cuts = sorted(draw(st.sets(st.integers(1, 9_999), max_size=9)))
    edges = [0, *cuts, 10_000]
    return tuple(Decimal(high - low).scaleb(-2) for low, high in pairwise(edges))


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...], tuple[bool, ...], Decimal]:
    """(shares, executed, closed, base): whatever the levels executed, and a base that covers it."""
    shares = draw(ladders())
    executed = tuple(Decimal(draw(st.integers(0, 60))) for _ in shares)
    closed = tuple(bool(done) and draw(st.booleans()) for done in executed)
    return shares, executed, closed, sum(executed, ZERO) + draw(st.integers(0, 200))


@pytest.mark.parametrize(
    ("filled", "expected"),
    [("2500", "2125 125 125 125"), ("921.9", "783.6 46.1 46.1 46.1"), ("0.1", "0 0 0 0.1"), ("0", "0 0 0 0")],
)
def test_filled_quantity_is_split_by_cumulative_floor(filled: str, expected: str) -> None:
    """B5's two examples to the lot, and the smallest and no quantity."""
    assert split(LADDER, Decimal(filled), NOTHING, OPEN, lots("0.1")) == amounts(expected)


@pytest.mark.parametrize(
    ("planned", "least", "shares", "quantities"),
    [
        ("1", "1", "100 0 0 0", "1 0 0 0"),
        ("5", "1", "85 5 5 5", "4 0 0 1"),
        ("2", "2", "100 0 0 0", "2 0 0 0"),
        ("5", "2", "100 0 0 0", "5 0 0 0"),
        ("100", "6", "90 0 10 0", "90 0 10 0"),
        ("100", "5", "85 5 5 5", "85 5 5 5"),
    ],
)
def test_small_plans_merge_their_shares_once(planned: str, least: str, shares: str, quantities: str) -> None:
    """B6: one lot 1/0/0/0, five lots 4/0/0/1, and a level under the minimum gives its share to the one before."""
    merged = merge_shares(LADDER, Decimal(planned), lots("1", least))

    assert merged == amounts(shares)
    assert split(merged, Decimal(planned), NOTHING, OPEN, lots()) == amounts(quantities)


@given(ladders(), st.integers(1, 400), st.integers(1, 5))
def test_merged_plan_can_be_placed_as_it_stands(shares: tuple[Decimal, ...], planned: int, least: int) -> None:
    """B6: afterwards TP1 has an order and no level is positive but under the minimum; the sum stays 100."""
    instrument = lots("1", str(least))
    merged = merge_shares(shares, Decimal(max(planned, least)), instrument)
    totals = split(merged, Decimal(max(planned, least)), (ZERO,) * len(shares), (False,) * len(shares), instrument)

    assert sum(merged, ZERO) == HUNDRED
    assert totals[0] >= least
    assert all(total == 0 or total >= least for total in totals)


@given(ladders(), st.integers(0, 5_000), st.integers(0, 5_000))
def test_cumulative_targets_grow_with_fills(shares: tuple[Decimal, ...], one: int, other: int) -> None:
    """B5: TP1..TPk together never shrink while fills arrive, so no amend is ever undone by the next."""
    none, nothing = (False,) * len(shares), (ZERO,) * len(shares)
    less, more = (split(shares, Decimal(base), nothing, none, lots()) for base in sorted((one, other)))

    assert all(low <= high for low, high in zip(accumulate(less), accumulate(more), strict=True))


@given(histories())
def test_totals_sum_to_the_base_and_never_undo_an_execution(
    history: tuple[tuple[Decimal, ...], tuple[Decimal, ...], tuple[bool, ...], Decimal],
) -> None:
    """DESIGN 5.2: all of ours has a target, in lots; no level under what it executed, a closed one exactly that."""
    shares, executed, closed, base = history
    totals = split(shares, base, executed, closed, lots())

    assert sum(totals, ZERO) == (sum(executed, ZERO) if all(closed) and sum(totals, ZERO) < base else base)
    assert all(total >= done and total % 1 == 0 for total, done in zip(totals, executed, strict=True))
    assert all(total == done for total, done, hit in zip(totals, executed, closed, strict=True) if hit)


@given(ladders(), st.integers(1, 3_000))
def test_exact_hits_resize_nothing(shares: tuple[Decimal, ...], filled: int) -> None:
    """B7: while every hit level executed its share, those left keep their size, hit after hit."""
    base, count = Decimal(filled), len(shares)
    totals = split(shares, base, (ZERO,) * count, (False,) * count, lots())

    for hits in range(count + 1):
        executed = totals[:hits] + (ZERO,) * (count - hits)
        closed = tuple(level < hits and total > 0 for level, total in enumerate(totals))
        assert split(shares, base, executed, closed, lots()) == totals


@given(ladders(), st.lists(st.integers(1, 90), min_size=1, max_size=6), st.integers(0, 100))
def test_fast_path_is_no_other_rule(shares: tuple[Decimal, ...], fills: list[int], done: int) -> None:
    """A level that executed within its share changes nothing for the others: B5 is absolute."""
    base, count = Decimal(sum(fills)), len(shares)
    plain = split(shares, base, (ZERO,) * count, (False,) * count, lots())
    executed = (min(Decimal(done), plain[0]), *plain[1:])

    assert split(shares, base, executed, (False,) * count, lots()) == plain


def test_fill_in_flight_at_tp1_is_shared_by_the_levels_left() -> None:
    """B7: 1,000 were filled when TP1 executed 850; of 500 more TP2 to TP4 take a third each beside the 150."""
    totals = split(LADDER, Decimal(1500), amounts("850 0 0 0"), (True, False, False, False), lots("0.1"))

    assert totals == amounts("850 216.6 216.7 216.7")


def test_reduction_from_outside_before_tp1_shrinks_every_level() -> None:
    """B11: the ladder is split over filled less taken."""
    assert split(LADDER, Decimal(2400), NOTHING, OPEN, lots()) == amounts("2040 120 120 120")


def test_reduction_from_outside_after_tp1_is_shared_by_the_levels_left() -> None:
    """B11: 100 of 2,500 taken after TP1: what is left of the position, 275, goes to TP2..TP4 by their shares."""
    totals = split(LADDER, Decimal(2400), amounts("2125 0 0 0"), (True, False, False, False), lots())

    assert totals == amounts("2125 91 92 92")


def test_partly_filled_level_is_never_shrunk_below_its_fills() -> None:
    """B5: TP2 executed 50 before the position fell to 60 beyond TP1; the rest is left to the last."""
    totals = split(LADDER, Decimal(2185), amounts("2125 50 0 0"), (True, False, False, False), lots())

    assert totals == amounts("2125 50 0 10")


def test_fill_after_the_last_hit_belongs_to_no_level() -> None:
    """Nothing is promised to a take-profit that can't execute any more: the strategy closes it."""
    executed = amounts("2125 125 125 125")

    assert split(LADDER, Decimal(2510), executed, (True,) * 4, lots()) == executed


def test_levels_without_share_leave_the_rest_to_the_nearest() -> None:
    """One lot merged to 1/0/0/0 (B6); a lot that fills after TP1 was hit is TP2's, the nearest that is left."""
    totals = split(amounts("100 0 0 0"), Decimal(2), amounts("1 0 0 0"), (True, False, False, False), lots())

    assert totals == amounts("1 1 0 0")


def test_rest_without_shares_leaves_later_executions_alone() -> None:
    """B6, B7: as above, but TP3 executed a lot already: of three lots TP2, the nearest, takes only the one left."""
    totals = split(amounts("100 0 0 0"), Decimal(3), amounts("1 0 1 0"), (True, False, False, False), lots())

    assert totals == amounts("1 1 1 0")


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ("4 0 0 3", "4 0 0 3"),
        ("4 0 0 1", "5 0 0 0"),
        ("5 2 2 2", "7 0 4 0"),
        ("2 2 2 9", "0 6 0 9"),
        ("1 1 0 9", "0 0 0 11"),
        ("1 2 0 0", "3 0 0 0"),
        ("0 2 1 0", "0 3 0 0"),
        ("1 0 0 1", "0 0 0 0"),
    ],
)
def test_too_small_is_carried_by_the_nearest_that_can(totals: str, expected: str) -> None:
    """B6 with a minimum of three: backward until it can be placed, else forward, else nothing works."""
    assert working(amounts(totals), NOTHING, OPEN, lots("1", "3")) == amounts(expected)


def test_closed_levels_carry_nothing() -> None:
    """What is left after TP1 is under the minimum of TP2: the next one carries it, not the one that was hit."""
    totals = working(amounts("9 1 1 4"), amounts("9 0 0 0"), (True, False, False, False), lots("1", "3"))

    assert totals == amounts("9 0 0 6")


def test_remainder_of_a_partly_filled_order_stays_with_it() -> None:
    """The minimum binds new orders: TP1 could never be hit (B7) if its last lots went elsewhere."""
    totals, executed, instrument = amounts("9 0 0 4"), amounts("8 0 0 0"), lots("1", "3")

    assert working(totals, executed, OPEN, instrument) == totals
    assert working(totals, executed, OPEN, instrument, dead=(True, False, False, False)) == amounts("8 0 0 5")


def test_level_with_nothing_left_carries_nothing() -> None:
    """B6: TP1's order executed all it was for; a crumb added to it would be an order under the minimum."""
    totals = working(amounts("8 0 0 1"), amounts("8 0 0 0"), OPEN, lots("1", "3"))

    assert totals == amounts("8 0 0 0")


@given(histories(), st.integers(1, 8))
def test_carrying_keeps_the_sum_and_places_nothing_too_small(
    history: tuple[tuple[Decimal, ...], tuple[Decimal, ...], tuple[bool, ...], Decimal], least: int
) -> None:
    """Either every lot works, in orders the venue takes, or nothing can: then less than one minimum is left over."""
    shares, executed, closed, base = history
    instrument = lots("1", str(least))
    totals = split(shares, base, executed, closed, instrument)
    placed = working(totals, executed, closed, instrument)
    left = [total - done for total, done in zip(placed, executed, strict=True)]

    assert sum(placed, ZERO) == sum(totals, ZERO) or (not any(left) and sum(totals, ZERO) - sum(placed, ZERO) < least)
    assert all(rest == 0 or rest >= least or done for rest, done in zip(left, executed, strict=True))


@pytest.mark.parametrize(
    ("executed", "closed", "expected"),
    [
        ("0 0 0 0", OPEN, "0.85 0.05 0.05 0.05"),
        ("0.854 0 0 0", (True, False, False, False), "0.854 0.05 0.05 0.05"),
        ("0.856 0 0 0", OPEN, "0.856 0.04 0.05 0.05"),
        ("0 0 0 0.006", OPEN, "0.85 0.05 0.05 0.05"),
    ],
)
def test_what_lies_off_the_step_is_in_no_order(executed: str, closed: tuple[bool, ...], expected: str) -> None:
    """rel:F37: 1.005 were bought, and part of it sold, by a finer step than the venue has now."""
    assert split(LADDER, Decimal("1.005"), amounts(executed), closed, lots("0.01")) == amounts(expected)


def test_what_a_dead_order_left_is_on_the_step_for_the_new_one() -> None:
    """rel:F37, I2 (seed 9731852689): the step doubled with 1.5 executed: 0.4 were left, and TP4 took 0.2 of them."""
    base, executed, closed = Decimal("2.5"), amounts("1.5 0.4 0.2 0"), (False, True, True, False)
    instrument, dead = lots("0.2", "0.2"), (True, False, False, False)

    totals = split(amounts("60 20 10 10"), base, executed, closed, instrument, dead)

    assert working(totals, executed, closed, instrument, dead) == amounts("1.5 0.4 0.2 0.4")
