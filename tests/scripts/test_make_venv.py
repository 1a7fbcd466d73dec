"""What a machine without a fitting Python is told, with stand-ins for the interpreters in PATH."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "make-venv.sh"

STAND_IN = """#!/bin/sh
case "$*" in
    *version_info*) exit {out_of_range} ;;
    *ensurepip*) exit {lacks_venv} ;;
    *platform*) echo {version} ;;
    *"-m venv"*) exit 0 ;;
esac
"""

Machine = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Run make-venv.sh where PATH holds the given stand-ins and next to nothing else."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in ("cut", "rm"):
        (programs / tool).symlink_to(str(shutil.which(tool)))

    def run(**scripts: str) -> subprocess.CompletedProcess[str]:
        for name, text in scripts.items():
            program = programs / name.replace("_", ".")
            program.write_text(text, "ascii")
            program.chmod(0o755)
        line = ["/bin/sh", str(SCRIPT), str(tmp_path / "venv")]
        return subprocess.run(line, env={"PATH": str(programs)}, capture_output=True, text=True, check=False)

    return run


def python(version: str, *, out_of_range: bool = False, lacks_venv: bool = False) -> str:
    """A stand-in that answers the script's questions as this Python would."""
    return STAND_IN.format(version=version, out_of_range=int(out_of_range), lacks_venv=int(lacks_venv))


def test_missing_python_is_one_line(machine: Machine) -> None:
    """No Python at all: one line says so and what to install."""
    result = machine()

    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "Tandem needs Python 3.11 to 3.13 with venv, and found none: install Python 3.11 with its venv module"
    ]


def test_old_python_is_named(machine: Machine) -> None:
    """A Python out of range is named, with the command of this system's packager."""
    result = machine(python3=python("3.9.2", out_of_range=True), **{"apt-get": "#!/bin/sh\n"})

    assert result.returncode == 1
    assert result.stderr == (
        "Tandem needs Python 3.11 to 3.13 with venv, and found only Python 3.9.2:"
        " sudo apt install python3.11 python3.11-venv\n"
    )


def test_missing_venv_module_is_named(machine: Machine) -> None:
    """Debian splits venv off: its package is what to install."""
    result = machine(python3=python("3.12.1", lacks_venv=True), **{"apt-get": "#!/bin/sh\n"})

    assert result.returncode == 1
    assert result.stderr.startswith("Tandem needs the venv module of Python 3.12, which is not installed: sudo apt")


def test_newest_python_that_works_is_taken(machine: Machine) -> None:
    """A name in PATH that does not run is passed over, and so is one without venv."""
    result = machine(
        python3_13="#!/bin/sh\necho no such version >&2; exit 127\n",
        python3_12=python("3.12.1", lacks_venv=True),
        python3_11=python("3.11.7"),
    )

    assert result.returncode == 0
    assert "with Python 3.11.7" in result.stdout
