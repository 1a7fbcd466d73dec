"""One mishap at a time: some of each scenario's here, every one of them when mutants are hunted and at night."""

import pytest

from config.simulation.mishaps import mishaps
from config.simulation.scenarios import HISTORIES, scenario


@pytest.mark.integration
@pytest.mark.parametrize("name", ["breakeven", "cancelled_in_the_app"])
def test_no_single_mishap_breaks_anything(name: str) -> None:
    """rel:F01, F17, F20, F43: a lost request, a missing frame, a stale look after a crash: what must hold does."""
    played = mishaps(scenario(name), every=7)

    assert played.breaches == ()
    assert played.runs >= 30


@pytest.mark.parametrize("name", list(HISTORIES))
def test_no_history_breaks_anything(name: str) -> None:
    """rel:R5, rel:I19, A4: whatever a crash or a refusal leaves in the middle: what must hold does."""
    played = mishaps(scenario(name), every=40)

    assert played.breaches == ()
