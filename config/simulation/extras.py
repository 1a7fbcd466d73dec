"""Rows of events for storms that take no other turn, by a die of their own: older seeds keep theirs."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from config.simulation.story import OPENED, Does, Happening, Story
from core.words import Side

OFTEN = 0.3

_LEVELS = ((98.5, 96.5), (98.5, 101), (96, 101, 104.5), (104.5,), (104.5, 108), (98, 104.5))
"""Where the price of a long from 100 goes, mirrored for a short: past entries and targets."""

Extra = Callable[[random.Random, Story], Story]


def furthered(story: Story) -> Story:
    """The story with what its seed adds to it, if anything."""
    draw = random.Random(f"gap:{story.seed}")
    return draw.choice(_EXTRAS)(draw, story) if draw.random() < OFTEN else story


def _behind(draw: random.Random, story: Story) -> Story:
    """The stream is down while entries or targets fill, and the lists show what was before it for a while after that.

    Then the price stands still: nothing else that happens gives away what was missed.
    """
    sign = 1 if story.request.side is Side.LONG else -1
    at, path, moves = OPENED + draw.randint(3_000, 6_000), [story.prices[0]], []
    for level in draw.choice(_LEVELS):
        moves.append(at)
        path.append((at, Decimal(100) + (Decimal(str(level)) - 100) * sign, False))
        at += draw.choice((5_000, 9_000))
    path.append((moves[-1] + 60_000, path[-1][1], False))
    gap, down = draw.choice(moves) - 300, draw.choice((600, 1_500, 4_000))
    name, stale = draw.choice(_names(story)), down + draw.choice((5_000, 9_000, 14_000))
    found = [Happening(gap, Does.BEHIND, name, stale), Happening(gap, Does.STREAM_DOWN, name, down)]
    return _with(replace(story, prices=tuple(path)), found)


def _taken_over(draw: random.Random, story: Story) -> Story:
    """The user holds something that grows or shrinks, and an operator takes it over before a look has shown it."""
    name, at = draw.choice(_names(story)), draw.randint(100, 1_000)
    size = draw.randint(500, 30_000)
    found = [Happening(at, Does.USER_ORDER, name, size)]
    for _ in range(draw.randint(1, 2)):
        at += draw.choice((200, 700))
        found.append(Happening(at, draw.choice((Does.DELEVERAGE, Does.USER_ORDER)), name, draw.randint(500, 30_000)))
    return _with(story, [*found, Happening(at + draw.choice((200, 900)), Does.ADOPT, name, draw.randint(500, 30_000))])


_EXTRAS: tuple[Extra, ...] = (_behind, _behind, _taken_over)


def _names(story: Story) -> tuple[str, ...]:
    return tuple(name for name, _ in story.accounts)


def _with(story: Story, more: Iterable[Happening]) -> Story:
    return replace(story, happenings=tuple(sorted((*story.happenings, *more), key=lambda each: each.at)))
