"""Storms by seed around the real machines: whatever happens, what must hold holds (rel:I1 to I19)."""

import os
import random
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from config.simulation.campaign import Found, Plan, run
from config.simulation.cases import broken, case_of
from config.simulation.fates import Fates, Kind
from config.simulation.sights import SOMETIMES, never
from config.simulation.storm import follow, play
from config.simulation.telling import tell
from config.simulation.world import World

ROOT = Path(__file__).resolve().parents[3]
HUNDREDS = [Plan(first, first + 100) for first in (0, 100, 200)]


@cache
def played(plan: Plan) -> Found:
    """What a campaign found: two tests look at the first hundred."""
    return run(plan)


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.timeout(390)
@pytest.mark.parametrize("plan", HUNDREDS, ids=lambda plan: f"{plan.first}:{plan.last}")
def test_no_storm_breaks_anything(plan: Plan) -> None:
    """rel:F01 to F50, rel:I1 to I19: faults, crashes, people, then two quiet minutes and a walk to flat."""
    found = played(plan)

    assert found.violations == []
    assert found.seeds == 100
    assert found.crashes > 20


@pytest.mark.integration
def test_the_rare_situations_occur() -> None:
    """reliability.md 3: a harness that never meets a ghost fill proves nothing about ghost fills."""
    met: Counter[str] = Counter()
    for plan in (HUNDREDS[0], Plan(100, 120), Plan(1_000, 1_060, accounts=3)):
        met += played(plan).sometimes

    assert len(never(met)) <= 3, never(met)
    assert set(never(Counter())) == set(SOMETIMES)


@pytest.mark.integration
def test_one_account_alone() -> None:
    """rel:I1 to I19: main without a mirror."""
    assert run(Plan(5_000, 5_060, accounts=1)).violations == []


def test_what_the_store_has_lost_may_wait_to_the_end() -> None:
    """C7, rel:F45: adopted with the disk full, dead before its plan was stored; its orders wait for a person."""
    case = case_of((Path(__file__).parent / "cases" / "lost_with_a_full_disk.json").read_text("utf-8"))
    world = World(case.story, Fates(case.story.seed, {}, dict(case.faults)))
    follow(world)

    assert list(world.process.nodes["main"].machine.state.lost) == ["Q360HDWEZV"]
    assert world.watch.breaches == []


def test_what_looks_without_an_age_agreed_on_is_corrected_by_a_number() -> None:
    """C8, B11, rel:I6: flat, said two looks, and then two older ones with a number: 50 counted as the user's."""
    case = case_of((Path(__file__).parent / "cases" / "corrected_by_its_number.json").read_text("utf-8"))

    assert broken(case) == ()


def test_a_stop_that_the_venue_refused_is_waited_with() -> None:
    """I1, B14: seed 9200541618: refused and told; the check saw only that somebody's next act tried it anew."""
    case = case_of((Path(__file__).parent / "cases" / "refused_then_reduced.json").read_text("utf-8"))

    assert broken(case) == ()


def test_what_raises_is_a_violation_and_ends_no_campaign() -> None:
    """rel:I20: a storm without an account can't be told: its seed is named, and the next is played."""
    found = run(Plan(0, 3, accounts=0))

    assert found.seeds == 3
    assert [(each["seed"], each["invariant"]) for each in found.violations] == [(seed, "raised") for seed in range(3)]


def test_the_same_seed_is_the_same_storm() -> None:
    """rel:I20: everything that is stored hashes alike; another seed doesn't."""
    first, again, other = (play(tell(seed)) for seed in (7, 7, 8))

    assert first == again
    assert first.digest != other.digest


@pytest.mark.integration
def test_the_hash_seed_changes_nothing() -> None:
    """rel:I20: under any PYTHONHASHSEED the journal is the same, byte by byte."""
    code = "from config.simulation.campaign import Found, Plan, run; print(run(Plan(0, 12)).json()['journal_hash'])"
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    assert len(hashes) == 1


def test_faults_are_drawn_as_often_as_asked() -> None:
    """A swarm that never strikes would prove nothing; one that is off never does."""
    fates = Fates(1, {Kind.LOST_REQUEST: 500})
    struck = [fates.of((Kind.LOST_REQUEST, Kind.LOST_ANSWER)) for _ in range(200)]

    assert 60 < struck.count(Kind.LOST_REQUEST) < 140
    assert Kind.LOST_ANSWER not in struck


def test_a_lag_is_what_randint_draws() -> None:
    """rel:I20: a seed is the same storm for ever, so what was saved by its seed stays what it was."""
    fates, plain = Fates(7, {}), random.Random("fates:7")
    spans = [(0, 0), (1, 5), (1, 40), (300, 6_000), (0, 3_000), (1, 64), (0, 127)] * 50

    assert [fates.lag(*span) for span in spans] == [plain.randint(*span) for span in spans]
