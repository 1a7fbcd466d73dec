"""What one account does, step by step, against transcripts kept as text: every command, line of the journal and alert.

The rules each one shows (A, B, C, I, rel:) are in its first line, and in the docstring of its script.
"""

import pytest

from tests.core.account.scripting import SCRIPTS
from tests.core.account.scripts import FOLDER, transcript


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_account_does_what_its_story_says(name: str) -> None:
    """C, D: nothing more, nothing less, in this order; `python -m tests.core.account.scripts` writes what is now so."""
    assert transcript(name).splitlines() == (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()


def test_every_story_has_its_script() -> None:
    """A story that nobody tells any more is taken out."""
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(SCRIPTS)
