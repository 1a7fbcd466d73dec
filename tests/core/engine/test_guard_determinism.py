"""The same seed gives the same bytes, whatever the process hashes by (rel:I20)."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.engine.test_storms import begun, operator, taken_over, user, vandal, volume

ROOT = Path(__file__).resolve().parents[3]
SEEDS = range(12)
SCRIPT = "from tests.core.engine.test_guard_determinism import digest; print(digest())"


def digest() -> str:
    """A hash of every fact, command, alert and report of some storms, in their order."""
    found = hashlib.sha256()
    for seed in SEEDS:
        draw = random.Random(seed)
        played = begun(draw)
        for _ in range(6):
            volume(played, draw.randint(0, 900) if draw.random() < 0.25 else None)
            played.go(draw.randint(84, 128))
            draw.choice([operator, user, vandal, taken_over])(played, draw)
        for tape in played.run.tape.accounts.values():
            found.update(repr((tape.journal, tape.seen, tape.closed)).encode())
        found.update(repr(played.run.tape.alerts).encode())
    return found.hexdigest()


@pytest.mark.integration
def test_a_seed_replays_to_the_byte_under_any_hash_seed() -> None:
    """rel:I20, DESIGN 5.5: three processes with other hash seeds, and this one, agree on every byte."""
    digests = {digest()}
    for number in ("0", "1", "4294967295"):
        env = {**os.environ, "PYTHONHASHSEED": number}
        ran = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, capture_output=True, text=True)  # noqa: PLW1510
        assert ran.returncode == 0, ran.stderr
        digests.add(ran.stdout.strip())

    assert len(digests) == 1
