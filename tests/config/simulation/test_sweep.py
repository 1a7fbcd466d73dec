"""Crashes at every point of every scenario: the end is the uncrashed run's (rel:I9, rel:F43)."""

import pytest

from config.simulation.fates import SENDING, Fates, Kind
from config.simulation.scenarios import SCENARIOS, scenario
from config.simulation.storm import follow
from config.simulation.story import Story
from config.simulation.sweep import sweep
from config.simulation.world import World

ENDS = {
    "all_targets": "all_tps",
    "stop": "stop",
    "breakeven": "breakeven_stop",
    "missed": "expired",
    "trail": "trailing_stop",
    "close_by_hand": "manual",
    "emergency": "emergency",
    "liquidated": "liquidation",
    "closed_in_the_app": "external",
    "added_keeping": "all_tps",
    "added_replacing": "stop",
}

WRITES = 5
"""So many times the store writes at least in every scenario: torn there, and kept."""


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.timeout(390)
@pytest.mark.parametrize("name", list(SCENARIOS))
def test_a_crash_at_any_point_changes_nothing(name: str) -> None:
    """rel:F43, rel:I8, rel:I9: killed at each commit and each call, kept or torn: same wallets, reports and alerts."""
    swept = sweep(scenario(name), double=10)

    assert swept.breaches == ()
    assert swept.points >= 10
    assert swept.runs >= swept.points + WRITES + 10


def test_what_dies_before_it_sends_ends_alike_both_ways() -> None:
    """What the sweep leaves out: where nothing is being written there is nothing to tear, to the byte."""
    story = scenario("missed")
    calm = World(story, Fates(story.seed, {}))
    follow(calm)
    sending = [point for point, ways in calm.fates.points.items() if ways == SENDING]

    assert len(sending) >= 5
    assert [point for point in sending if died(story, point, Kind.CRASH) != died(story, point, Kind.CRASH_TORN)] == []


def died(story: Story, point: int, way: Kind) -> object:
    """How a story ends in which the process dies there."""
    world = World(story, Fates(story.seed, {}, {point: way}))
    follow(world)
    assert world.fates.struck == {point: way}
    return world.disk.digest, world.fates.number, world.venue.state, world.disk.reports, world.disk.alerts


@pytest.mark.parametrize(("name", "reason"), ENDS.items())
def test_a_scenario_is_what_its_name_says(name: str, reason: str) -> None:
    """A sweep over trades that never open would find nothing."""
    story = scenario(name)
    world = World(story, Fates(story.seed, {}))
    follow(world)

    assert world.disk.reports["main", next(trade for _, trade in world.disk.reports)].reason == reason
