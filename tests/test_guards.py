"""The page of guards says what is: every row has a test that names it, and no test cites a row that isn't."""

from functools import cache
from pathlib import Path

from tests.guarded_rows import LATER, ROWS
from tests.guards import ROOT, Guard, guards, page, unguarded

TEXT = '''"""A file of tests, rel:F17."""


class TestAll:
    """No test itself: rel:F18."""

    async def test_one(self) -> None:
        """B5, rel:I1, I2: two rows."""


def test_storm() -> None:
    """rel:F01 to F03: whatever happens."""
'''


@cache
def ours() -> tuple[Guard, ...]:
    """Every citation of the house, read once."""
    return tuple(guards())


def test_rows_are_found_by_docstring(tmp_path: Path) -> None:
    """Classes, async tests and whole files cite; a storm's range lists its rows without naming them."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_some.py").write_text(TEXT, "utf-8")
    found = {(guard.row, guard.test.removeprefix("tests/test_some.py"), guard.named) for guard in guards(tmp_path)}

    assert found == {
        ("F17", "", True),
        ("I1", "::TestAll::test_one", True),
        ("I2", "::TestAll::test_one", True),
        *((row, "::test_storm", False) for row in ("F01", "F02", "F03")),
    }


def test_the_page_is_up_to_date() -> None:
    """Somebody who cites a row in a test makes the page anew: python -m tests.guards > docs/guards.md."""
    assert (ROOT / "docs" / "guards.md").read_text("utf-8") == page(ours())


def test_every_row_has_a_test() -> None:
    """A row without a test that names it is a hole in the fence."""
    assert unguarded(ours()) == []


def test_only_rows_that_exist_are_cited() -> None:
    """A number that is no row guards nothing."""
    assert [guard for guard in ours() if guard.row not in ROWS] == []


def test_a_row_that_is_built_is_not_later() -> None:
    """Who brings a later issue's test takes its row out of the list."""
    assert LATER.keys() <= ROWS.keys()
    assert {guard.row for guard in ours() if guard.named} & LATER.keys() == set()
