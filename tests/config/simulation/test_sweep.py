"""Crashes at every point of every scenario: the end is the uncrashed run's (rel:I9, rel:F43)."""

import pytest

from config.simulation.fates import Fates
from config.simulation.scenarios import SCENARIOS, scenario
from config.simulation.storm import follow
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
    "added_keeping": "all_tps",
    "added_replacing": "stop",
}


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.timeout(390)
@pytest.mark.parametrize("name", list(SCENARIOS))
def test_a_crash_at_any_point_changes_nothing(name: str) -> None:
    """rel:F43, rel:I8, rel:I9: killed at each commit and each call, kept or torn: same wallets, reports and alerts."""
    swept = sweep(scenario(name), double=10)

    assert swept.breaches == ()
    assert swept.points >= 10
    assert swept.runs >= 2 * swept.points


@pytest.mark.parametrize(("name", "reason"), ENDS.items())
def test_a_scenario_is_what_its_name_says(name: str, reason: str) -> None:
    """A sweep over trades that never open would find nothing."""
    story = scenario(name)
    world = World(story, Fates(story.seed, {}))
    follow(world)

    assert world.disk.reports["main", next(trade for _, trade in world.disk.reports)].reason == reason
