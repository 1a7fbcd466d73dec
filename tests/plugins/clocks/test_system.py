"""The machine's clock speaks in whole milliseconds."""

import asyncio
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
    """Zero or less is no wait and no error: whoever asks for it goes on after the others had a turn."""
    waits = [asyncio.create_task(SystemClock().sleep(milliseconds)) for milliseconds in (0, -5, 60_000)]
    for _ in range(5):
        await asyncio.sleep(0)
    done = [wait.done() for wait in waits]
    waits[-1].cancel()
    await asyncio.gather(*waits, return_exceptions=True)

    assert done == [True, True, False]
    assert [wait.exception() for wait in waits[:2]] == [None, None]
