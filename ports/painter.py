"""The Painter port: draws what people look at."""

from typing import Protocol

from core.charts import PositionChart
from core.equity import EquityChart


class Painter(Protocol):
    """Draws pictures. Called in a thread of its own, one picture at a time; pure otherwise: no file, no network.

    Whatever a chart holds, something is drawn: no candle at all, one, or hundreds; prices of any size; any symbol.
    """

    def position(self, chart: PositionChart) -> bytes:
        """A trade as a PNG."""
        ...

    def equity(self, chart: EquityChart) -> bytes:
        """Ended trades as a PNG."""
        ...
