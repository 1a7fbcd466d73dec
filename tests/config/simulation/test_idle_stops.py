"""Storms in which stops that are set are taken and have no effect (B4, B9)."""

from dataclasses import replace

import pytest

from config.simulation.fates import Fates
from config.simulation.idle_turns import DIE
from config.simulation.process import LEADER
from config.simulation.retelling import asked, ruled, timed
from config.simulation.storm import conclude, play
from config.simulation.story import OPENED, START, Does, Happening
from config.simulation.telling import tell
from config.simulation.world import World
from core.plan import BREAKEVEN, OnFailure
from tests.config.simulation.quiet import TRADED


def after_tp1(lasts: int) -> World:
    """Half a minute after the first profit of a trade whose stops have no effect from the beginning, for so long."""
    story = ruled(asked(tell(TRADED, calm=True), (None,)), stop_after=(BREAKEVEN,), breakeven_failed=OnFailure.CLOSE)
    story = timed(story, ((OPENED + 3_000, 104.5), (OPENED + 33_000, 103)))
    idle = tuple(Happening(OPENED, Does.IDLE_STOPS, name, lasts) for name, _ in story.accounts)
    world = World(replace(story, happenings=idle), Fates(TRADED, {}, {}))
    world.begin()
    world.timeline.run(START + world.story.ends)
    assert world.watch.breaches == []
    return world


@pytest.mark.parametrize(("lasts", "reasons"), [(1, set[str]()), (4_000, set[str]()), (30_000, {"breakeven_failed"})])
def test_a_breakeven_without_effect_is_tried_again_and_then_closes(lasts: int, reasons: set[str]) -> None:
    """B9, C4: what has an effect in time goes on; what never has is closed by the plan's own rule."""
    world = after_tp1(lasts)

    assert {report.reason for (account, _), report in world.disk.reports.items() if account == LEADER} == reasons
    assert bool(world.sights.seen["a stop taken without effect"]) is (lasts > 1)


def test_storms_of_this_kind_break_nothing() -> None:
    """rel:I1, rel:I3: ten of them, some with a stream that lags by many seconds."""
    told = (tell(seed) for seed in range(600) if DIE.told(calm := tell(seed, calm=True)) is not calm)
    played = [play(story) for story, _ in zip(told, range(10), strict=False)]

    assert [each.breaches for each in played] == [()] * 10
    assert sum(each.sometimes["a stop taken without effect"] for each in played)


def test_the_calm_after_a_storm_ends_it() -> None:
    """B9: a stop that the price moves in the calm is in force at once, however long the storm would have lasted."""
    story = ruled(asked(tell(TRADED, calm=True), (None,)), stop_after=(BREAKEVEN,))
    world = World(story, Fates(TRADED, {}, {}))
    world.begin()
    world.roads[LEADER].idle_until = START + 10_000_000
    world.timeline.run(START + OPENED + 100)
    conclude(world)

    assert world.watch.breaches == []
    assert not world.sights.seen["a stop taken without effect"]
