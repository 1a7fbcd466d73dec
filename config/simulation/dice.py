"""Dice by which a storm takes turns: rows of events that belong together, on top of everything else (rel:4.4).

Reading the machine found defects that 100,000 storms had not: each needed three or four things of one kind in a row,
which independent chances hardly ever throw. What storms are taught later gets a die of its own, drawn from its name and
the seed, so that older seeds stay the storms they were.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from config.simulation.story import Story

Turn = Callable[[random.Random, Story], Story]


@dataclass(frozen=True, slots=True)
class Die:
    """Falls on one of its turns, or on none. *turns*: (the share of all seeds that take it, the turn)."""

    name: str
    turns: tuple[tuple[float, Turn], ...]

    def told(self, story: Story) -> Story:
        """The story with the turn that its seed takes; the very same one where it takes none."""
        draw = random.Random(f"{self.name}:{story.seed}")
        thrown, reached = draw.random(), 0.0
        for share, turn in self.turns:
            reached += share
            if thrown < reached:
                return turn(draw, story)
        return story


def any_of(*turns: Turn) -> Turn:
    """One of these, as likely as it stands here often."""
    return lambda draw, story: draw.choice(turns)(draw, story)


def first_of(dice: Iterable[Die], story: Story) -> Story:
    """The story with the turn of the first die that falls on any; those after it are for storms that took none."""
    return next((told for die in dice if (told := die.told(story)) is not story), story)
