"""One seed in ring B, from beginning to end."""

from collections.abc import Iterator
from contextlib import contextmanager
from logging import CRITICAL

import structlog

from config.simulation.fates import Fates
from config.simulation.live.world import LiveWorld
from config.simulation.storm import Ended, ended, follow
from config.simulation.story import Story


def play(story: Story) -> Ended:
    """Play a story around the real service."""
    with _silence():
        world = LiveWorld(story, Fates(story.seed, story.chances))
        try:
            follow(world)
            world.judge()
        finally:
            world.end()
    return ended(world)


@contextmanager
def _silence() -> Iterator[None]:
    """What went wrong is in a storm's verdict, so nobody needs its log (the engine logs nothing as critical)."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)
