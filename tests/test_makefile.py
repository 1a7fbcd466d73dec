"""The targets people know are there, and `make help` says what each does."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

KNOWN = {
    *("run", "test", "demo", "setup", "install", "dev-install", "run-prod", "stop", "kill", "check-env", "backup"),
    *("test-unit", "test-integration", "lint", "format", "diag-status", "diag-monitors", "diag-positions"),
    *("clean", "clean-monitors", "clean-stuck", "help", "restore"),
    *("kill-loop", "soak", "flood", "simulate-ci", "nightly", "mutants", "mutation", "coverage"),
}


def test_help_lists_every_target() -> None:
    """`make` alone lists each target with what it does, and needs no environment for it."""
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  ([a-z-]+) +\S.*$", told, re.MULTILINE)

    assert set(listed) == KNOWN
    assert len(listed) == len(KNOWN)


def test_no_target_is_a_file() -> None:
    """A file of the same name would silence a target, so every target is phony."""
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)) == KNOWN


def test_what_is_said_to_the_storms_is_said_to_nobody_else() -> None:
    """`make nightly ARGS=...` ended at its last part, which took the storms' arguments for its own."""
    told = subprocess.run(
        ["make", "-n", "nightly", "ARGS=--fresh 7"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert [line for line in told.splitlines() if "--fresh 7" in line and "tandem simulate" not in line] == []
    assert "--cov" in told
