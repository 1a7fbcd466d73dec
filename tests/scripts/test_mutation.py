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
