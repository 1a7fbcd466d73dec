"""Paths: how a candle is walked, what a gap does, where the mover stops, and that skipping changes nothing."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.words import Side
from plugins.exchanges.paper.market.candles import Candles, Order
from plugins.exchanges.paper.market.mover import FundingDue
from plugins.exchanges.paper.market.path import Move, Path
from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.market.synthetic import Synthetic
from plugins.exchanges.paper.venue.events import Event, Executed
from ports.exchange import Candle
from tests.plugins.exchanges.paper.desk import OTHER, SYMBOL, Desk, d, desk, fills

MINUTE = 60_000


def candles(*rows: tuple[object, object, object, object], volume: object = 100) -> list[Candle]:
    """Candles a minute apart from rows of open, high, low, close."""
    return [
        Candle(number * MINUTE, d(row[0]), d(row[1]), d(row[2]), d(row[3]), d(volume))
        for number, row in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("order", "side", "close", "path"),
    [
        (Order.OHLC, Side.LONG, 102, [90, 110, 102]),
        (Order.OHLC, Side.LONG, 100, [90, 110, 100]),
        (Order.OHLC, Side.LONG, 98, [110, 90, 98]),
        (Order.OHLC, Side.SHORT, 98, [110, 90, 98]),
        (Order.WORST, Side.LONG, 98, [90, 110, 98]),
        (Order.WORST, Side.SHORT, 102, [110, 90, 102]),
        (Order.BEST, Side.LONG, 102, [110, 90, 102]),
        (Order.BEST, Side.SHORT, 98, [90, 110, 98]),
    ],
)
def test_the_way_through_a_candle(order: Order, side: Side, close: int, path: list[int]) -> None:
    """By default low first when it rises; worst and best put the leg first that hurts or helps the side."""
    moves = Candles(SYMBOL, candles((100, 110, 90, close)), order, side).moves_in(0)

    assert [move.to for move in moves] == path
    assert [move.at for move in moves] == [20_000, 40_000, 59_999]


def _gapped(rows: list[tuple[object, object, object, object]]) -> Desk:
    trade = desk()
    trade.mover.add(Candles(SYMBOL, candles(*rows)))
    return trade


def test_a_stop_jumped_by_a_gap_fills_at_the_open() -> None:
    """Between a close and the next open nobody trades: the stop gets the open, not its trigger."""
    trade = _gapped([(100, 100, 100, 100), (80, 81, 80, 81)])
    trade.buy(1, stop=90)
    trade.venue.drain()

    assert fills(trade.run()) == [("Sell", 1, 80)]


def test_a_stop_inside_a_candle_fills_at_its_trigger() -> None:
    """Within a candle the price passes through everything."""
    trade = _gapped([(100, 100, 100, 100), (100, 100, 80, 81)])
    trade.buy(1, stop=90)
    trade.venue.drain()

    assert fills(trade.run()) == [("Sell", 1, 90)]


def test_limits_in_a_gap_fill_at_their_own_price_nearest_first() -> None:
    """A gap is walked like any move: both limits at their prices, then the stop they brought, at the open."""
    trade = _gapped([(100, 100, 100, 100), (80, 81, 80, 81)])
    trade.buy(1, 92, stop=85)
    trade.buy(1, 95, stop=85)

    assert fills(trade.run()) == [("Buy", 1, 95), ("Buy", 1, 92), ("Sell", 2, 80)]


def test_it_stops_at_each_touch() -> None:
    """What one touch causes can be answered before the price moves on."""
    trade = desk()
    trade.buy(1, 98)
    trade.buy(1, 97)
    trade.venue.drain()
    trade.mover.add(Steps(SYMBOL, [d(100), d(90)], 0, 1_000))
    stood: list[object] = []
    while trade.mover.advance(None):
        stood.append((trade.venue.state.last[SYMBOL], trade.venue.state.now, len(fills(trade.venue.drain()))))

    assert stood == [(98, 200, 1), (97, 300, 1)]


def test_a_watched_price_stops_once() -> None:
    """A watch fires at its price and is over; the other side stays."""
    trade = desk()
    trade.mover.add(Steps(SYMBOL, [d(100), d(90), d(110), d(90)], 0, 1_000))
    trade.mover.watch(SYMBOL, d(95), d(105))
    stood = []
    while trade.mover.advance(None):
        stood.append(trade.venue.state.last[SYMBOL])

    assert stood == [95, 105]


def test_a_watch_on_nothing_is_harmless() -> None:
    """Watching a symbol without a path does nothing."""
    trade = desk()
    trade.mover.watch(OTHER, d(95), d(105))

    assert not trade.mover.advance(1_000)
    assert trade.venue.state.now == 1_000


def test_until_stands_on_the_way() -> None:
    """A move is cut at *until*, on the tick, and goes on from there as if it had not been."""
    trade = desk()
    trade.mover.add(Steps(SYMBOL, [d(100), d(101)], 0, 1_000))
    seen = []
    for until in (333, 666, 1_000):
        assert trade.mover.advance(until)
        seen.append((trade.venue.state.now, trade.venue.state.last[SYMBOL]))

    assert seen == [(333, d("100.3")), (666, d("100.6")), (1_000, 101)]


def test_symbols_move_in_one_time() -> None:
    """Two symbols' bars are walked side by side: neither runs ahead while the other's orders wait."""
    trade = desk()
    flat = [(100, 100, 100, 100)] * 5
    trade.mover.add(Candles(OTHER, candles(*flat)))
    trade.mover.add(Candles(SYMBOL, candles(*flat[:2], (100, 100, 90, 95), *flat[:2])))
    trade.buy(1, 95)
    trade.venue.drain()

    [event] = [each for each in trade.run() if isinstance(each, Executed)]

    assert 2 * MINUTE <= event.at < 3 * MINUTE


def test_a_bars_volume_share() -> None:
    """With a share of volume, each bar gives so much and the rest of the order waits for the next."""
    trade = desk()
    trade.mover.volume_share = d("0.1")
    trade.mover.add(Candles(SYMBOL, candles((100, 100, 100, 100), (99, 99, 98, 98), (98, 98, 97, 97), volume=20)))
    trade.buy(5, 99)

    assert [quantity for _, quantity, _ in fills(trade.run())] == [2, 2]


class Plain:
    """Candles bar by bar: the same moves without offering whole bars to skip."""

    def __init__(self, path: Candles) -> None:
        """Hide what lets the mover skip."""
        self.symbol = path.symbol
        self._path = path

    def start(self) -> tuple[Decimal, int]:
        """As the candles."""
        return self._path.start()

    def moves(self) -> Iterator[Move]:
        """As the candles."""
        return self._path.moves()


@st.composite
def _bars(draw: st.DrawFn) -> list[tuple[object, object, object, object]]:
    rows: list[tuple[object, object, object, object]] = []
    close = 1_000
    for _ in range(draw(st.integers(2, 25))):
        opened = close + draw(st.sampled_from([0, 0, 0, -40, 40, -3, 3]))
        close = opened + draw(st.integers(-30, 30))
        high = max(opened, close) + draw(st.integers(0, 10))
        low = min(opened, close) - draw(st.integers(0, 10))
        rows.append(tuple(Decimal(each) / 10 for each in (opened, high, low, close)))  # type: ignore[arg-type]
    return rows


@given(
    _bars(),
    st.lists(st.tuples(st.sampled_from(["Buy", "Sell"]), st.integers(900, 1_100)), max_size=6),
    st.lists(st.integers(0, 20 * MINUTE), max_size=2),
    st.lists(st.integers(0, 25 * MINUTE), max_size=3),
)
def test_skipping_bars_changes_nothing(
    rows: list[tuple[object, object, object, object]],
    orders: list[tuple[str, int]],
    funding: list[int],
    pauses: list[int],
) -> None:
    """Bars passed over whole give the same events as the same path walked bar by bar, funding and pauses included."""

    def told(path: Path) -> tuple[list[Event], Decimal]:
        trade = desk(last=rows[0][0])
        trade.mover.add(path)
        trade.mover.funding = [FundingDue(at, SYMBOL, d("0.0001")) for at in sorted(funding)]
        for side, tick in orders:
            away = Decimal(-4) if side == "Buy" else Decimal(4)
            trade.place(side, 1, Decimal(tick) / 10, stop=Decimal(tick) / 10 + away)
        happened = trade.venue.drain()
        for until in sorted(pauses):
            while trade.venue.state.now < until and trade.mover.advance(until):
                happened += trade.venue.drain()
        return happened + trade.run(), trade.venue.state.last[SYMBOL]

    path = Candles(SYMBOL, candles(*rows))
    assert told(path) == told(Plain(path))


def test_funding_is_paid_in_its_moment() -> None:
    """Funding due within a bar comes after what was touched before it and before what is touched after it."""
    trade = desk()
    trade.buy(1)
    trade.sell(1, 101)
    trade.buy(1, 97)
    trade.venue.drain()
    trade.mover.funding = [FundingDue(500, SYMBOL, d("0.001")), FundingDue(9_000, SYMBOL, d("0.001"))]
    trade.mover.add(Steps(SYMBOL, [d(100), d(102), d(98), d(96)], 0, 600))

    told = [(each.exec_type.value, each.at) for each in trade.run() if isinstance(each, Executed)]

    assert told == [("Trade", 300), ("Trade", 1_500)]


@pytest.mark.parametrize(("due", "kinds"), [(100, ["Funding", "Trade"]), (900, ["Trade"])])
def test_funding_before_and_after_a_close(due: int, kinds: list[str]) -> None:
    """Who closed before the moment pays nothing; who still holds pays the price of that moment."""
    trade = desk()
    trade.buy(1)
    trade.sell(1, 101, reduce_only=True)
    trade.venue.drain()
    trade.mover.funding = [FundingDue(due, SYMBOL, d("0.001"))]
    trade.mover.add(Steps(SYMBOL, [d(100), d(102)], 0, 1_000))

    executed = [each for each in trade.run() if isinstance(each, Executed)]

    assert [each.exec_type.value for each in executed] == kinds
    assert executed[0].at == (due if due == 100 else 500)


def test_the_synthetic_walk_is_a_function_of_its_seed() -> None:
    """The same seed walks the same way, another differently; prices are positive and on the tick."""

    def walk(seed: int) -> list[Decimal]:
        path = Synthetic(SYMBOL, d(100), d("0.1"), seed=seed, at=0, every=250, volatility=d("0.5"))
        moves = path.moves()
        return [next(moves).to for _ in range(200)]

    assert walk(1) == walk(1) != walk(2)
    assert all(price > 0 and price % d("0.1") == 0 for price in walk(3))


def test_a_walk_resumes_by_number() -> None:
    """The steps after number 50 are the same, walked through or begun there."""
    path = Synthetic(SYMBOL, d(100), d("0.1"), seed=1, at=0, every=250, volatility=d("0.5"))
    moves = path.moves()
    first = [next(moves) for _ in range(60)]
    later = path.moves(50, first[49].to)

    assert [next(later) for _ in range(10)] == first[50:]


@pytest.mark.parametrize("make", [lambda: Steps(SYMBOL, []), lambda: Candles(SYMBOL, [])])
def test_an_empty_path_is_refused(make: object) -> None:
    """A path needs somewhere to start."""
    assert callable(make)
    with pytest.raises(ValueError, match=SYMBOL):
        make()
