"""The machine's clock speaks in whole milliseconds."""

import time

from plugins.clocks.system import SystemClock, SystemClockSettings, tandem_clocks


def test_clock_is_offered_by_name() -> None:
    """`use: system` needs no settings."""
    (adapter,) = tandem_clocks()

    assert adapter.name == "system"
    assert isinstance(adapter.build(SystemClockSettings()), SystemClock)


def test_times_are_whole_milliseconds_of_the_right_clocks() -> None:
    """Wall time since the epoch; monotonic time beside the machine's own."""
    clock = SystemClock()
    wall, steady = time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000

    assert wall <= clock.now() <= time.time_ns() // 1_000_000
    assert steady <= clock.monotonic() <= time.monotonic_ns() // 1_000_000


async def test_no_wait_returns() -> None:
    """Zero or less is no wait and no error."""
    await SystemClock().sleep(0)
    await SystemClock().sleep(-5)
