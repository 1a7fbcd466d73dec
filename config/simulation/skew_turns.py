"""The venue's clock and ours differ by up to 2 s, by more or less later, and adapters are wrong about by how much.

A venue that runs ahead dates its facts later than a machine's own time, one that is behind earlier; what an adapter
measured may be minutes old. One storm in twenty takes such a turn, whatever other turns it has.
"""

import random
from dataclasses import replace

from config.simulation.dice import Die
from config.simulation.retelling import names_of, some, with_more
from config.simulation.story import OPENED, Apart, Does, Happening, Story

_AHEAD = (-2_000, -1_000, -300, -80, 80, 300, 1_000, 2_000)
_WRONG = (0, 0, -500, -200, -50, 50, 200, 500)
"""By how much an adapter's measure may be off: half of a round trip that took longer one way."""
_STEP = 1_000
_DEEDS = (
    Does.USER_STOP, Does.USER_TARGET, Does.USER_CANCEL, Does.USER_CLOSE, Does.USER_LEVERAGE, Does.FUNDING,
    Does.MOVE_STOP, Does.OPERATOR, Does.STREAM_DOWN, Does.BEHIND, Does.UNLISTED, Does.KILL,
)  # fmt: skip
"""What is told with a time, by one clock or the other."""


def _skewed(draw: random.Random, story: Story) -> Story:
    """They differ from the beginning; often by more or less later, of which adapters learn later still, or never."""
    ahead = draw.choice(_AHEAD)
    rows = [Apart(0, ahead, ahead + draw.choice(_WRONG))]
    if draw.random() < 0.6:
        at = draw.randint(0, story.ends)
        ahead += draw.randint(-_STEP, _STEP)
        rows.append(Apart(at, ahead, rows[0].believed))
        if draw.random() < 0.5:
            rows.append(Apart(at + draw.choice((200, 3_000, 20_000)), ahead, ahead + draw.choice(_WRONG)))
    story, found = replace(story, apart=tuple(rows)), []
    for name in some(draw, names_of(story)):
        at = OPENED + draw.randint(0, 6_000)
        for _ in range(draw.choice((0, 1, 2, 3))):
            found.append(Happening(at, draw.choice(_DEEDS), name, draw.randint(500, 15_000)))
            at += draw.choice((50, 300, 1_000, 3_000, 20_000))
    return with_more(story, found)


DIE = Die("skewed", ((0.05, _skewed),))
