"""What all tests share: markers and how hypothesis searches. Fixtures of the domain live beside their tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.canary import files_with_it, shown

# `dev` looks somewhere new each time; `check` is what `make test` runs and finds the same on every machine;
# `soak` is for a night.
settings.register_profile("dev", deadline=None)
settings.register_profile(
    "check",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no failing test
)
settings.register_profile("soak", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# As the service logs: no local variables in a traceback (S5), and no second to draw each of them.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(),
    ]
)

_LARGER = {"integration", "slow"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is not marked as larger is a unit test, so that nobody has to say so."""
    for item in items:
        if _LARGER.isdisjoint(mark.name for mark in item.iter_markers()):
            item.add_marker(pytest.mark.unit)


@pytest.fixture(autouse=True)
def _no_token_is_left_anywhere(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """S5: after every test, whatever it tests, neither its files nor its logs hold the bot's token."""
    folder: Path | None = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    assert not shown(caplog.text), "the bot's token stands in the log"
    left = list(files_with_it(folder)) if folder is not None else []
    assert left == [], f"the bot's token stands in {left}"
