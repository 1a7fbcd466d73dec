"""A sheet to draw on: 1080 units wide whatever its pixels are, drawn larger and reduced where that was asked for."""

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from plugins.painters.pillow.palette import Colour

UNITS = 1080
Spot = tuple[float, float]
Anchor = Literal["ls", "ms", "rs", "lm", "mm", "rm"]

_FONTS = Path(__file__).parent / "fonts"
_FILES = {False: "DejaVuSansCondensed.ttf", True: "DejaVuSansCondensed-Bold.ttf"}
_LONGEST = 200


@cache
def _font(pixels: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / _FILES[bold], pixels, layout_engine=ImageFont.Layout.BASIC)


def plain(words: str) -> str:
    """Words that can be drawn on one line: what isn't printable becomes a dot, and nothing is endless."""
    return "".join(each if each.isprintable() else "·" for each in words[:_LONGEST])


class Canvas:
    """Draws in units; every size and place is of the 1080 that the sheet is wide. *tall* is its height in them."""

    def __init__(self, width: int, height: int, scale: int, background: Colour) -> None:
        """*width* and *height* in pixels of the finished picture."""
        self._scale = scale
        self._k = width * scale / UNITS
        self.tall = height * UNITS / width
        self._image = Image.new("RGB", (width * scale, height * scale), background)
        self._draw = ImageDraw.Draw(self._image)

    def _at(self, spot: Spot) -> Spot:
        return spot[0] * self._k, spot[1] * self._k

    def box(
        self,
        corner: Spot,
        opposite: Spot,
        fill: Colour | None,
        *,
        radius: float = 0,
        edge: Colour | None = None,
        edge_width: float = 2,
    ) -> None:
        """A rectangle between two corners, never thinner than a pixel."""
        (left, top), (right, bottom) = self._at(corner), self._at(opposite)
        # The last pixel is drawn too: without taking it off, neighbours would run into each other.
        spots = (round(left), round(top), max(round(right) - 1, round(left)), max(round(bottom) - 1, round(top)))
        wide = max(1, round(edge_width * self._k))
        if radius:
            self._draw.rounded_rectangle(spots, radius * self._k, fill, edge, wide)
        else:
            self._draw.rectangle(spots, fill, edge, wide)

    def line(self, spots: Sequence[Spot], colour: Colour, width: float = 2) -> None:
        """A line through the spots."""
        self._draw.line([self._at(spot) for spot in spots], colour, max(1, round(width * self._k)), "curve")

    def dashes(
        self, start: Spot, end: Spot, colour: Colour, *, width: float = 2, on: float = 12, off: float = 9
    ) -> None:
        """A dashed line, level or upright."""
        for one, other in _dashes(start, end, on, off):
            self.line((one, other), colour, width)

    def shape(self, spots: Sequence[Spot], fill: Colour) -> None:
        """A filled outline."""
        self._draw.polygon([self._at(spot) for spot in spots], fill)

    def text(
        self, spot: Spot, words: str, size: float, colour: Colour, *, bold: bool = False, anchor: Anchor = "ls"
    ) -> None:
        """Words on one line; *anchor* says which point of them lies on the spot (l, m, r; s = baseline, m = middle)."""
        self._draw.text(self._at(spot), plain(words), colour, self._sized(size, bold=bold), anchor)

    def width_of(self, words: str, size: float, *, bold: bool = False) -> float:
        """How wide the words would be."""
        return self._sized(size, bold=bold).getlength(plain(words)) / self._k

    def fitted(self, words: str, size: float, room: float, *, bold: bool = False) -> str:
        """The words, cut short with an ellipsis where they need more room."""
        words = plain(words)
        if self.width_of(words, size, bold=bold) <= room:
            return words
        while words and self.width_of(words + "…", size, bold=bold) > room:
            words = words[:-1]
        return words + "…"

    def _sized(self, size: float, *, bold: bool) -> ImageFont.FreeTypeFont:
        return _font(max(1, round(size * self._k)), bold=bold)

    def png(self) -> bytes:
        """The finished picture."""
        finished = self._image.reduce(self._scale) if self._scale > 1 else self._image
        into = BytesIO()
        finished.save(into, "PNG", compress_level=4)
        return into.getvalue()


def _dashes(start: Spot, end: Spot, on: float, off: float) -> Iterator[tuple[Spot, Spot]]:
    (x0, y0), (x1, y1) = start, end
    length = max(abs(x1 - x0), abs(y1 - y0))
    if not length:
        return
    step_x, step_y = (x1 - x0) / length, (y1 - y0) / length
    gone = 0.0
    while gone < length:
        until = min(gone + on, length)
        yield (x0 + step_x * gone, y0 + step_y * gone), (x0 + step_x * until, y0 + step_y * until)
        gone += on + off
