"""Somebody moves a stop in the exchange's app, to and fro, or takes it away, while operators move it too (A11, B14).

One storm in thirty takes such a turn, half of them without faults: where those are, nothing says for a minute whose a
stop is. The same price comes back, as where somebody undoes what Tandem or he himself did.
"""

import random
from dataclasses import replace

from config.simulation.dice import Die
from config.simulation.retelling import names_of, some, with_more
from config.simulation.story import BY_SIZE, OPENED, Does, Happening, Story

_GAPS = (50, 700, 3_000, 9_000, 65_000, 65_000)


def _touched(draw: random.Random, story: Story) -> Story:
    if draw.random() < 0.5:
        story = replace(story, chances=dict.fromkeys(story.chances, 0), happenings=())
    found = []
    for name in some(draw, names_of(story)):
        at, prices = OPENED + draw.randint(500, 9_000), [BY_SIZE + draw.randint(1, 30_000) for _ in range(2)]
        for _ in range(draw.randint(2, 5)):
            if draw.random() < 0.3:
                found.append(Happening(at, Does.MOVE_STOP, name, draw.randint(500, 30_000)))
            else:
                found.append(Happening(at, Does.USER_STOP, name, draw.choice(prices)))
            at += draw.choice(_GAPS)
    return with_more(story, found)


DIE = Die("stops", ((0.03, _touched),))
