"""One mishap at a time, everywhere: what storms meet by luck only, tried at every place where it can happen.

Every request, frame and look of a scenario goes wrong once, in each way there is; and after every crash the first looks
show what was before it. What must hold at every moment holds in each of these runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from config.simulation.fates import Fates, Kind
from config.simulation.storm import follow
from config.simulation.story import Story
from config.simulation.sweep import Swept
from config.simulation.world import World

OFTEN = 10_000
"""Milliseconds between two looks where old ones are shown again: else there is none that is young enough."""
AFTER = 12
"""Decisions after a crash among which every look is out of date: the first two looks of each account."""


def mishaps(story: Story, *, every: int = 1) -> Swept:
    """Play the story as it is, and once for each mishap, or for each *every*th."""
    often = replace(story, audit=OFTEN)
    calm: Mapping[int, Kind] = {}
    runs = [
        (story, calm),
        *((story, plan) for plan in _single(story)),
        *((often, plan) for plan in _after_crashes(often)),
    ]
    played = [(plan, _played(told, plan)) for told, plan in islice(runs, 0, None, every)]
    breaches = tuple((plan, each) for plan, world in played for each in world.watch.breaches)
    return Swept(len(played), len(runs), breaches)


def _played(story: Story, plan: Mapping[int, Kind]) -> World:
    world = World(story, Fates(story.seed, {}, plan))
    follow(world)
    return world


def _single(story: Story) -> Iterator[Mapping[int, Kind]]:
    for number, kinds in _played(story, {}).fates.asked:
        for kind in kinds:
            yield {number: kind}


def _after_crashes(story: Story) -> Iterator[Mapping[int, Kind]]:
    for point, ways in _played(story, {}).fates.points.items():
        for way in ways:
            yield {point: way, **dict.fromkeys(range(point + 1, point + AFTER), Kind.STALE_LOOK)}
