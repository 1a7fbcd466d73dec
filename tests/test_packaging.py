"""What a built wheel holds: the flat packages and the profiles, and nothing that belongs to the repository alone."""

import os
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path, PurePosixPath

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("core", "ports", "plugins", "config")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the hatchling of this environment and without the network."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    environment = {**os.environ, "no_proxy": "", "https_proxy": "http://127.0.0.1:9"}
    built = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """Every file in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_top_level_names(names: set[str]) -> None:
    """Nothing lands in site-packages beside the house: no tests, no scripts."""
    tops = {PurePosixPath(name).parts[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == {*PACKAGES, "app.py"}


def test_paper_profile_is_shipped(names: set[str]) -> None:
    """`tandem run` without arguments works from an installed wheel."""
    assert "config/profiles/paper.yaml" in names


def test_fonts_are_shipped_with_their_licence(names: set[str]) -> None:
    """Pictures can be painted from an installed wheel (E5), and whoever gets the fonts gets their terms."""
    fonts = {name for name in names if name.startswith("plugins/painters/pillow/fonts/")}

    assert {PurePosixPath(name).name for name in fonts} == {
        *("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf", "LICENSE")
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_types_are_shipped(package: str, names: set[str]) -> None:
    """A plugin author's type checker can read every package."""
    assert f"{package}/py.typed" in names


def test_every_module_is_shipped(names: set[str]) -> None:
    """The wheel has each module of the repository, so that no folder lacks its __init__ or is ignored by mistake."""
    sources = {path for package in PACKAGES for path in (ROOT / package).rglob("*.py")}

    assert {path.relative_to(ROOT).as_posix() for path in sources} <= names
    assert {path.parent for path in sources} == {path.parent for path in sources if path.name == "__init__.py"}


def test_console_script(wheel: Path) -> None:
    """Installing it gives the command `tandem`, which is app.main."""
    scripts = ConfigParser()
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
        scripts.read_string(archive.read(name).decode("utf-8"))

    assert scripts["console_scripts"]["tandem"] == "app:main"


def test_the_version_is_told_once() -> None:
    """`tandem --version` says what the package says."""
    told = subprocess.run([sys.executable, ROOT / "app.py", "--version"], capture_output=True, text=True, check=True)

    assert f'version = "{told.stdout.split()[1]}"' in (ROOT / "pyproject.toml").read_text("utf-8")
