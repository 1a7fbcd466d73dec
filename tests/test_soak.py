"""An hour of what `make soak` does for a day."""

import pytest

from bench.soak import soak, wrong


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.timeout(390)
def test_an_hour_of_trades_and_faults_leaves_nothing_wrong() -> None:
    """rel:I16, trades on three accounts, faults every ten minutes, and everything at rest after each bout."""
    figures = soak(2, 1, crashes=True)

    assert figures["violations"] == []
    assert figures["bouts"] == 6
    assert figures["crashes"]
    assert int(str(figures["trades"])) > 30
    assert int(str(figures["closed"])) > 90
    assert not wrong(figures)


@pytest.mark.parametrize(
    "figure",
    [{"violations": ["I4"]}, {"critical_alerts": {"audit_failed": 1}}, {"machines_mib_a_day": 1.1}],
)
def test_what_a_day_must_not_bring_ends_it_with_1(figure: dict[str, object]) -> None:
    """rel:I16: a violation, a critical alert that no fault explains, memory that grows by more than a MiB a day."""
    well: dict[str, object] = {"violations": [], "critical_alerts": {"stop_hit": 7}, "machines_mib_a_day": 0.9}

    assert not wrong(well)
    assert wrong(well | figure)
