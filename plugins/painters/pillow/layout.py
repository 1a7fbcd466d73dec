"""Where things go: prices and times to places, labels side by side without touching, round numbers for axes.

Pure numbers, no drawing: what is decided here can be tested without looking.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHARE_OF_CANDLES = 8
"""The candles keep at least so much of the height (1/8); levels farther away than that lets are pinned to the edge."""
ENOUGH_BARS = 24
MARGIN = 0.05
MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to places: *low* lies at *start*, *high* at *end*."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value, inside or outside."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Whether the value lies inside."""
        return self.low <= value <= self.high

    def nearest(self, value: float) -> float:
        """The place of a value, on the edge when it lies outside."""
        return self.at(min(max(value, self.low), self.high))


def visible(
    candles: Sequence[float], levels: Iterable[float], always: Iterable[float] = (), bars: int = 0
) -> tuple[float, float]:
    """The range to show: all that the *candles* and *always* hold, and the levels, nearest first, while candles last.

    Few *bars* are no measure: the fewer, the more levels they let in; without any, all. Never empty, whatever is given.
    """
    wanted = sorted(levels)
    known = [*candles, *always] or wanted or [1.0]
    low, high = min(known), max(known)
    height = (max(candles) - min(candles)) * SHARE_OF_CANDLES if candles else 0.0
    most = height * max(1.0, ENOUGH_BARS / max(bars, 1)) or math.inf
    for level in sorted(wanted, key=lambda each: max(low - each, each - high)):
        if max(high, level) - min(low, level) <= most:
            low, high = min(low, level), max(high, level)
    return padded(low, high)


def padded(low: float, high: float) -> tuple[float, float]:
    """The range with some air around it, and some height even for a single value."""
    air = (high - low) * MARGIN or abs(high) * MARGIN or 1.0
    return low - air, high + air


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Middles for labels *gap* high, as near as can be to where they are wanted, none touching another.

    Keeps the order of *wanted*, which must be sorted. All lie between *low* and *high* as far as there is room;
    without enough, they are as close as the room lets them be.
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / len(wanted))
    blocks: list[list[float]] = []  # how many labels, sum of where each would put the first of its block
    first, last = low + gap / 2, high - gap / 2
    for place in wanted:
        blocks.append([1, place])
        while len(blocks) > 1 and _end(blocks[-2], gap, first, last) > _start(blocks[-1], gap, first, last):
            count, total = blocks.pop()
            before = blocks[-1]
            before[1] += total - count * before[0] * gap
            before[0] += count
    return [_start(block, gap, first, last) + number * gap for block in blocks for number in range(round(block[0]))]


def _start(block: Sequence[float], gap: float, first: float, last: float) -> float:
    count, total = block
    return min(max(total / count, first), last - (count - 1) * gap)


def _end(block: Sequence[float], gap: float, first: float, last: float) -> float:
    return _start(block, gap, first, last) + block[0] * gap


def round_steps(low: float, high: float, most: int) -> list[float]:
    """At most *most* round numbers (1, 2 or 5 times a power of ten apart) from *low* to *high*."""
    span = high - low
    if span <= 0 or most < 1:
        return []
    step = 10.0 ** math.floor(math.log10(span / most))
    while math.floor(high / step) - math.ceil(low / step) + 1 > most:
        step *= 2.5 if f"{step:e}".startswith("2") else 2
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


SPANS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 7200, 14400, 43200, 129600, 525600)
"""Minutes that times on an axis may lie apart."""


def time_steps(since: int, until: int, most: int) -> tuple[list[int], int]:
    """At most *most* round times from *since* to *until*, and how many minutes lie between two."""
    for minutes in SPANS:
        step = minutes * MINUTE
        times = list(range(-(-since // step) * step, until + 1, step))
        if len(times) <= most:
            return times, minutes
    return [], SPANS[-1]
