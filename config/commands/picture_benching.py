"""bench pictures: how long each picture takes to paint, by the wall clock of this machine, PNG and all."""

import random
import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from config.registry import registry
from core.candle import Candle
from core.charts import MINUTE, PositionChart, position_chart
from core.days import DAY
from core.desired import Phase, StopKind
from core.equity import EquityChart, equity_chart
from core.facts import Cause, Filled
from core.report import TradeReport
from core.view import EntryStatus, Mark, StopStatus, TargetStatus, TradeStatus
from core.words import Environment, OrderSide, Side, Slot
from ports.painter import Painter

OPENED = 1_767_225_600_000
START = 60_000
ROUNDS = 9
BUDGET_MS = 300
_ONE = Decimal(1)


def bench_pictures() -> dict[str, object]:
    """The first picture (fonts are read) and the median and slowest of nine more, milliseconds; bytes of the PNG."""
    adapter = registry(third_party=False).find("painters", "pillow")
    if adapter is None:
        raise LookupError("pillow")
    painter: Painter = adapter.build(adapter.settings())
    figures: dict[str, object] = {"budget_ms": BUDGET_MS}
    for name, paint in _pictures(painter).items():
        first, png = _timed(paint)
        times = [_timed(paint)[0] for _ in range(ROUNDS)]
        figures[f"{name}_first_ms"] = first
        figures[f"{name}_median_ms"] = round(statistics.median(times))
        figures[f"{name}_slowest_ms"] = max(times)
        figures[f"{name}_bytes"] = len(png)
    return figures


def _pictures(painter: Painter) -> dict[str, Callable[[], bytes]]:
    usual, crowded, year = _position(120, 3, 4), _position(500, 10, 10), _equity(366, 2_000)
    return {
        "position": lambda: painter.position(usual),
        "position_500_candles_24_levels": lambda: painter.position(crowded),
        "equity_366_days_2000_trades": lambda: painter.equity(year),
    }


def _timed(paint: Callable[[], bytes]) -> tuple[int, bytes]:
    began = time.perf_counter_ns()
    png = paint()
    return round((time.perf_counter_ns() - began) / 1_000_000), png


def _position(bars: int, entries: int, targets: int) -> PositionChart:
    candles = _walk(bars)
    middle = candles[0].open
    status = TradeStatus(
        trade="7K3QX9A2MD",
        account="main",
        environment=Environment.PAPER,
        strategy="conservative",
        symbol="BTCUSDT",
        side=Side.LONG,
        phase=Phase.MONITORING,
        position=_ONE,
        entered=_ONE,
        average_entry=middle,
        entries=tuple(EntryStatus(n, middle - 60 * n, _ONE, _ONE, Mark.FILLED) for n in range(1, entries + 1)),
        targets=tuple(TargetStatus(n, middle + 90 * n, _ONE, _ONE, Mark.WORKING) for n in range(1, targets + 1)),
        stop=StopStatus(middle - 900, StopKind.INITIAL),
        leverage=Decimal(10),
        margin=_ONE,
        gross=_ONE,
        fees=_ONE,
        funding=_ONE,
        net=_ONE,
        opened_at=OPENED,
        last=candles[-1].close,
        open_pnl=_ONE,
    )
    fills = [_fill(number, candle) for number, candle in enumerate(candles[::10])]
    at = candles[-1].at + MINUTE
    return position_chart(status, fills, candles, interval=1, at=at, breakeven=middle + 7)


def _fill(number: int, candle: Candle) -> Filled:
    side = OrderSide.BUY if number % 2 else OrderSide.SELL
    slot = Slot("BTCUSDT", 0)
    return Filled(str(number), slot, None, side, _ONE, candle.close, _ONE, Cause.ORDER, candle.at, number)


def _walk(bars: int) -> list[Candle]:
    chance, price, candles = random.Random(1), START, []
    for number in range(bars):
        path = [price]
        for _ in range(5):
            path.append(path[-1] + chance.randint(-40, 40))
        price = path[-1]
        o, h, low, c = (Decimal(each) for each in (path[0], max(path), min(path), price))
        candles.append(Candle(OPENED + number * MINUTE, o, h, low, c, _ONE))
    return candles


def _equity(days: int, trades: int) -> EquityChart:
    chance = random.Random(1)
    until = OPENED + days * DAY - 1
    reports = [
        _report(number, OPENED + chance.randrange(days * DAY), chance.randint(-90, 100)) for number in range(trades)
    ]
    return equity_chart(reports, accounts=("main",), environment=Environment.PAPER, days=days, until=until)


def _report(number: int, closed_at: int, net: int) -> TradeReport:
    return TradeReport(
        id=str(number),
        account="main",
        strategy="conservative",
        origin="",
        symbol="BTCUSDT",
        side=Side.LONG,
        phase=Phase.CLOSED,
        reason="stop",
        entered=_ONE,
        position=_ONE - _ONE,
        average_entry=_ONE,
        gross=Decimal(net),
        fees=_ONE,
        funding=_ONE,
        net=Decimal(net),
        entries=(),
        targets=(),
        stop=None,
        leverage=_ONE,
        margin=_ONE,
        leader=None,
        opened_at=closed_at,
        closed_at=closed_at,
    )
