"""Ring B: the storms of ring A around the real asyncio service, on a virtual loop whose order the seed draws."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.commands.simulating import Storms, simulate
from config.simulation.campaign import Found, Plan, Ring, run
from config.simulation.fates import Fates
from config.simulation.live.loop import LoopTimeline, VirtualClock
from config.simulation.live.world import LiveWorld
from config.simulation.storm import follow
from config.simulation.story import START
from config.simulation.telling import tell

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.integration
def test_no_storm_breaks_the_service() -> None:
    """rel:F40 to F50, rel:I1 to I19: the engine's tasks in any order, lost answers, full disks, crashes; then rest."""
    found = run(Plan(20, 40, ring=Ring.B))

    assert found.violations == []
    assert found.seeds == 20
    assert found.crashes >= 5


@pytest.mark.integration
def test_the_same_seed_is_the_same_storm_under_any_hash_seed() -> None:
    """rel:I20: nothing but the seed decides, though asyncio keeps tasks in sets."""
    code = (
        "from config.simulation.campaign import Plan, Ring, run;"
        "print(run(Plan(24, 29, ring=Ring.B)).json()['journal_hash'])"
    )
    here = str(run(Plan(24, 29, ring=Ring.B)).json()["journal_hash"])
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
    ).stdout.strip()  # fmt: skip

    assert told == here


def order(seed: int) -> list[int]:
    """In which order twelve tasks run that all are ready."""
    loop, ran = LoopTimeline(START, lambda _: None, seed).loop, list[int]()

    async def one(number: int) -> None:
        await asyncio.sleep(0)
        ran.append(number)

    for number in range(12):
        loop.create_task(one(number), context=loop.in_life())
    loop.play(START)
    loop.close()
    return ran


def test_the_seed_draws_the_order_of_what_is_ready() -> None:
    """rel:4.1: another seed is another order, the same seed the same one, and nobody is left out."""
    assert order(1) == order(1)
    assert order(1) != order(2)
    assert sorted(order(3)) == list(range(12))


def test_time_jumps_to_what_is_due() -> None:
    """An hour of sleep takes no time; an act of the world's and a timer come in the order of their times."""
    timeline, said = LoopTimeline(START, lambda _: None, 1), list[tuple[str, int]]()
    loop = timeline.loop
    clock = VirtualClock(timeline)

    async def sleeper() -> None:
        await clock.sleep(3_600_000)
        said.append(("task", clock.monotonic()))

    timeline.after(3_599_999, lambda: said.append(("act", clock.monotonic())))
    loop.create_task(sleeper(), context=loop.in_life())
    loop.play(START + 4_000_000)
    loop.close()

    assert said == [("act", 3_599_999), ("task", 3_600_000)]
    assert clock.now() == START + 4_000_000


def test_nothing_of_a_dead_process_is_left() -> None:
    """rel:F43: after the last life is killed no task goes on, whatever it was doing."""
    story = tell(29)
    world = LiveWorld(story, Fates(29, story.chances))
    follow(world)
    world.end()

    assert world.loop.unfinished() == 0
    assert world.crashes
    assert world.watch.breaches == []


@pytest.mark.integration
def test_the_command_prints_what_ring_a_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """Issue 4: `--ring b` answers with the same object, and says what it can't do."""
    done = simulate(Storms(seeds="21:23", ring="b"), as_json=True)
    found = json.loads(capsys.readouterr().out)

    assert done == 0
    assert found["seeds"] == 2
    assert found.keys() == Found().json().keys()
    assert simulate(Storms(ring="b", crash=True), as_json=True) != 0
    assert simulate(Storms(ring="c"), as_json=True) != 0


@pytest.mark.parametrize("asked", [{"crash": True, "mishaps": True}, {"double": 3, "seeds": "0:1"}])
def test_what_would_be_left_out_is_refused(asked: dict[str, Any]) -> None:
    """Both at once swept what only mishaps are played on, and told violations that are none."""
    assert simulate(Storms(scenario="stop", **asked), as_json=True) == 2
