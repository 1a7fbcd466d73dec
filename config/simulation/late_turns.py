"""Turns in which something comes too late: an execution after its order's end, an answer after the next question.

On top of whatever other turn a storm takes.
"""

import random
from dataclasses import replace
from decimal import Decimal

from config.simulation.dice import Die
from config.simulation.retelling import limited, mirrored, names_of, pathed, ruled, some, with_more
from config.simulation.story import OPENED, Does, Happening, Story

_CLOSE, _CANCEL, _USER_CANCEL = 500, 504, 501
"""Numbers that choose the operator's act (`acts`), and that the user cancels two orders at once (`world`)."""
_FAR = (2, 3, 4, 5, 6)
"""Numbers that put a stop well away from the market (`acts`)."""


def _ghosts(draw: random.Random, story: Story) -> Story:
    """Entries that were ended unfilled execute after all: at once, later, or while the process is dead (rel:F31).

    They are ended by an operator, by the user or by the close; the answers may get lost, the process may die, and
    meanwhile somebody may have asked for a trade the other way (A8).
    """
    story = ruled(limited(story), entry_ttl=None)
    names, found = names_of(story), []
    at = OPENED + draw.randint(1_000, 6_000)
    ends = draw.choice((_CANCEL, _CANCEL, _CLOSE, _USER_CANCEL))
    what = Does.USER_CANCEL if ends == _USER_CANCEL else Does.OPERATOR
    touched = names if draw.random() < 0.6 else some(draw, names)
    mute = draw.choice((0, 0, 3_000, 9_000))
    kill = draw.choice((0, 0, 100, 500, 1_500, 4_000))
    turns = draw.choice((0, 0, 4_000, 12_000))
    for name in touched:
        if mute:
            found.append(Happening(at - 50, Does.MUTE, name, mute))
        found += [Happening(at + 10 * each, what, name, ends) for each in range(2 if ends == _USER_CANCEL else 1)]
        for _ in range(draw.choice((1, 1, 2))):
            late = draw.choice((300, 700, 1_500, 4_000, 15_000, 40_000))
            found.append(Happening(at + late + draw.randint(0, 500), Does.GHOST, name, draw.randint(500, 30_000)))
    if kill:
        found.append(Happening(at + kill, Does.KILL, names[0], 500))
    if turns:
        story = replace(story, hedge=False)
        found.append(Happening(at + turns, Does.OPPOSITE, names[0], draw.randint(500, 30_000)))
    paths = ((100, 100.5) * 6, (101, 100, 102) * 4, (100, 98.5, 100, 101, 101, 101), (100,) * 6)
    return with_more(pathed(draw, story, draw.choice(paths)), found)


def _overtaken(draw: random.Random, story: Story) -> Story:
    """A stop is moved close to the market, which passes it on the way there, or hits TP1; and is moved again."""
    story = ruled(story, time_limit=None, cancel_limits_on_tp1=True)
    story = replace(story, pace=replace(story.pace, road=draw.choice((40, 300, 300))))
    names, at, found, path = names_of(story), OPENED + draw.randint(1_500, 5_000), [], [story.prices[0]]
    for _ in range(draw.randint(2, 4)):
        top = Decimal(draw.choice(("100.5", "102", "104.5")))
        falls = Decimal(draw.choice(("0.3", "0.8", "1.5")))
        path += [(at, mirrored(story, top), False), (at + 1_500, mirrored(story, top), False)]
        moved = at + 1_500 + draw.choice((-20, 100, 100, 100))
        name = draw.choice(names)
        found.append(Happening(moved, Does.MOVE_STOP, name, 7 * draw.randint(100, 4_000) + draw.choice((0, 0, 1))))
        path.append((moved + draw.choice((5, 20, 60, 150)), mirrored(story, top - falls), False))
        if draw.random() < 0.8:
            again = 7 * draw.randint(100, 4_000) + draw.choice(_FAR)
            found.append(Happening(moved + draw.choice((30, 80, 150, 250, 400)), Does.MOVE_STOP, name, again))
        at = moved + draw.choice((2_000, 8_000, 70_000))
    path.append((at + 4_000, Decimal(100), False))
    return with_more(replace(story, prices=tuple(path)), found)


DIE = Die("late", ((0.06, _ghosts), (0.04, _overtaken)))
