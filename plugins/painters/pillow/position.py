"""A trade's picture: head, candles with levels and fills, a tag for every price, figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.charts import MINUTE, Level, LevelKind, PositionChart
from core.money import text
from core.money_text import gain_text
from core.words import OrderSide, Side
from plugins.painters.pillow.canvas import UNITS, Canvas
from plugins.painters.pillow.frame import AXIS, EDGE, FIGURES, HEAD, paint_badge, paint_figures, paint_pill, paint_times
from plugins.painters.pillow.layout import Scale, visible
from plugins.painters.pillow.palette import Palette
from plugins.painters.pillow.tags import colour_of, column_width, paint_tag, tags_of

AIR = 0.04
"""Room right of the last candle, of the whole."""
LONGEST_LEAD = 18.0
ZOOMED = 200
LEAST_BARS = 14
"""A young trade stands at the right, and its few candles are no walls."""
MARKER = 15.0
WIDEST = 16.0


@dataclass(frozen=True, slots=True)
class Stage:
    """The part of the sheet that shows prices over time."""

    times: Scale
    prices: Scale
    left: float
    right: float
    top: float
    bottom: float


def paint_position(canvas: Canvas, chart: PositionChart, palette: Palette) -> None:
    """Draw the whole picture."""
    stage = stage_of(canvas, chart)
    _head(canvas, chart, palette)
    _zones(canvas, chart, stage, palette)
    paint_times(canvas, stage.times, stage.top, stage.bottom, palette, chart.ahead)
    _candles(canvas, chart, stage, palette)
    for level in chart.levels:
        _level(canvas, level, stage, palette)
    _fills(canvas, chart, stage, palette)
    canvas.box((stage.left, stage.top), (stage.right, stage.bottom), None, edge=palette.line)
    tags, missing = tags_of(chart.levels, stage.prices, stage.top, stage.bottom)
    for tag in tags:
        paint_tag(canvas, tag, stage.right, stage.right + LONGEST_LEAD, UNITS - 8, palette)
    if missing:
        words = f"and {missing} more levels"
        canvas.text((UNITS - 12, stage.bottom + 32), words, 22, palette.muted, anchor="rs")
    paint_figures(canvas, chart.figures, palette)


def stage_of(canvas: Canvas, chart: PositionChart) -> Stage:
    """Where everything lies: times from the first candle to now, prices as far as they can be shown together."""
    left, right = EDGE, UNITS - 8 - column_width(canvas, chart.levels) - LONGEST_LEAD
    top, bottom = HEAD, canvas.tall - FIGURES - AXIS - 8
    since, until = _span(chart)
    shown = [float(price) for candle in chart.candles for price in (candle.low, candle.high)]
    levels = [float(level.price) for level in chart.levels]
    low, high = visible(shown, levels, [float(price) for price in _always(chart)], len(chart.candles))
    return Stage(Scale(since, until, left, right), Scale(low, high, bottom, top), left, right, top, bottom)


def _span(chart: PositionChart) -> tuple[float, float]:
    """The trade's whole life; where many fine candles don't reach back so far, what they show of it."""
    bar = chart.interval * MINUTE
    moments = [chart.opened_at, *(fill.at for fill in chart.fills)]
    if chart.closed_at is None:
        moments.append(chart.at)
    else:
        moments.append(chart.closed_at)
    if chart.candles:
        moments += [chart.candles[0].at, chart.candles[-1].at + bar]
    since, until = min(moments), max(moments)
    if len(chart.candles) >= ZOOMED:
        since = chart.candles[0].at
    length = max(until - since, LEAST_BARS * bar)
    return until - length, until + length * AIR


def _always(chart: PositionChart) -> Iterator[Decimal]:
    """What must be seen beside the candles."""
    for fill in chart.fills:
        yield fill.price
    last = chart.level(LevelKind.LAST)
    if last is not None:
        yield last.price


def _head(canvas: Canvas, chart: PositionChart, palette: Palette) -> None:
    badge = paint_badge(canvas, UNITS - EDGE, 52, chart.environment, palette)
    long = chart.side is Side.LONG
    side = f"{chart.side.value.upper()} {text(chart.leverage)}x"
    pill = paint_pill(canvas, badge - 14, 52, side, palette.gain if long else palette.loss, palette)
    name = canvas.fitted(chart.symbol, 54, pill - EDGE - 20, bold=True)
    canvas.text((EDGE, 72), name, 54, palette.ink, bold=True)
    gain, colour = "nothing filled", palette.muted
    if chart.gain is not None:
        gain = f"{gain_text(chart.gain)} {chart.currency}"
        colour = palette.gain if chart.gain > 0 else palette.loss if chart.gain < 0 else palette.ink
    minutes = f"{chart.interval // 60}h" if chart.interval >= 60 else f"{chart.interval}m"
    about = f"{chart.account} · {chart.phase.value.replace('_', ' ').lower()} · {minutes} candles · {chart.zone}"
    canvas.text((EDGE, 146), gain, 56, colour, bold=True)
    gone = EDGE + canvas.width_of(gain, 56, bold=True) + 14
    if chart.gain is not None:
        canvas.text((gone, 146), chart.gain_of, 30, palette.muted)
        gone += canvas.width_of(chart.gain_of, 30) + 30
    canvas.text((UNITS - EDGE, 146), canvas.fitted(about, 25, UNITS - EDGE - gone), 25, palette.muted, anchor="rs")


def _zones(canvas: Canvas, chart: PositionChart, stage: Stage, palette: Palette) -> None:
    """What can be lost and won from the average on, laid faintly behind everything while the trade lived."""
    average, stop = chart.level(LevelKind.AVERAGE), chart.level(LevelKind.STOP)
    left = stage.times.nearest(chart.opened_at)
    right = stage.times.nearest(chart.closed_at) if chart.closed_at is not None else stage.right
    targets = [float(level.price) for level in chart.levels if level.kind is LevelKind.TARGET]
    if average is None:
        return
    middle = float(average.price)
    farthest = max(targets, key=lambda price: abs(price - middle), default=middle)
    zones = [(farthest, palette.gain)]
    if stop is not None and (middle > float(stop.price)) == (chart.side is Side.LONG):
        zones.append((float(stop.price), palette.loss))
    for price, colour in zones:
        ends = sorted((stage.prices.nearest(price), stage.prices.nearest(middle)))
        canvas.box((left, ends[0]), (right, ends[1]), palette.faint(colour, 0.09))


def _candles(canvas: Canvas, chart: PositionChart, stage: Stage, palette: Palette) -> None:
    bar = chart.interval * MINUTE
    wide = abs(stage.times.at(bar) - stage.times.at(0))
    half = min(max(wide * 0.36, 0.5), WIDEST)
    for candle in chart.candles:
        middle = stage.times.at(candle.at + bar / 2)
        colour = palette.rise if candle.close >= candle.open else palette.fall
        high, low = stage.prices.at(float(candle.high)), stage.prices.at(float(candle.low))
        canvas.box((middle - min(half, 1.2), high), (middle + min(half, 1.2), low), colour)
        ends = sorted((stage.prices.at(float(candle.open)), stage.prices.at(float(candle.close))))
        canvas.box((middle - half, ends[0]), (middle + half, max(ends[1], ends[0] + 1.5)), colour)


def _level(canvas: Canvas, level: Level, stage: Stage, palette: Palette) -> None:
    """A line across: the stop thick, what works dashed, what is done thin."""
    price = float(level.price)
    if not stage.prices.holds(price):
        return
    y = stage.prices.at(price)
    colour = colour_of(level, palette)
    ends = (stage.left, y), (stage.right, y)
    match level.kind:
        case LevelKind.STOP:
            canvas.line(ends, colour, 4)
        case LevelKind.AVERAGE:
            canvas.line(ends, colour, 2.5)
        case LevelKind.LAST:
            canvas.dashes(*ends, colour, width=2, on=4, off=6)
        case LevelKind.BREAKEVEN:
            canvas.dashes(*ends, colour, width=2.5, on=5, off=8)
        case _ if level.done:
            canvas.line(ends, palette.faint(colour, 0.55), 2)
        case _:
            canvas.dashes(*ends, colour, width=2.5, on=16, off=10)


def _fills(canvas: Canvas, chart: PositionChart, stage: Stage, palette: Palette) -> None:
    """A triangle at every fill, its tip at the price: up = bought, down = sold. Those in one place are drawn once."""
    spots = {
        (round(stage.times.at(fill.at) / 10) * 10, round(stage.prices.at(float(fill.price)) / 8) * 8, fill.side): (
            stage.times.at(fill.at),
            stage.prices.at(float(fill.price)),
        )
        for fill in chart.fills
        if stage.times.holds(fill.at)
    }
    for (_, _, side), (x, y) in spots.items():
        down = MARKER * 1.6 if side is OrderSide.BUY else -MARKER * 1.6
        sign = 1 if down > 0 else -1
        rim = (x, y - 5 * sign), (x - MARKER - 5, y + down + 4 * sign), (x + MARKER + 5, y + down + 4 * sign)
        canvas.shape(rim, palette.background)
        rim = (x, y - sign), (x - MARKER - 2, y + down + 2 * sign), (x + MARKER + 2, y + down + 2 * sign)
        canvas.shape(rim, palette.ink)
        canvas.shape(
            ((x, y + 3 * sign), (x - MARKER + 3, y + down - sign), (x + MARKER - 3, y + down - sign)),
            palette.rise if side is OrderSide.BUY else palette.fall,
        )
