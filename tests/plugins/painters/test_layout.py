"""Where things go in a picture: nothing on top of anything else, nothing out of sight, whatever the numbers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.painters.pillow.layout import MINUTE, Scale, round_steps, spread, time_steps, visible

TOP, BOTTOM, GAP = 100.0, 900.0, 40.0
PLACES = st.lists(st.floats(0, 1_000), min_size=1, max_size=20).map(sorted)


@given(PLACES)
def test_labels_never_touch_and_stay_inside(wanted: list[float]) -> None:
    """E5: twenty labels of 40 fit into 800, wherever they would like to be."""
    placed = spread(wanted, GAP, TOP, BOTTOM)

    assert len(placed) == len(wanted)
    assert all(below - above >= GAP - 1e-6 for above, below in pairwise(placed))
    assert placed[0] >= TOP + GAP / 2 - 1e-6
    assert placed[-1] <= BOTTOM - GAP / 2 + 1e-6


def test_labels_with_room_stay_where_they_belong() -> None:
    """E5: only those that would touch move, and both by the same."""
    assert spread([200, 400, 410, 700], GAP, TOP, BOTTOM) == pytest.approx([200, 385, 425, 700])


def test_more_labels_than_room_share_it() -> None:
    """E5: they come closer than they should rather than leave the picture."""
    placed = spread([500.0] * 40, GAP, TOP, BOTTOM)

    assert (placed[0], placed[-1]) == pytest.approx((110, 890))


def test_far_levels_don_t_press_the_candles_flat() -> None:
    """E5: candles 1 high leave room for levels up to 8 in all; 50 away stays outside."""
    low, high = visible([100, 101], [103, 95, 151], bars=100)

    assert low < 95
    assert 103 < high < 151


def test_a_young_trade_shows_its_whole_ladder() -> None:
    """E5: one candle 1 high says nothing of how far prices go; without any, every level is shown."""
    assert visible([100, 101], [95, 151], bars=1)[1] > 151
    assert visible([], [95, 151], [99, 99.5])[1] > 151


@pytest.mark.parametrize(("base", "levels"), [([], []), ([5, 5], []), ([0, 0], [0]), ([], [1e-8]), ([1e9], [1e-9])])
def test_a_range_is_never_empty(base: list[float], levels: list[float]) -> None:
    """E5: one price, none, zero, the smallest and the largest at once: there is height, and all of it is inside."""
    low, high = visible(base, levels)

    assert low < high
    assert all(low <= each <= high for each in [*base, *levels])


def test_what_lies_outside_is_pinned_to_the_edge() -> None:
    """E5: a scale runs both ways; its edge is as far as a tag goes."""
    prices = Scale(low=10, high=20, start=900, end=100)

    assert (prices.at(10), prices.at(15), prices.nearest(99)) == (900, 500, 100)
    assert not prices.holds(20.1)


@pytest.mark.parametrize(
    ("low", "high", "most", "steps"),
    [
        (-3, 11, 4, [0, 5, 10]),
        (0, 1, 6, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.9e6, 1.1e6, 3, [0.9e6, 1e6, 1.1e6]),
        (5, 5, 4, []),
    ],
)
def test_axes_have_round_numbers(low: float, high: float, most: int, steps: list[float]) -> None:
    """E5: one, two or five times a power of ten apart."""
    assert round_steps(low, high, most) == pytest.approx(steps)


def test_times_are_round_too() -> None:
    """E5: at most four in 100 minutes: every half hour; three years still have some."""
    assert time_steps(5 * MINUTE, 105 * MINUTE, 4) == ([30 * MINUTE, 60 * MINUTE, 90 * MINUTE], 30)
    assert 1 < len(time_steps(0, 900 * 1_440 * MINUTE, 4)[0]) <= 4
