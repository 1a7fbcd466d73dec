"""The painter: one object, its settings and its fonts. Pillow is loaded for the first picture, not for every start."""

from typing import TYPE_CHECKING

from core.charts import PositionChart
from core.equity import EquityChart
from plugins.painters.pillow.palette import THEMES
from plugins.painters.pillow.settings import PillowSettings

if TYPE_CHECKING:
    from plugins.painters.pillow.canvas import Canvas


class PillowPainter:
    """Draws each picture anew; nothing is kept between two."""

    def __init__(self, settings: PillowSettings) -> None:
        """Fonts are read with the first picture."""
        self._settings = settings
        self._palette = THEMES[settings.theme]

    def position(self, chart: PositionChart) -> bytes:
        """See Painter.position."""
        from plugins.painters.pillow.position import paint_position

        canvas = self._canvas()
        paint_position(canvas, chart, self._palette)
        return canvas.png()

    def equity(self, chart: EquityChart) -> bytes:
        """See Painter.equity."""
        from plugins.painters.pillow.equity import paint_equity

        canvas = self._canvas()
        paint_equity(canvas, chart, self._palette)
        return canvas.png()

    def _canvas(self) -> "Canvas":
        from plugins.painters.pillow.canvas import Canvas

        chosen = self._settings
        return Canvas(chosen.width, chosen.height, chosen.scale, self._palette.background)
