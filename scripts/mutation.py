"""Change core/ a little, thousands of times, and say module by module how many of the changes no test notices."""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "mutants"
"""Where mutmut keeps its copies and what became of each; a second run goes on where the first ended."""
WANTED_PERCENT = 90
SURVIVED, NO_TEST = 0, (5, 33)
"""mutmut's exit codes; every other code is a test that failed, hung or broke down."""


def fates(meta: Path) -> Counter[str]:
    """How many mutants of one module were killed, survived or weren't tried yet."""
    codes = json.loads(meta.read_text("utf-8"))["exit_code_by_key"].values()
    return Counter(_fate(code) for code in codes)


def _fate(code: int | None) -> str:
    if code is None:
        return "untried"
    return "survived" if code == SURVIVED or code in NO_TEST else "killed"


def percent_of(found: Counter[str]) -> int:
    """Killed of those tried, rounded down; 100 when none was tried."""
    tried = found["killed"] + found["survived"]
    return 100 * found["killed"] // tried if tried else 100


def table(results: Path) -> tuple[list[str], Counter[str]]:
    """A line for each module of which something was tried, and the sum."""
    lines, total = [], Counter[str]()
    for meta in sorted(results.rglob("*.py.meta")):
        found = fates(meta)
        total += found
        if found["killed"] + found["survived"]:
            lines.append(_line(str(meta.relative_to(results)).removesuffix(".meta"), found))
    return [*lines, _line("together", total)], total


def _line(name: str, found: Counter[str]) -> str:
    counts = f"{found['killed']:>6} killed {found['survived']:>5} survived {found['untried']:>6} untried"
    return f"{name:<32}{counts} {percent_of(found):>4} %"


def main() -> int:
    """0 when enough of those tried were killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="which mutants, such as 'core.sizing*'; all of core/ without")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--percent", type=int, default=WANTED_PERCENT, help="how many must die")
    asked = parser.parse_args()
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(asked.jobs), *asked.names]
    # The same examples for every mutant, so that none dies by luck.
    environment = os.environ | {"HYPOTHESIS_PROFILE": "check"}
    if subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode:  # noqa: S603 - our own tool
        return 1
    lines, total = table(RESULTS)
    print("\n".join(lines))
    return 0 if total["killed"] and percent_of(total) >= asked.percent else 1


if __name__ == "__main__":
    sys.exit(main())
