"""A trade's chart: what is shown of it, by names and numbers that can be counted by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.candle import Candle
from core.charts import MINUTE, Figure, Fill, Level, LevelKind, caption, fills_of, fitting_interval, position_chart
from core.desired import Phase, StopKind
from core.facts import Cause, Filled
from core.view import EntryStatus, Mark, StopStatus, TargetStatus, TradeStatus
from core.words import Environment, OrderSide, Side, Slot

OPENED = 1_000 * MINUTE
LIVE = TradeStatus(
    trade="7K3QX9A2MD", account="main", environment=Environment.PAPER, strategy="conservative", symbol="BTCUSDT",
    side=Side.LONG, phase=Phase.MONITORING, position=Decimal(2), entered=Decimal(2), average_entry=Decimal("99.5"),
    entries=(
        EntryStatus(1, None, Decimal(1), Decimal(1), Mark.FILLED),
        EntryStatus(2, Decimal(99), Decimal(1), Decimal(1), Mark.FILLED),
        EntryStatus(3, Decimal(98), Decimal(1), Decimal(0), Mark.CANCELLED),
    ),
    targets=(TargetStatus(1, Decimal(110), Decimal(2), Decimal(0), Mark.WORKING),),
    stop=StopStatus(Decimal(90), StopKind.INITIAL), leverage=Decimal(10), margin=Decimal(20), gross=Decimal(0),
    fees=Decimal("0.11"), funding=Decimal(0), net=Decimal("-0.11"), opened_at=OPENED, last=Decimal(101),
    open_pnl=Decimal(3),
)  # fmt: skip
OVER = replace(LIVE, phase=Phase.CLOSED, position=Decimal(0), net=Decimal("20.5"), closed_at=OPENED + 10 * MINUTE)


def execution(
    number: int, price: str, *, role: str = "E1", at: int = OPENED, side: OrderSide = OrderSide.BUY
) -> Filled:
    """One unit or a part of one."""
    key = f"t1-main-7K3QX9A2MD-{role}-00"
    half = Decimal("0.5")
    return Filled(
        f"x{number}", Slot("BTCUSDT", 0), key, side, half, Decimal(price), Decimal(0), Cause.ORDER, at, number
    )


def bar(at: int) -> Candle:
    """A bar at a time."""
    return Candle(at, Decimal(100), Decimal(101), Decimal(99), Decimal(100), Decimal(1))


def test_every_level_has_its_name_and_state() -> None:
    """E5: entries, targets, stop, average, breakeven and last; a leg at market lies where it was filled."""
    fills = [execution(1, "99"), execution(2, "101")]
    chart = position_chart(LIVE, fills, (), interval=1, at=OPENED, breakeven=Decimal("99.8"))

    assert chart.levels == (
        Level(LevelKind.TARGET, "TP1", Decimal(110), Mark.WORKING),
        Level(LevelKind.ENTRY, "E1", Decimal(100), Mark.FILLED),
        Level(LevelKind.ENTRY, "E2", Decimal(99), Mark.FILLED),
        Level(LevelKind.STOP, "Stop", Decimal(90)),
        Level(LevelKind.AVERAGE, "Average", Decimal("99.5")),
        Level(LevelKind.BREAKEVEN, "Breakeven", Decimal("99.8")),
        Level(LevelKind.LAST, "Last", Decimal(101)),
    )


def test_a_stop_at_breakeven_is_one_line() -> None:
    """E5: two names on one line would only hide each other."""
    status = replace(LIVE, stop=StopStatus(Decimal("99.8"), StopKind.BREAKEVEN))
    levels = position_chart(status, (), (), interval=1, at=OPENED, breakeven=Decimal("99.8")).levels

    assert Level(LevelKind.STOP, "Stop BE", Decimal("99.8")) in levels
    assert LevelKind.BREAKEVEN not in [level.kind for level in levels]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (LIVE, "BTCUSDT long 10x on main (paper), MONITORING: +3.00 USDT open, stop 90"),
        (OVER, "BTCUSDT long 10x on main (paper), CLOSED: +20.50 USDT net"),
        (
            replace(LIVE, entered=Decimal(0), open_pnl=None, phase=Phase.BUILDING),
            "BTCUSDT long 10x on main (paper), BUILDING: nothing filled, stop 90",
        ),
    ],
)
def test_the_caption_says_what_counts(status: TradeStatus, said: str) -> None:
    """E5, A10: open profit while it lives, the net when it is over; never a zero for what isn't known."""
    assert caption(position_chart(status, (), (), interval=1, at=OPENED)) == said


def test_an_ended_trade_has_no_last_price() -> None:
    """E5: what the market does later is none of its business."""
    kinds = {level.kind for level in position_chart(OVER, (), (), interval=1, at=OPENED, breakeven=Decimal(1)).levels}

    assert kinds == {LevelKind.TARGET, LevelKind.ENTRY, LevelKind.STOP, LevelKind.AVERAGE}


def test_candles_from_before_the_opening_to_after_the_close() -> None:
    """E5: half an hour before at one minute, eight bars after."""
    bars = [bar(number * MINUTE) for number in range(2_000)]
    shown = position_chart(OVER, (), bars, interval=1, at=OPENED * 2).candles

    assert (shown[0].at // MINUTE, shown[-1].at // MINUTE) == (970, 1018)


def test_parts_of_one_fill_are_one() -> None:
    """E5: same time, price and side; another price is another fill, in the order of time."""
    parts = [execution(3, "98", at=OPENED + 1), execution(1, "99"), execution(2, "99")]

    assert fills_of(parts) == (
        Fill(OPENED, Decimal(99), Decimal(1), OrderSide.BUY),
        Fill(OPENED + 1, Decimal(98), Decimal("0.5"), OrderSide.BUY),
    )


@pytest.mark.parametrize(
    ("lived", "ago", "minutes"),
    [(90, 0, 1), (91, 0, 3), (60, 470, 3), (600, 0, 15), (10, 30 * 1440, 120), (0, 10**7, 1440)],
)
def test_the_finest_candles_that_show_it_all(lived: int, ago: int, minutes: int) -> None:
    """E5: ninety of them at most, and none so fine that the venue's last 500 don't reach back to the opening."""
    until = lived * MINUTE

    assert fitting_interval(0, until, until + ago * MINUTE) == minutes


def figures(status: TradeStatus) -> tuple[Figure, ...]:
    """What stands under the picture."""
    return position_chart(status, (), (), interval=MINUTE, at=OPENED + MINUTE).figures


def test_the_figures_of_a_live_trade() -> None:
    """E5: what is held, where, and what it made so far."""
    assert figures(replace(LIVE, gross=Decimal("-1.5"))) == (
        Figure("Position", "2"),
        Figure("Average", "99.5"),
        Figure("Last", "101"),
        Figure("Realised", "-1.50"),
        Figure("Fees", "0.11"),
        Figure("Margin", "20.00"),
    )


def test_the_figures_of_an_ended_trade() -> None:
    """E5, G2: what was traded and why it ended, in words; a dash where nobody knows."""
    shown = figures(replace(OVER, reason="breakeven_stop", gross=Decimal(21)))

    assert [shown[0], shown[2], shown[3]] == [
        Figure("Traded", "2"),
        Figure("Ended by", "breakeven stop"),
        Figure("Gross", "+21.00"),
    ]
    assert figures(OVER)[2] == Figure("Ended by", "-")
