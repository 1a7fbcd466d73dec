"""The column of price tags at the right: a name and an exact price each, spread so that none touches another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.charts import Level, LevelKind
from core.money_text import price_text
from core.view import Mark
from plugins.painters.pillow.canvas import Canvas
from plugins.painters.pillow.layout import Scale, spread
from plugins.painters.pillow.palette import Colour, Palette

SIZE = 26.0
GAP = 40.0
TIGHTEST = 30.0
"""Tags closer than this could not be read any more: what matters least is left out, and said to be."""
_FIRST = (LevelKind.STOP, LevelKind.LAST, LevelKind.AVERAGE, LevelKind.BREAKEVEN, LevelKind.TARGET, LevelKind.ENTRY)


@dataclass(frozen=True, slots=True)
class Tag:
    """A level's tag. *y* is its middle, *from_y* where its price lies in the picture; *beyond*: outside of it."""

    level: Level
    y: float
    from_y: float
    beyond: int
    height: float
    price: str

    @property
    def name(self) -> str:
        """What stands on its left: the level's name with what became of it."""
        arrow = {1: "▲ ", -1: "▼ ", 0: ""}[self.beyond]
        return f"{arrow}{self.level.name}{' ✓' if self.level.done else ''}"


def price_texts(levels: Sequence[Level]) -> list[str]:
    """Each price to its last digit, all with as many decimals as the finest of the orders has: they stand in line."""
    found = [price_text(level.price) for level in levels]
    ordered = [words for level, words in zip(levels, found, strict=True) if level.kind is not LevelKind.AVERAGE]
    places = max((_places(words) for words in ordered), default=0)
    return [_filled(words, places) for words in found]


def _places(words: str) -> int:
    return len(words.partition(".")[2])


def _filled(words: str, places: int) -> str:
    if _places(words) >= places:
        return words
    whole, _, rest = words.partition(".")
    return f"{whole}.{rest.ljust(places, '0')}"


def tags_of(levels: Iterable[Level], prices: Scale, top: float, bottom: float) -> tuple[list[Tag], int]:
    """The tags from top to bottom, and how many levels found no room (those that matter least)."""
    ranked = sorted(levels, key=lambda level: _FIRST.index(level.kind))
    kept = ranked[: max(1, int((bottom - top) // TIGHTEST))]
    kept.sort(key=lambda level: (-level.price, _FIRST.index(level.kind)))
    wanted = [prices.nearest(float(level.price)) for level in kept]
    gap = min(GAP, (bottom - top) / max(len(kept), 1))
    placed = spread(wanted, gap, top, bottom)
    return [
        Tag(level, y, from_y, _beyond(prices, float(level.price)), gap - 5, words)
        for level, y, from_y, words in zip(kept, placed, wanted, price_texts(kept), strict=True)
    ], len(ranked) - len(kept)


def _beyond(prices: Scale, price: float) -> int:
    return 0 if prices.holds(price) else 1 if price > prices.high else -1


def colour_of(level: Level, palette: Palette) -> Colour:
    """What a level is drawn in; an order that came to nothing is grey."""
    if level.mark in (Mark.CANCELLED, Mark.FAILED):
        return palette.muted
    return {
        LevelKind.ENTRY: palette.entry,
        LevelKind.TARGET: palette.gain,
        LevelKind.STOP: palette.loss,
        LevelKind.AVERAGE: palette.average,
        LevelKind.BREAKEVEN: palette.breakeven,
        LevelKind.LAST: palette.ink,
    }[level.kind]


def column_width(canvas: Canvas, levels: Sequence[Level]) -> float:
    """How wide the column must be for the longest name and price."""
    names = [canvas.width_of(f"▲ {level.name} ✓", SIZE, bold=True) for level in levels]
    prices = [canvas.width_of(words, SIZE, bold=True) for words in price_texts(levels)]
    return max(names, default=90.0) * 0.9 + max(prices, default=90.0) + 36


def paint_tag(canvas: Canvas, tag: Tag, edge: float, left: float, right: float, palette: Palette) -> None:
    """A tag between *left* and *right*, led to from the picture's *edge*."""
    colour = colour_of(tag.level, palette)
    top, bottom = tag.y - tag.height / 2, tag.y + tag.height / 2
    if not tag.beyond:
        canvas.line(((edge, tag.from_y), (left, tag.y)), palette.faint(colour, 0.7), 2)
    solid = tag.level.kind in (LevelKind.STOP, LevelKind.LAST) or tag.level.mark is Mark.FILLED
    canvas.box(
        (left, top),
        (right, bottom),
        colour if solid else palette.faint(colour, 0.12),
        radius=7,
        edge=colour if solid else palette.faint(colour, 0.6),
    )
    ink = palette.on_colour if solid else colour
    size = min(SIZE, tag.height * 0.8)
    canvas.text((left + 11, tag.y), tag.name, size, ink, bold=True, anchor="lm")
    canvas.text((right - 11, tag.y), tag.price, size, ink, bold=True, anchor="rm")
