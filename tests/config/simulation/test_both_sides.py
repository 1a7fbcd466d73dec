"""Both sides of a symbol held at once, in hedge mode: every check and every deed is of one slot (A5, A8)."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from config.simulation.fates import Fates
from config.simulation.process import LEADER
from config.simulation.retelling import asked
from config.simulation.storm import SETTLE
from config.simulation.story import OPENED, START, SYMBOL, Does, Happening
from config.simulation.telling import tell
from config.simulation.world import World
from core.account.box import Box
from plugins.exchanges.paper.venue.account import Position
from tests.config.simulation.quiet import TRADED, said, state

BESIDE = Happening(OPENED + 1_000, Does.OPPOSITE, LEADER, 529)
LATER, MINUTE = 30_000, 60_000
LONG, SHORT = 1, 2


def both() -> World:
    """A short of the story's and a long beside it, entered at market minutes ago; the price stood still."""
    story = asked(replace(tell(TRADED, calm=True), hedge=True, happenings=(BESIDE,)), (None,))
    world = World(replace(story, prices=(story.prices[0], (MINUTE, Decimal(100), False))), Fates(TRADED, {}, {}))
    world.begin()
    world.timeline.run(START + MINUTE + SETTLE)
    assert world.watch.breaches == []
    return world


def held(world: World, place: int) -> Position:
    """What main holds there."""
    return world.venue.state.accounts[LEADER].positions[SYMBOL, place]


def of(world: World, place: int) -> Box:
    """The trade that has it."""
    return next(box for box in state(world).boxes.values() if box.trade.plan.slot.index == place)


def _no_stop(world: World, place: int) -> None:
    held(world, place).stop = None


def _another_stop(world: World, place: int) -> None:
    stop = held(world, place).stop
    assert stop is not None
    held(world, place).stop = stop + 1


def _no_target(world: World, place: int) -> None:
    orders = world.venue.state.accounts[LEADER].by_symbol[SYMBOL]
    del orders[next(key for key, order in orders.items() if "-TP" in order.link and order.index == place)]


def _turned(world: World, place: int) -> None:
    held(world, place).size *= -1


@pytest.mark.parametrize("place", [LONG, SHORT])
@pytest.mark.parametrize(
    ("invariant", "breaks"), [("I3", _no_stop), ("I1", _another_stop), ("I2", _no_target), ("I5", _turned)]
)
def test_what_is_wrong_on_either_side_is_seen(invariant: str, breaks: Callable[[World, int], None], place: int) -> None:
    """rel:I1, rel:I2, rel:I3, rel:I5: the checks of every moment look at both slots."""
    world = both()
    breaks(world, place)

    found = said(world, lambda world: world.timeline.run(world.timeline.now + LATER))

    assert (invariant, LEADER) in found


def _position(world: World, place: int) -> Decimal:
    return held(world, place).size


def _stands(world: World, place: int) -> Decimal | None:
    return held(world, place).stop


@pytest.mark.parametrize(
    ("deed", "number", "touched"),
    [(Does.DELEVERAGE, 501, _position), (Does.OPERATOR, 500, _position), (Does.MOVE_STOP, 7 * 90 + 5, _stands)],
)
@pytest.mark.parametrize(("other", "place"), [(False, SHORT), (True, LONG)])
def test_what_befalls_one_side_leaves_the_other_as_it_is(
    deed: Does, number: int, touched: Callable[[World, int], object], other: bool, place: int
) -> None:
    """A8, B14: what is taken of it, an operator's close or his stop: it is done on the side that the storm names."""
    world = both()
    before = {each: touched(world, each) for each in (LONG, SHORT)}

    world.happen(Happening(MINUTE, deed, LEADER, number, other))
    world.timeline.run(world.timeline.now + LATER)

    after = {each: touched(world, each) for each in (LONG, SHORT)}
    assert [each for each in (LONG, SHORT) if after[each] != before[each]] == [place]
    assert world.watch.breaches == []
