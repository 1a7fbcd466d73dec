"""Failing storms made small and kept: each is a whole story that breaks with its defect, and only then."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.commands.simulating import Storms, simulate
from config.simulation import turns
from config.simulation.cases import Case, broken, case_of
from config.simulation.shrink import fewest, smallest, whole_case
from config.simulation.storm import play
from config.simulation.telling import tell

ROOT = Path(__file__).resolve().parents[3]
REGRESS = sorted((ROOT / "tests" / "regress").glob("*.json"))


def turned(seed: int) -> bool:
    """Whether the storm takes a turn, and more than weather happens in it."""
    calm = tell(seed, calm=True)
    return turns.DIE.told(calm) is not calm and bool(tell(seed).happenings)


TURN = next(filter(turned, range(50)))
"""A storm with a turn."""


def defective(name: str, *asked: str) -> subprocess.CompletedProcess[str]:
    """The code with a defect, in a process of its own: 0 when what was asked for catches it."""
    command = [sys.executable, "-m", "config.simulation.mutated", name, *asked]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.mark.parametrize("path", REGRESS, ids=lambda path: path.stem)
def test_a_storm_that_broke_something_once_breaks_nothing_now(path: Path) -> None:
    """reliability.md 4.7: each failing storm is kept, made small, and played for ever."""
    assert broken(case_of(path.read_text("utf-8"))) == ()


@pytest.mark.integration
@pytest.mark.parametrize("path", REGRESS, ids=lambda path: path.stem)
def test_what_is_kept_still_breaks_with_its_defect(path: Path) -> None:
    """A case dies in silence when the machine moves on: it must name the defect that it guards, and catch it."""
    mutant = case_of(path.read_text("utf-8")).mutant
    assert mutant, f"{path.name} names no mutant: apply the defect that it was found with, and name that"

    done = defective(mutant, str(path))

    assert done.returncode == 0, f"{path.name} no longer breaks with {mutant}: shrink another\n{done.stderr[-300:]}"


@pytest.mark.parametrize("seed", [3, 7, 11, TURN])
def test_a_whole_case_is_the_storm(seed: int) -> None:
    """rel:I20: what struck, by number, plays the very same storm again, with its turn, and without any dice of it."""
    ended, whole = play(tell(seed)), whole_case(tell(seed))

    again = case_of(whole.text())

    assert again == whole
    assert again.story.chances == {}
    assert play(again.story, dict(again.faults)) == ended


@pytest.mark.integration
def test_a_storm_that_breaks_is_made_small(tmp_path: Path) -> None:
    """reliability.md 4.7: a handful is left, which breaks with the defect and not without."""
    done = defective("d9_entry_without_stop", "0", "40", str(tmp_path))
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.iterdir()
    case = case_of(path.read_text("utf-8"))
    whole = whole_case(tell(case.story.seed))

    assert (case.faults, case.story.happenings) == ((), ())
    assert len(case.story.prices) < len(whole.story.prices)
    assert broken(case) == ()
    assert defective("d9_entry_without_stop", str(path)).returncode == 0


def test_everything_that_is_not_needed_goes() -> None:
    """Faults, happenings, prices and traits are left out as long as what is looked for is still there."""
    whole = whole_case(tell(TURN))
    needed = whole.story.happenings[-1]

    def fails(case: Case) -> bool:
        return needed in case.story.happenings and case.story.prices[-1] == whole.story.prices[-1]

    case = smallest(whole, fails)

    assert case.story.happenings == (needed,)
    assert case.story.prices == (whole.story.prices[0], whole.story.prices[-1])
    assert case.faults == ()
    assert len(case.story.request.entries) == 1


def test_a_failing_list_is_made_small() -> None:
    """reliability.md 4.7: of twenty, the three that are needed together are left."""
    needed = {3, 11, 17}

    assert fewest(tuple(range(20)), lambda some: needed <= set(some)) == (3, 11, 17)
    assert fewest(tuple(range(20)), lambda _: True) == ()


def test_a_file_that_is_no_case_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A kept case is played by name; what is none is told with the place, and is a usage error."""
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"seed": 1}')

    assert simulate(Storms(case=REGRESS[0]), as_json=True) == 0
    assert simulate(Storms(case=wrong), as_json=False) == 2
    assert "is no saved case: .story: needed, but missing" in capsys.readouterr().err
