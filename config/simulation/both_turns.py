"""Both sides of a symbol held at once, each by a trade of its own, as hedge mode lets it (A5, A8).

Whatever befalls the one must not touch the other: hits, stops, hands, operators' acts, late fills, a dead process. One
storm in twenty takes such a turn, whatever other turns it has.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from config.simulation.dice import Die
from config.simulation.retelling import asked, names_of, pathed, some, with_more
from config.simulation.story import OPENED, Does, Happening, Story

Row = Callable[[random.Random, Story, str, int], Iterator[Happening]]

_WHEN = (-500, 0, 10, 200, 1_500, 5_000, 15_000)
"""When the other trade is asked for, after the story's own."""
_LEVELS = (
    (101, 98.5, 101, 98.5),
    (104.5, 101, 95.5, 99),
    (95.5, 104.5, 99),
    (103, 108.5, 112.5, 106),
    (97, 92.5, 89, 95),
    (98.5, 96.5, 101, 104.5, 111),
    (100,) * 8,
)
"""Where the price goes: to the profits of one side, which are the losses of the other."""
_DEEDS = (
    Does.OPERATOR, Does.OPERATOR, Does.MOVE_STOP, Does.REDUCE, Does.USER_CLOSE, Does.USER_CANCEL, Does.USER_STOP,
    Does.USER_ORDER, Does.USER_TARGET, Does.DELEVERAGE, Does.LIQUIDATE, Does.FUNDING, Does.MERGE,
)  # fmt: skip
_CLOSE, _CANCEL = 500, 504
"""Numbers that choose the operator's act (`acts`)."""


def _number(draw: random.Random) -> int:
    return draw.randint(500, 30_000)


def _both(draw: random.Random, story: Story) -> Story:
    """Somebody asks for the other side too; something befalls one of the trades, or each, and another may follow."""
    story = replace(story, hedge=True)
    if draw.random() < 0.7:
        story = asked(story, draw.choice(((None,), (None, 98, 95), (None, 97))))
        story = replace(story, accounts=tuple((name, Decimal(10_000)) for name, _ in story.accounts))
    story = pathed(draw, story, draw.choice(_LEVELS)) if draw.random() < 0.6 else story
    names, at = names_of(story), max(OPENED + draw.choice(_WHEN), 0)
    found = [Happening(at, Does.OPPOSITE, names[0], _number(draw))]
    row = draw.choice(_ROWS)
    for name in some(draw, names):
        found += row(draw, story, name, at)
    if draw.random() < 0.3:
        found.append(Happening(at + draw.choice((10, 500, 4_000, 9_000)), Does.KILL, names[0], 500))
    if draw.random() < 0.25:
        found.append(Happening(at + draw.randint(1_000, 30_000), Does.OPPOSITE, names[0], _number(draw)))
    return with_more(story, found)


def _deeds(draw: random.Random, _: Story, name: str, at: int) -> Iterator[Happening]:
    """What people and the venue do to either side."""
    for _again in range(draw.randint(1, 3)):
        at += draw.choice((20, 300, 2_000, 8_000))
        yield Happening(at, draw.choice(_DEEDS), name, _number(draw), other=draw.random() < 0.6)


def _ghosts(draw: random.Random, _: Story, name: str, at: int) -> Iterator[Happening]:
    """Entries of either side are ended, and execute after all."""
    at += draw.choice((500, 2_000, 5_000))
    yield Happening(at, Does.OPERATOR, name, draw.choice((_CLOSE, _CANCEL, _CANCEL)), other=draw.random() < 0.6)
    for _again in range(draw.randint(1, 2)):
        yield Happening(at + draw.choice((300, 1_500, 6_000, 30_000)), Does.GHOST, name, _number(draw))


def _weather(draw: random.Random, _: Story, name: str, at: int) -> Iterator[Happening]:
    """A thin market fills a part of each, and what is told of it comes late or never."""
    window = draw.choice((Does.UNLISTED, Does.STREAM_DOWN, Does.OFFLINE, Does.MUTE, Does.BEHIND))
    yield Happening(max(at - 100, 0), Does.THIN, name, _number(draw))
    yield Happening(at + draw.choice((50, 800, 4_000)), window, name, draw.choice((1_500, 6_000, 14_000)))


def _nothing(_draw: random.Random, _story: Story, _name: str, _at: int) -> Iterator[Happening]:
    """Nothing but what the storm has anyway."""
    yield from ()


_ROWS: tuple[Row, ...] = (_deeds, _deeds, _deeds, _ghosts, _weather, _nothing)

DIE = Die("slots", ((0.05, _both),))
