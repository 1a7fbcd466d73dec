"""Virtual time goes on, or somebody is told."""

import pytest

from config.simulation.timeline import StandsStill, Timeline


def test_what_wakes_itself_without_end_is_found() -> None:
    """C4: a machine that asks to be woken at once, every time, must be a violation, not a storm that never ends."""
    timeline = Timeline(0, lambda _: None)

    def again() -> None:
        timeline.after(0, again)

    timeline.after(5, again)
    with pytest.raises(StandsStill):
        timeline.run(10)
