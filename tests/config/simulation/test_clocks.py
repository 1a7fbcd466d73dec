"""Storms in which the venue's clock and ours differ: each fact is dated by its own (rel:F05, rel:F48)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from config.simulation.clocks import Clocks
from config.simulation.fates import Fates
from config.simulation.retelling import asked
from config.simulation.story import OPENED, START, SYMBOL, Apart
from config.simulation.telling import tell
from config.simulation.world import World
from core.account.effects import CutKind
from core.commands import Done, Outcome, SetLeverage
from core.facts import Cut, LeverageIs
from tests.config.simulation.quiet import TRADED, box, state

LATER = 60_000


def apart(ahead: int, believed: int) -> World:
    """A trade entered at market a minute ago, at a venue whose clock is so much ahead, and believed to be so much."""
    story = asked(replace(tell(TRADED, calm=True), apart=(Apart(0, ahead, believed),)), (None,))
    world = World(replace(story, prices=(story.prices[0], (LATER, Decimal(100), False))), Fates(TRADED, {}, {}))
    world.begin()
    world.timeline.run(START + LATER)
    assert world.watch.breaches == []
    return world


@pytest.mark.parametrize(("ahead", "believed"), [(2_000, 1_500), (-2_000, -1_500)])
def test_each_thing_is_dated_by_its_own_clock(ahead: int, believed: int) -> None:
    """rel:F48: executions are dated by the venue's clock, plans and looks by what an adapter believes of it."""
    world = apart(ahead, believed)
    looks: list[Cut] = []
    world.roads["main"].looks.look(0, CutKind.FULL, lambda cut: looks.append(cut) if cut else None)
    world.timeline.run(START + LATER + 1_000)

    plan, first = box(world).trade.plan, box(world).trade.ledger.first_at
    assert plan.at == START + OPENED + believed
    assert first is not None
    assert 0 <= first - (START + OPENED + ahead) < 500
    assert looks[0].asked == START + LATER + believed
    assert looks[0].positions[0].at == looks[0].at < START + LATER + believed + 500
    assert state(world).now <= world.timeline.now == START + LATER + 1_000


def test_a_leverage_that_was_taken_is_dated_by_the_venues_clock() -> None:
    """B4, rel:F20: as adapters answer: by ours, 2 s ahead, what a user changed within those counted as older."""
    world = apart(-2_000, -1_900)
    answers: list[tuple[Outcome, ...]] = []
    world.roads["main"].requests.send((SetLeverage(SYMBOL, Decimal(7)),), lambda _, outcomes: answers.append(outcomes))
    world.timeline.run(START + LATER + 1_000)

    ((answer,),) = answers
    assert isinstance(answer, Done)
    (fact,) = answer.facts
    assert isinstance(fact, LeverageIs)
    assert 0 < fact.at - (START + LATER - 1_900) <= 2 * world.story.pace.road


def test_a_venue_that_puts_its_clock_back_stands_until_then() -> None:
    """A venue's time never goes back: its executions would come before those of before."""
    clocks = Clocks((Apart(0, 500, 200), Apart(1_000, -500, 200)))
    shown = [clocks.venue(START + at) - START for at in range(0, 3_000, 250)]

    assert shown == [500, 750, 1_000, 1_250, 1_500, 1_500, 1_500, 1_500, 1_500, 1_750, 2_000, 2_250]
    assert clocks.believed(START + 2_000) == START + 2_200
    assert (clocks.wrong(START + 500), clocks.wrong(START + 2_500), clocks.late) == (-300, 700, 700)
    assert clocks.early == 300


def test_clocks_that_agree_show_one_time() -> None:
    """What storms were before stays as it was, byte by byte."""
    clocks = Clocks(())

    assert {clocks.venue(START), clocks.believed(START)} == {START}
    assert clocks.late == clocks.early == clocks.wrong(START) == 0
