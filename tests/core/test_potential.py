"""What open trades would still bring (E4), reckoned by hand."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.desired import Phase, StopKind
from core.potential import potential
from core.view import EntryStatus, Mark, PotentialStatus, StopStatus, TargetStatus, TradeStatus
from core.words import Environment, Side

D = Decimal


def trade(side: Side = Side.LONG) -> TradeStatus:
    """2 at 100 with another 1 resting 10 on the losing side; TPs of 1.7 / 0.3 at 110 / 120; the stop at 80 (or 120)."""
    way = 1 if side is Side.LONG else -1
    return TradeStatus(
        trade="T1",
        account="main",
        environment=Environment.PAPER,
        strategy="conservative",
        symbol="TESTUSDT",
        side=side,
        phase=Phase.BUILDING,
        position=D(2),
        entered=D(2),
        average_entry=D(100),
        entries=(
            EntryStatus(1, None, D(2), D(2), Mark.FILLED, D(100)),
            EntryStatus(2, D(100 - 10 * way), D(1), D(0), Mark.WORKING),
        ),
        targets=(
            TargetStatus(1, D(100 + 10 * way), D("1.7"), D(0), Mark.WORKING),
            TargetStatus(2, D(100 + 20 * way), D("0.3"), D(0), Mark.WORKING),
        ),
        stop=StopStatus(D(100 - 20 * way), StopKind.INITIAL),
        leverage=D(10),
        margin=D(30),
        gross=D(0),
        fees=D(0),
        funding=D(0),
        net=D(0),
        opened_at=0,
        last=D(101),
    )


def test_a_long_by_hand() -> None:
    """E4: TP1 1.7 x 10; with TP2 0.3 x 20 more; the stop 2 x 20, and 1 x 10 more once the resting entry is in."""
    assert potential([trade()]) == PotentialStatus(tp1=D(17), targets=D(23), stops=D(-40), stops_filled=D(-50))


def test_a_short_is_its_mirror_image() -> None:
    """E4: the same distances the other way give the same money; two trades give twice as much."""
    one = potential([trade(Side.SHORT)])

    assert one == potential([trade()])
    assert potential([trade(), trade(Side.SHORT)]).stops == D(-80)


def test_after_tp1_only_what_is_left_counts() -> None:
    """B7, E4: TP1's part is realised and not potential any more; a cancelled entry risks nothing."""
    first, second = trade().targets
    late = replace(
        trade(),
        position=D("0.3"),
        targets=(replace(first, filled=D("1.7"), mark=Mark.FILLED), second),
        entries=(trade().entries[0], replace(trade().entries[1], mark=Mark.CANCELLED)),
        stop=StopStatus(D("100.2"), StopKind.BREAKEVEN),
    )

    assert potential([late]) == PotentialStatus(tp1=D(0), targets=D(6), stops=D("0.06"), stops_filled=D("0.06"))


def test_what_is_not_known_is_not_guessed() -> None:
    """E4: a position without a stop may lose anything; one whose average isn't known brings nobody knows what."""
    bare = potential([trade(), replace(trade(), stop=None)])
    unknown = potential([replace(trade(), average_entry=None)])

    assert (bare.tp1, bare.stops, bare.stops_filled) == (D(34), None, None)
    assert unknown == PotentialStatus(tp1=None, targets=None, stops=None, stops_filled=None)


def test_a_market_entry_on_its_way_counts_at_the_last_price() -> None:
    """E4: nothing is held yet, so the stop costs nothing now; filled at 101 it costs 2 x 21, with the limit 10 more."""
    first, second = trade().entries
    begun = replace(
        trade(), position=D(0), entered=D(0), average_entry=None,
        entries=(replace(first, filled=D(0), mark=Mark.WORKING), second),
    )  # fmt: skip

    assert potential([begun]) == PotentialStatus(tp1=D(0), targets=D(0), stops=D(0), stops_filled=D(-52))
    assert potential([replace(begun, last=None)]).stops_filled is None


@given(st.lists(st.sampled_from([trade(), trade(Side.SHORT)]), max_size=6))
def test_the_whole_is_the_sum_of_its_parts(trades: list[TradeStatus]) -> None:
    """E4: however trades are grouped into accounts, the money is the same."""
    parts = [potential([each]) for each in trades]

    assert potential(trades).targets == sum((each.targets or D(0) for each in parts), D(0))
    assert potential(trades).stops_filled == sum((each.stops_filled or D(0) for each in parts), D(0))
