"""One seed from beginning to end: the storm, the calm after it, a look at everything, and the way to flat."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from config.simulation.fates import Fates, Kind, Struck
from config.simulation.scene import Breach
from config.simulation.sent import Spinning
from config.simulation.story import START, SYMBOL, Story
from config.simulation.timeline import StandsStill
from config.simulation.verdict import at_rest, over
from config.simulation.world import World
from core.account.state import Timings
from core.money import floor_to
from core.words import Side

FAR = 45
"""How far the price goes to end every trade: past any level that somebody may have moved."""
WAY, STRIDE = 12, 3_000
"""Steps of the price to where every trade ends, and milliseconds between them."""
SETTLE = 120_000
"""Milliseconds of venue time in which everything must hold again once the faults have stopped (DESIGN 5.9)."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of one storm. *milliseconds* of venue time; *digest* hashes everything that was stored."""

    seed: int
    breaches: tuple[Breach, ...]
    crashes: int
    milliseconds: int
    sometimes: Counter[str]
    digest: str
    struck: Struck
    decisions: int


def play(story: Story, only: Mapping[int, Kind] | None = None) -> Ended:
    """Play a story; *only* names the faults that strike, by decision, instead of drawing them."""
    world = World(story, Fates(story.seed, story.chances, only))
    follow(world)
    return ended(world)


def ended(world: World) -> Ended:
    """What came of a world whose story was followed."""
    return Ended(
        world.story.seed,
        tuple(world.watch.breaches),
        world.crashes,
        world.timeline.now - START,
        world.sights.seen,
        world.disk.digest,
        world.fates.struck,
        world.fates.number,
    )


def follow(world: World) -> None:
    """Let a world's story happen: storm, calm, a look with the trade still on, the way to flat, a last look."""
    try:
        with suppress(Spinning):  # it was noted
            _follow(world)
    except StandsStill as still:
        world.watch.breach("C4", "", str(still))


def _follow(world: World) -> None:
    world.begin()
    world.timeline.run(START + world.story.ends)
    conclude(world)


def conclude(world: World) -> None:
    """No more faults; two quiet minutes, a look with the trade still on, the way to flat, a last look."""
    _heal(world)
    _settle(world)
    at_rest(world)
    _finish(world)
    over(world)


def _settle(world: World) -> None:
    """Two minutes in which nothing happens, and looks are as rare as in production.

    To look every 1.5 s at what stands still was two thirds of what such a storm cost, and would mend what a user's
    service leaves wrong for a minute.
    """
    world.audit_every(Timings().audit)
    world.timeline.run(world.timeline.now + SETTLE)


def _heal(world: World) -> None:
    """No more faults from now on; what they broke is up again."""
    world.fates.over = True
    world.disk.full_until = 0
    world.weather.thick()
    for road in world.roads.values():
        road.offline_until = road.busy_until = road.lost_until = road.mute_until = road.idle_until = 0
        road.rationed = (0, 0)
        road.silent, road.unlisted, road.behind = False, (0, 0), (0, None)


def _finish(world: World) -> None:
    """The price goes where every trade ends: past the last take-profit, or past the stop."""
    sign = 1 if world.story.request.side is Side.LONG else -1
    goal = Decimal(100 + sign * (FAR if world.story.seed % 2 else -FAR))
    tick = world.story.instrument.tick
    world.audit_every(world.story.audit)
    for _ in range(WAY):
        price = world.venue.state.last[SYMBOL]
        world.move_price(floor_to(price + (goal - price) / 3, tick), jumps=False)
        world.timeline.run(world.timeline.now + STRIDE)
    world.move_price(goal, jumps=False)
    _settle(world)
