"""Change core/ a little, thousands of times, and say module by module how many of the changes no test notices.

All of it takes hours. With --sample as many are drawn from all, each as likely as any other: of 500, the share that
is killed is within three in a hundred of the whole's, nineteen times of twenty; of 2,000, within one and a half.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "mutants"
"""Where mutmut keeps its copies and what became of each; a second run goes on where the first ended."""
WANTED_PERCENT = 90
SURVIVED, NO_TEST = 0, (5, 33)
"""mutmut's exit codes; every other code is a test that failed, hung or broke down."""
A_FEW = "core.money.*__mutmut_1"
"""mutmut lists all mutants when it begins, whichever it is asked to try."""

Codes = Mapping[str, int | None]
"""What became of the mutants of one module, by name."""


def listed(results: Path) -> Iterator[tuple[str, Codes]]:
    """Every module with its mutants."""
    for meta in sorted(results.rglob("*.py.meta")):
        codes = json.loads(meta.read_text("utf-8"))["exit_code_by_key"]
        yield str(meta.relative_to(results)).removesuffix(".meta"), codes


def drawn(results: Path, count: int, seed: str) -> tuple[str, ...]:
    """*count* of all mutants, or all where there are no more; the same for the same seed and code."""
    names = [name for _, codes in listed(results) for name in codes]
    return tuple(random.Random(seed).sample(names, min(count, len(names))))


def _fate(code: int | None) -> str:
    if code is None:
        return "untried"
    return "survived" if code == SURVIVED or code in NO_TEST else "killed"


def percent_of(found: Counter[str]) -> int:
    """Killed of those tried, rounded down; 100 when none was tried."""
    tried = found["killed"] + found["survived"]
    return 100 * found["killed"] // tried if tried else 100


def table(results: Path, only: Collection[str] | None = None) -> tuple[list[str], Counter[str]]:
    """A line for each module of which something was tried, and the sum; of all mutants, or of those named *only*."""
    lines, total = [], Counter[str]()
    for module, codes in listed(results):
        found = Counter(_fate(code) for name, code in codes.items() if only is None or name in only)
        total += found
        if found["killed"] + found["survived"]:
            lines.append(_line(module, found))
    return [*lines, _line("together", total)], total


def _line(name: str, found: Counter[str]) -> str:
    counts = f"{found['killed']:>6} killed {found['survived']:>5} survived {found['untried']:>6} untried"
    return f"{name:<32}{counts} {percent_of(found):>4} %"


def _tried(names: Collection[str], jobs: int) -> bool:
    """Let mutmut try these, or all; whether it came to its end."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs), *names]
    # The same examples for every mutant, so that none dies by luck.
    environment = os.environ | {"HYPOTHESIS_PROFILE": "check"}
    return not subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode  # noqa: S603 - our own tool


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="which mutants, such as 'core.sizing*'; all of core/ without")
    parser.add_argument("--sample", type=int, default=0, help="try so many, drawn from all")
    parser.add_argument("--seed", default="", help="draw what was drawn before; another every time without")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--percent", type=int, default=WANTED_PERCENT, help="how many must die")
    return parser.parse_args()


def main() -> int:
    """0 when enough of those tried were killed."""
    asked = _asked()
    names, only = tuple(asked.names), None
    if asked.sample:
        if not _tried([A_FEW], asked.jobs):
            return 1
        seed = asked.seed or str(random.SystemRandom().randrange(10**9))
        print(f"--sample {asked.sample} --seed {seed}", flush=True)
        names = drawn(RESULTS, asked.sample, seed)
        only = frozenset(names)
    if not _tried(names, asked.jobs):
        return 1
    lines, total = table(RESULTS, only)
    print("\n".join(lines))
    return 0 if total["killed"] and percent_of(total) >= asked.percent else 1


if __name__ == "__main__":
    sys.exit(main())
