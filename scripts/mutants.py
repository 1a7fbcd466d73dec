"""Apply every deliberate defect of config.simulation.mutants, one at a time, and say which survive.

A hunt begins with what caught the defect the last time (tests/regress/mutants/caught.json): most die of that in a
second. One that doesn't, since storms have changed, is hunted from the first seed on.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config.simulation.mutants import MUTANTS  # noqa: E402 - the root must be on the path first

WANTED_PERCENT = 85
"""What a short run must kill; a nightly one must kill all."""


CAUGHT = ROOT / "tests" / "regress" / "mutants" / "caught.json"


def hunted(name: str, first: str, last: str, before: str) -> dict[str, object]:
    """What became of one mutant; *before* caught it the last time."""
    command = [sys.executable, "-m", "config.simulation.mutated", name, first, last, "", before]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - our own module
    if not done.stdout.strip():
        return {"mutant": name, "caught": False, "why": f"could not be run: {done.stderr.strip()[-300:]}"}
    found: dict[str, object] = json.loads(done.stdout)
    print(f"{'killed  ' if found['caught'] else 'SURVIVED'} {name}: {found['by'] or found['why']}", flush=True)
    return found


def remember(found: Sequence[Mapping[str, object]]) -> None:
    """Write down by which seed or scenario each died."""
    rows = {str(each["mutant"]): each["by"] for each in found if each["caught"]}
    where = {name: str(by.get("scenario", by.get("seed"))) for name, by in sorted(rows.items()) if isinstance(by, dict)}
    CAUGHT.write_text(json.dumps(where, indent=1) + "\n", "utf-8")


def main() -> int:
    """0 when enough died."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:1000", help="storms tried against each, half open")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--percent", type=int, default=WANTED_PERCENT, help="how many must die")
    parser.add_argument("--afresh", action="store_true", help="don't begin with what caught it the last time")
    parser.add_argument("--remember", action="store_true", help=f"write what caught each to {CAUGHT.relative_to(ROOT)}")
    asked = parser.parse_args()
    first, _, last = asked.seeds.partition(":")
    known: Mapping[str, str] = {} if asked.afresh else json.loads(CAUGHT.read_text("utf-8"))
    with ThreadPoolExecutor(asked.jobs) as pool:
        found = list(pool.map(lambda name: hunted(name, first, last, known.get(name, "")), MUTANTS))
    if asked.remember:
        remember(found)
    killed = sum(bool(each["caught"]) for each in found)
    percent = 100 * killed // len(found)
    print(json.dumps({"mutants": len(found), "killed": killed, "percent": percent}))
    return 0 if percent >= asked.percent else 1


if __name__ == "__main__":
    sys.exit(main())
