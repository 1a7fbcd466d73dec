"""Stops that are set are taken, and have no effect: an answer is no evidence of what stands (B4, B9).

The stop that an order was born with is placed all the same. In some of these storms the stream lags by many seconds, so
that frames from before a stop left come after its answer. One storm in thirty takes such a turn, whatever other turns
it has.
"""

import random
from dataclasses import replace

from config.simulation.dice import Die
from config.simulation.retelling import names_of, pathed, some, with_more
from config.simulation.story import OPENED, Does, Happening, Story

_LEVELS = (
    (101, 104.5, 103, 108),
    (104.5, 100.5, 101),
    (98.5, 104.5, 107.5, 105),
    (96, 104.5, 102, 111),
    (104.5, 108, 105, 111, 101),
)
"""Where the price goes: to the first profit, after which the stop moves."""
_LAGS = (3_000, 9_000, 15_000)


def _idle(draw: random.Random, story: Story) -> Story:
    """For seconds, or to the storm's end."""
    story = pathed(draw, story, draw.choice(_LEVELS))
    if draw.random() < 0.3:
        story = replace(story, pace=replace(story.pace, stream=draw.choice(_LAGS)))
    begins, lasts = OPENED + draw.choice((-500, 1_000, 5_000)), draw.choice((3_000, 8_000, 20_000, 90_000))
    found = [Happening(begins, Does.IDLE_STOPS, name, lasts) for name in some(draw, names_of(story))]
    if draw.random() < 0.3:
        moved = OPENED + draw.randint(500, 12_000)
        found += [Happening(moved, Does.MOVE_STOP, name, draw.randint(500, 30_000)) for name in names_of(story)]
    if draw.random() < 0.2:
        found.append(Happening(begins + draw.randint(500, 20_000), Does.KILL, names_of(story)[0], 500))
    return with_more(story, found)


DIE = Die("stops idle", ((1 / 30, _idle),))
