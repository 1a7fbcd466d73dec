"""Turns in which the venue's lists don't show what happened yet: a gap in the stream, a position that just changed.

For storms that take no turn of `turns` and `held_turns`.
"""

import random
from dataclasses import replace

from config.simulation.dice import Die, any_of
from config.simulation.retelling import mirrored, names_of, with_more
from config.simulation.story import OPENED, Does, Happening, Story

_LEVELS = ((98.5, 96.5), (98.5, 101), (96, 101, 104.5), (104.5,), (104.5, 108), (98, 104.5))
"""Where the price goes: past entries and targets."""


def _behind(draw: random.Random, story: Story) -> Story:
    """The stream is down while entries or targets fill, and the lists show what was before it for a while after that.

    Then the price stands still: nothing else that happens gives away what was missed.
    """
    at, path, moves = OPENED + draw.randint(3_000, 6_000), [story.prices[0]], []
    for level in draw.choice(_LEVELS):
        moves.append(at)
        path.append((at, mirrored(story, level), False))
        at += draw.choice((5_000, 9_000))
    path.append((moves[-1] + 60_000, path[-1][1], False))
    gap, down = draw.choice(moves) - 300, draw.choice((600, 1_500, 4_000))
    name, stale = draw.choice(names_of(story)), down + draw.choice((5_000, 9_000, 14_000))
    found = [Happening(gap, Does.BEHIND, name, stale), Happening(gap, Does.STREAM_DOWN, name, down)]
    return with_more(replace(story, prices=tuple(path)), found)


def _taken_over(draw: random.Random, story: Story) -> Story:
    """The user holds something that grows or shrinks, and an operator takes it over before a look has shown it."""
    name, at = draw.choice(names_of(story)), draw.randint(100, 1_000)
    size = draw.randint(500, 30_000)
    found = [Happening(at, Does.USER_ORDER, name, size)]
    for _ in range(draw.randint(1, 2)):
        at += draw.choice((200, 700))
        found.append(Happening(at, draw.choice((Does.DELEVERAGE, Does.USER_ORDER)), name, draw.randint(500, 30_000)))
    found.append(Happening(at + draw.choice((200, 900)), Does.ADOPT, name, draw.randint(500, 30_000)))
    return with_more(story, found)


DIE = Die("gap", ((0.3, any_of(_behind, _behind, _taken_over)),))
