"""What `make mutation` counts."""

import json
import runpy
from pathlib import Path

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "mutation.py"))


def test_a_mutant_without_a_test_survived(tmp_path: Path) -> None:
    """Killed is what a test failed on, or hung on; what no test touches counts as survived (issue 4)."""
    codes = {"killed": 1, "hung": -24, "broke down": 3, "survived": 0, "no test": 33, "untried": None}
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "money.py.meta").write_text(json.dumps({"exit_code_by_key": codes}), "utf-8")

    lines, total = SCRIPT["table"](tmp_path)

    assert total == {"killed": 3, "survived": 2, "untried": 1}
    assert SCRIPT["percent_of"](total) == 60
    assert lines[0].split() == ["core/money.py", "3", "killed", "2", "survived", "1", "untried", "60", "%"]


def test_a_sample_is_drawn_from_all_and_only_it_is_counted(tmp_path: Path) -> None:
    """The nightly tries some, any as likely as another; what was tried before and not drawn counts for nothing."""
    for module in ("money", "sizing"):
        codes = {f"core.{module}.x_{number}": number % 2 for number in range(50)}
        (tmp_path / f"{module}.py.meta").write_text(json.dumps({"exit_code_by_key": codes}), "utf-8")

    names = SCRIPT["drawn"](tmp_path, 40, "7")
    _, total = SCRIPT["table"](tmp_path, frozenset(names))

    odd = sum(int(name[-1]) % 2 for name in names)
    assert total == {"killed": odd, "survived": 40 - odd}
    assert len(set(names)) == 40
    assert {name.split(".")[1] for name in names} == {"money", "sizing"}
    assert names == SCRIPT["drawn"](tmp_path, 40, "7") != SCRIPT["drawn"](tmp_path, 40, "8")
    assert len(SCRIPT["drawn"](tmp_path, 1_000, "7")) == 100
