"""Storms in which nothing happens: what is wrong in one of them was put there, and a check has to say so."""

from collections.abc import Callable
from dataclasses import replace

from config.simulation.fates import Fates
from config.simulation.storm import SETTLE, conclude
from config.simulation.story import START
from config.simulation.telling import tell
from config.simulation.world import World
from core.account.box import Box
from core.account.state import AccountState
from core.identity import parse_key
from core.plan import ENTRY_PREFIX

TRADED, CLOSED = 3, 18
"""Seeds: a short of two accounts that has taken its first profit, and one that took them all."""


def quiet(seed: int = TRADED) -> World:
    """The storm of a seed without its weather and its people, two minutes after its last price."""
    world = World(replace(tell(seed), happenings=(), chances={}), Fates(seed, {}, {}))
    world.begin()
    world.timeline.run(START + world.story.ends)
    world.fates.over = True
    world.timeline.run(world.timeline.now + SETTLE)
    assert world.watch.breaches == []
    return world


def ended() -> World:
    """A storm to its end, and nothing wrong."""
    world = quiet(CLOSED)
    conclude(world)
    assert world.watch.breaches == []
    return world


def state(world: World, name: str = "main") -> AccountState:
    """What an account believes."""
    return world.process.nodes[name].machine.state


def box(world: World, name: str = "main") -> Box:
    """Its one trade."""
    (only,) = state(world, name).boxes.values()
    return only


def entry_key(world: World, name: str = "main") -> str:
    """The key of the first entry that the venue was sent."""
    keys = filter(None, map(parse_key, world.venue.state.accounts[name].links))
    return next(key.text for key in keys if key.role.startswith(ENTRY_PREFIX))


def said(world: World, check: Callable[[World], None]) -> set[tuple[str, str]]:
    """(invariant, account) of all that is found by a look."""
    check(world)
    return {(each.invariant, each.account) for each in world.watch.breaches}
