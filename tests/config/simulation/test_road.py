"""What a road's faults leave behind, and for how long it may be seen (rel:F17, rel:F20)."""

from decimal import Decimal

import pytest

from config.simulation.conditions import AUDITED, REPAIRED
from config.simulation.fates import Fates, Kind
from config.simulation.process import LEADER
from config.simulation.story import START, SYMBOL
from core.account.effects import CutKind
from tests.config.simulation.quiet import quiet


@pytest.mark.parametrize(
    ("lost", "looks", "lasts"),
    [
        (True, (Kind.STALE_LOOK,), AUDITED),
        (True, (Kind.FAILED_LOOK, Kind.TORN_LOOK), AUDITED),
        (True, (None, Kind.STALE_LOOK), REPAIRED),
        (True, (Kind.SLOW_LOOK, Kind.STALE_LOOK), REPAIRED),
        (False, (Kind.STALE_LOOK,), REPAIRED),
    ],
)
def test_what_a_lost_frame_had_waits_for_a_look_that_tells_it(
    lost: bool, looks: tuple[Kind | None, ...], lasts: int
) -> None:
    """rel:F17, rel:F20 (seed 63057005250): the list of the audit after it is out of date; the next audit tells."""
    world = quiet()
    road, asked = world.roads[LEADER], START
    road.hidden = lost
    world.stepped.hand(LEADER).fund(SYMBOL, Decimal("0.0001"))
    world.acted()
    road.troubled_until = START
    for kind in looks:
        road.fates, asked = Fates(0, {}, {1: kind} if kind else {}), world.timeline.now
        road.looks.look(0, CutKind.AUDIT, lambda _: None)
        world.timeline.run(asked + road.pace.road)

    assert lasts <= road.troubled_until - asked - road.pace.answer <= lasts + road.pace.road


def test_lists_that_stand_still_tell_nothing_of_it() -> None:
    """rel:F20: an audit while the lists are behind is none: nothing failed, and nothing was told."""
    world = quiet()
    road, asked = world.roads[LEADER], world.timeline.now
    road.looks.fall_behind(asked + 1_000)
    road.hidden = True
    world.stepped.hand(LEADER).fund(SYMBOL, Decimal("0.0001"))
    world.acted()
    road.troubled_until = START
    road.looks.look(0, CutKind.AUDIT, lambda _: None)
    world.timeline.run(asked + road.pace.road)

    assert road.troubled_until >= asked + AUDITED
