"""The picture of ended trades: head, the curve with its drawdown, a bar for each day, figures."""

from decimal import Decimal

from core.charts import Figure
from core.days import DAY
from core.equity import EquityChart
from core.money import ZERO
from core.money_text import amount_text, gain_text, percent_text
from plugins.painters.pillow.canvas import UNITS, Canvas, Spot
from plugins.painters.pillow.frame import AXIS, EDGE, FIGURES, HEAD, day_words, paint_badge, paint_figures
from plugins.painters.pillow.layout import Scale, padded, round_steps
from plugins.painters.pillow.palette import Colour, Palette

SHARE_OF_CURVE = 0.6
BETWEEN = 56.0
LINE = 4.5


def paint_equity(canvas: Canvas, chart: EquityChart, palette: Palette) -> None:
    """Draw the whole picture."""
    _head(canvas, chart, palette)
    top, bottom = HEAD, canvas.tall - FIGURES - AXIS - 8
    middle = top + (bottom - top - BETWEEN) * SHARE_OF_CURVE
    left, right = EDGE, UNITS - EDGE - _axis_width(canvas, chart)
    _curve(canvas, chart, (left, top), (right, middle), palette)
    _bars(canvas, chart, (left, middle + BETWEEN), (right, bottom), palette)
    paint_figures(canvas, _figures(chart), palette)


def _head(canvas: Canvas, chart: EquityChart, palette: Palette) -> None:
    badge = paint_badge(canvas, UNITS - EDGE, 52, chart.environment, palette)
    days = len(chart.days)
    title = f"Result of {days} days" if days != 1 else "Result of one day"
    canvas.text((EDGE, 72), canvas.fitted(title, 50, badge - EDGE - 20, bold=True), 50, palette.ink, bold=True)
    gain = f"{gain_text(chart.total)} {chart.currency}"
    colour = palette.gain if chart.total > 0 else palette.loss if chart.total < 0 else palette.ink
    canvas.text((EDGE, 146), gain, 56, colour, bold=True)
    gone = EDGE + canvas.width_of(gain, 56, bold=True) + 14
    canvas.text((gone, 146), "net", 30, palette.muted)
    about = f"{', '.join(chart.accounts)} · {chart.zone}"
    room = UNITS - EDGE - gone - canvas.width_of("net", 30) - 30
    canvas.text((UNITS - EDGE, 146), canvas.fitted(about, 25, room), 25, palette.muted, anchor="rs")


def _axis_width(canvas: Canvas, chart: EquityChart) -> float:
    totals = [point.total for point in chart.points] + [day.net for day in chart.days] + [ZERO]
    widest = max((abs(each) for each in totals), default=ZERO)
    return canvas.width_of(f"-{_short(float(widest))}0", 24) + 18


def _short(value: float) -> str:
    """An axis label: as few digits as a round number needs."""
    size = abs(value)
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= limit:
            return f"{value / {'G': 1e9, 'M': 1e6, 'k': 1e3}[unit]:.4g}{unit}"
    return f"{value:.4g}"


def _grid(canvas: Canvas, values: Scale, left: float, right: float, palette: Palette, most: int) -> None:
    for value in round_steps(values.low, values.high, most):
        y = values.at(value)
        canvas.line(((left, y), (right, y)), palette.line, 3 if value == 0 else 1)
        words = _short(value) if value else "0"
        canvas.text((right + 12, y), words, 24, palette.muted, anchor="lm")


def _curve(canvas: Canvas, chart: EquityChart, corner: Spot, opposite: Spot, palette: Palette) -> None:
    """The running total; what is missing to its best is laid red behind it."""
    (left, top), (right, bottom) = corner, opposite
    totals = [0.0, *(float(point.total) for point in chart.points)]
    bests = [0.0, *(float(point.total + point.drawdown) for point in chart.points)]
    values = Scale(*padded(min(totals), max(bests)), bottom, top)
    # As wide as the days below, so that a step stands over its bar.
    moments = Scale(chart.since, chart.since + len(chart.days) * DAY, left, right)
    now = moments.nearest(chart.until)
    xs = [left, *(moments.at(point.at) for point in chart.points), now]
    zero = values.at(0.0)
    heights = [values.at(total) for total in totals]
    for x, end, y, best in zip(xs, xs[1:], heights, bests, strict=False):
        canvas.box((x, min(y, zero)), (end, max(y, zero)), palette.faint(palette.entry, 0.16))
        canvas.box((x, values.at(best)), (end, y), palette.faint(palette.loss, 0.2))
    _grid(canvas, values, left, right, palette, 6)
    _stairs(canvas, xs, heights, palette.entry)
    canvas.box((now - 9, heights[-1] - 9), (now + 9, heights[-1] + 9), palette.entry, radius=9)


def _stairs(canvas: Canvas, xs: list[float], heights: list[float], colour: Colour) -> None:
    """A step at every moment: between two trades nothing is earned.

    Box by box: one line of thousands of corners would hold up every other thread while it is drawn.
    """
    half = LINE / 2
    before = heights[0]
    for x, end, y in zip(xs, xs[1:], heights, strict=False):
        canvas.box((x - half, min(before, y) - half), (x + half, max(before, y) + half), colour)
        canvas.box((x, y - half), (end + half, y + half), colour)
        before = y


def _bars(canvas: Canvas, chart: EquityChart, corner: Spot, opposite: Spot, palette: Palette) -> None:
    (left, top), (right, bottom) = corner, opposite
    nets = [float(day.net) for day in chart.days]
    values = Scale(*padded(min(0.0, *nets), max(0.0, *nets)), bottom, top)
    _grid(canvas, values, left, right, palette, 4)
    canvas.text((left, top - 14), "By day", 25, palette.muted, bold=True)
    wide = (right - left) / max(len(nets), 1)
    zero = values.at(0.0)
    for number, net in enumerate(nets):
        if not net:
            continue
        x = left + number * wide
        ends = sorted((zero, values.at(net)))
        colour = palette.gain if net > 0 else palette.loss
        air = min(wide * 0.14, 8)
        canvas.box((x + air, ends[0]), (x + wide - air, max(ends[1], ends[0] + 2)), colour, radius=min(4, wide / 6))
    _dates(canvas, chart, left, wide, bottom, palette)


def _dates(canvas: Canvas, chart: EquityChart, left: float, wide: float, bottom: float, palette: Palette) -> None:
    """As many dates as stand side by side."""
    each = max(1, -(-110 // int(max(wide, 1))))
    for number in range(0, len(chart.days), each):
        words = day_words(chart.days[number].day)
        half = canvas.width_of(words, 23) / 2
        at = min(max(left + (number + 0.5) * wide, EDGE + half), UNITS - EDGE - half)
        canvas.text((at, bottom + 32), words, 23, palette.muted, anchor="ms")


def _figures(chart: EquityChart) -> tuple[Figure, ...]:
    nets = [day.net for day in chart.days if day.trades]
    average: Decimal | None = chart.total / chart.trades if chart.trades else None
    return (
        Figure("Trades", str(chart.trades)),
        Figure("Won", percent_text(chart.win_percent)),
        Figure("Deepest drawdown", amount_text(chart.worst)),
        Figure("Best day", gain_text(max(nets, default=None))),
        Figure("Worst day", gain_text(min(nets, default=None))),
        Figure("Average trade", gain_text(average)),
    )
