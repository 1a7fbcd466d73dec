"""Apply every deliberate defect of config.simulation.mutants, one at a time, and say which survive."""

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config.simulation.mutants import MUTANTS  # noqa: E402 - the root must be on the path first

WANTED_PERCENT = 85
"""What a short run must kill; a nightly one must kill all."""


def hunted(name: str, first: str, last: str) -> dict[str, object]:
    """What became of one mutant."""
    command = [sys.executable, "-m", "config.simulation.mutated", name, first, last]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - our own module
    if not done.stdout.strip():
        return {"mutant": name, "caught": False, "why": f"could not be run: {done.stderr.strip()[-300:]}"}
    found: dict[str, object] = json.loads(done.stdout)
    print(f"{'killed  ' if found['caught'] else 'SURVIVED'} {name}: {found['by'] or found['why']}", flush=True)
    return found


def main() -> int:
    """0 when enough died."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:1000", help="storms tried against each, half open")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--percent", type=int, default=WANTED_PERCENT, help="how many must die")
    asked = parser.parse_args()
    first, _, last = asked.seeds.partition(":")
    with ThreadPoolExecutor(asked.jobs) as pool:
        found = list(pool.map(lambda name: hunted(name, first, last), MUTANTS))
    killed = sum(bool(each["caught"]) for each in found)
    percent = 100 * killed // len(found)
    print(json.dumps({"mutants": len(found), "killed": killed, "percent": percent}))
    return 0 if percent >= asked.percent else 1


if __name__ == "__main__":
    sys.exit(main())
