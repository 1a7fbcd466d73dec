"""What all tests share: markers and how hypothesis searches. Fixtures of the domain live beside their tests."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import structlog
from _pytest.doctest import DoctestModule
from coverage import Coverage
from hypothesis import HealthCheck, settings

from tests.canary import files_with_it, shown

# What is made while tests are found stays to the end: looking through all of it for garbage, again and again, took as
# long as finding them.
gc.disable()

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

_UNCOUNTED = tuple(
    f"tests/{each}"
    for each in (
        "config/simulation/test_histories.py",
        "config/simulation/test_live.py::test_no_storm_breaks_the_service",
        "config/simulation/test_mishaps.py",
        "config/simulation/test_storms.py::test_no_storm_breaks_anything",
        "config/simulation/test_storms.py::test_one_account_alone",
        "config/simulation/test_storms.py::test_the_rare_situations_occur",
        "config/simulation/test_sweep.py::test_a_crash_at_any_point_changes_nothing",
        "core/account/test_guard_account.py::test_memory_does_not_grow_with_history",
        "core/engine/test_properties.py",
        "core/engine/test_storms.py",
        "core/test_identity.py",
        "core/test_record.py::test_everything_remembered_reads_back_as_it_was",
        "plugins/exchanges/bybit/test_faults.py",
        "plugins/exchanges/paper/venue/test_properties.py",
        "plugins/frontends/telegram/rooms/test_fitting.py",
        "plugins/frontends/telegram/trade/test_monkey.py",
        "plugins/stores/sql/test_disk.py",
        "plugins/stores/sql/test_guard_torn.py",
        "plugins/stores/sql/test_postgres.py::test_a_first_cut_may_bring_more_than_a_statement_takes",
        "plugins/stores/sql/test_power.py",
        "test_architecture.py",
    )
)
"""What goes over the same lines thousands of times, and reaches hardly one that no other test does.

Counting their lines takes two or three times as long as the tests themselves: a third of the whole run.
"""
_LARGER = {"integration", "slow"}


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Examples are looked for only where one is: to look through 400 files in vain took each process a second."""
    found = yield
    has_examples = b">>>" in file_path.read_bytes()
    return [each for each in found if has_examples or not isinstance(each, DoctestModule)]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is not marked as larger is a unit test, so that nobody has to say so.

    Files with slow tests go first: one that began last would keep one process busy while the others wait.
    """
    larger = {name: {item.path for item in items if item.get_closest_marker(name)} for name in _LARGER}
    for item in items:
        if _LARGER.isdisjoint(mark.name for mark in item.iter_markers()):
            item.add_marker(pytest.mark.unit)
    items.sort(key=lambda item: (item.path not in larger["slow"], item.path not in larger["integration"]))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """From here on there is garbage; what is there already is none."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """No line is counted for what is uncounted, nor for what a module sets up for it.

    pytest-cov's mark `no_cover` stops one counter; a process of pytest-xdist has two, and then the other one goes on.
    """
    stopped: list[Coverage] = []
    while item.nodeid.startswith(_UNCOUNTED) and (counting := Coverage.current()):
        counting.stop()
        stopped.append(counting)
    try:
        return (yield)
    finally:
        for each in reversed(stopped):
            each.start()


@pytest.fixture(autouse=True)
def _no_token_is_left_anywhere(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """S5: after every test, whatever it tests, neither its files nor its logs hold the bot's token."""
    folder: Path | None = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    assert not shown(caplog.text), "the bot's token stands in the log"
    left = list(files_with_it(folder)) if folder is not None else []
    assert left == [], f"the bot's token stands in {left}"
