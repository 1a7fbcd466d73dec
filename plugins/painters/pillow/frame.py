"""What both pictures share: the head with its badge, the figures below, times along the bottom."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from core.charts import Figure
from core.days import DAY
from core.words import Environment
from plugins.painters.pillow.canvas import UNITS, Canvas
from plugins.painters.pillow.layout import Scale, time_steps
from plugins.painters.pillow.palette import Colour, Palette

EDGE = 30.0
HEAD = 190.0
FIGURES = 196.0
AXIS = 44.0
BETWEEN = 14.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 1440


def paint_badge(canvas: Canvas, right: float, middle: float, environment: Environment, palette: Palette) -> float:
    """What kind of money it is (A10), real money in a colour of its own; returns the badge's left side."""
    words = environment.value.upper()
    real = environment is Environment.LIVE
    return paint_pill(canvas, right, middle, words, palette.live if real else palette.muted, palette)


def paint_pill(canvas: Canvas, right: float, middle: float, words: str, colour: Colour, palette: Palette) -> float:
    """Words in a coloured pill that ends at *right*; returns its left side."""
    left = right - canvas.width_of(words, 28, bold=True) - 32
    canvas.box((left, middle - 23), (right, middle + 23), colour, radius=23)
    canvas.text(((left + right) / 2, middle), words, 28, palette.on_colour, bold=True, anchor="mm")
    return left


def paint_figures(canvas: Canvas, figures: Sequence[Figure], palette: Palette) -> None:
    """Up to six numbers with their names, in two rows at the bottom."""
    top = canvas.tall - FIGURES
    wide = (UNITS - 2 * EDGE + BETWEEN) / 3
    for number, figure in enumerate(figures[:6]):
        row, column = divmod(number, 3)
        left, base = EDGE + column * wide, top + row * 92
        room = wide - 40
        canvas.box((left, base), (left + wide - BETWEEN, base + 80), palette.panel, radius=10)
        canvas.text((left + 16, base + 30), canvas.fitted(figure.name, 23, room), 23, palette.muted)
        words = canvas.fitted(figure.value, 31, room, bold=True)
        canvas.text((left + 16, base + 67), words, 31, palette.ink, bold=True)


def paint_times(canvas: Canvas, times: Scale, top: float, bottom: float, palette: Palette, ahead: int) -> None:
    """Round times along the bottom with faint lines up, as clocks show them that are *ahead* of UTC."""
    most = max(2, int((times.end - times.start) // 170))
    steps, minutes = time_steps(int(times.low) + ahead, int(times.high) + ahead, most)
    for step in steps:
        x = times.at(step - ahead)
        canvas.line(((x, top), (x, bottom)), palette.line, 1)
        words = day_words(step // DAY) if minutes >= _DAY or step % DAY == 0 else _clock(step)
        half = canvas.width_of(words, 23) / 2
        at = min(max(x, times.start + half), times.end - half)
        canvas.text((at, bottom + 32), words, 23, palette.muted, anchor="ms")


def day_words(number: int) -> str:
    """A day (core.days) as it stands on an axis."""
    return f"{_EPOCH + timedelta(days=number):%d %b}"


def _clock(at: int) -> str:
    return f"{_EPOCH + timedelta(milliseconds=at):%H:%M}"
