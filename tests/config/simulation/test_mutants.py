"""The deliberate defects: each has its place in the source, and the harness sees the worst of them (rel:D1 to D12)."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from config.simulation.mutant import Mutant
from config.simulation.mutants import MUTANTS
from config.simulation.mutated import mutated_source
from config.simulation.scenarios import HISTORIES, SCENARIOS

ROOT = Path(__file__).resolve().parents[3]
QUICK = ("d2_new_id_on_retry", "d9_entry_without_stop", "d11_counted_twice", "fees_forgotten", "no_gap_fill")


def test_there_are_enough_of_them() -> None:
    """reliability.md 4.6: at least 40, the reference bots' twelve among them."""
    assert len(MUTANTS) >= 40
    assert {f"d{number}" for number in range(1, 13)} <= {name.split("_")[0] for name in MUTANTS}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=list(MUTANTS))
def test_every_defect_has_its_place(mutant: Mutant) -> None:
    """Source that moved on would leave a mutant that changes nothing and dies of it."""
    spec = find_spec(mutant.module)
    assert spec is not None
    assert spec.origin is not None

    assert mutated_source(mutant, Path(spec.origin).read_text("utf-8")).count(mutant.old) in (
        0,
        mutant.new.count(mutant.old),
    )


def test_a_place_that_is_gone_is_said() -> None:
    """A mutant that can't be applied must not count as killed."""
    with pytest.raises(LookupError, match="0 places"):
        mutated_source(Mutant("m", "a = 1", "a = 2", ""), "b = 1")


def test_what_caught_one_before_is_a_storm_or_a_scenario() -> None:
    """Remembered is what there is, of a defect that there is: else every hunt would begin in vain."""
    known = json.loads((ROOT / "tests" / "regress" / "mutants" / "caught.json").read_text("utf-8"))

    assert known.keys() <= MUTANTS.keys()
    assert [
        place for place in known.values() if not place.isdecimal() and place not in {**HISTORIES, **SCENARIOS}
    ] == []


@pytest.mark.integration
@pytest.mark.parametrize(("before", "seed"), [("4", 4), ("nowhere", 0)])
def test_a_hunt_begins_with_what_caught_it_before(before: str, seed: int) -> None:
    """rel:D9: that storm is played again, and where it isn't one the hunt begins at the first seed."""
    command = [sys.executable, "-m", "config.simulation.mutated", "d9_entry_without_stop", "0", "1", "", before]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    assert json.loads(done.stdout)["by"]["seed"] == seed


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_the_harness_catches_it(name: str) -> None:
    """rel:D2, rel:D9, rel:D11: 150 storms or the sweep find it; exit 0 says so."""
    command = [sys.executable, "-m", "config.simulation.mutated", name, "0", "150"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert done.returncode == 0, done.stdout + done.stderr
