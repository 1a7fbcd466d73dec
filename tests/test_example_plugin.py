"""The example plugin: built, installed without the network, chosen by YAML, and really used."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "tandem-example-plugin"

# Runs where the plugin is installed: what YAML chose delivers an alert and trades until it is flat.
USE_IT = """
import asyncio, sys
from decimal import Decimal
from pathlib import Path

from config.container import Container
from config.load import load
from config.registry import registry
from config.request import read_request
from config.virtual import VirtualAccount, compose
from core.alert_text import text
from core.engine.playback import play
from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.settings import PaperVenueSettings
from ports.notifier import Delivery

example, at = Path(sys.argv[1]), 1_700_000_000_000
found = registry()
settings = load(example / "config.yaml", found)
container = Container(settings=settings, registry=found)
accounts = [
    VirtualAccount(name=name, balance=each.chosen.settings.balance, following=each.following)
    for name, each in settings.accounts.items()
]
instruments = {name: each.instrument(name) for name, each in PaperVenueSettings().all_instruments().items()}
world, run = compose(accounts, instruments, container.strategies())
world.mover.add(Steps("BTCUSDT", [Decimal(price) for price in sys.argv[2].split(",")], at, 60_000))
played = play(run, read_request(example / "request.yaml", identity="r", at=at), "main")
for name, tape in run.tape.accounts.items():
    for report in tape.closed:
        print(name, report.reason)
print("refused", list(played.refused), "violations", played.violations)

async def deliver():
    for notifier in container.notifiers().values():
        await notifier.start()
        for alert in run.tape.alerts:
            await notifier.deliver(Delivery(alert=alert, text=text(alert)))
        await notifier.close()

asyncio.run(deliver())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the plugin is installed from its own wheel, and nothing else."""
    place = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(EXAMPLE, place / "source")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place), str(source)], place)
    wheel = next(place.glob("*.whl"))
    target = place / "site"
    run([sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--target", str(target), str(wheel)], place)
    return target


def run(command: list[str], where: Path, site: Path | None = None) -> str:
    """What a command prints, run in a folder, without the network, with *site* on its path."""
    paths = [str(ROOT)] if site is None else [str(site), str(ROOT)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_plugin_is_listed_with_its_settings(installed: Path, tmp_path: Path) -> None:
    """`tandem plugins` names both adapters, the package they come from, and what can be set."""
    rows = json.loads(run([sys.executable, "-m", "app", "plugins", "--json"], tmp_path, installed))["adapters"]
    theirs = {row["name"]: row for row in rows if row["from"] == "tandem-example-plugin"}

    assert set(theirs) == {"notebook", "worthwhile"}
    assert theirs["worthwhile"]["settings"]["least_reward"]["default"] == "1.5"


def test_its_configuration_is_good_only_where_it_is_installed(installed: Path, tmp_path: Path) -> None:
    """YAML chooses it by `use:`; without the package the same file is refused with what there is."""
    command = [sys.executable, "-m", "app", "check", str(EXAMPLE / "config.yaml")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    without = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert "is good" in run(command, tmp_path, installed)
    assert without.returncode == 2
    assert "no strategies adapter 'worthwhile'" in without.stdout + without.stderr


@pytest.mark.parametrize(("prices", "reason"), [("60000,60700,61600", "all_tps"), ("60000,59800,59400", "stop")])
def test_the_plugin_trades_and_tells(installed: Path, tmp_path: Path, prices: str, reason: str) -> None:
    """Main and mirror trade by its strategy until they are flat, and its notifier writes every alert down."""
    said = run([sys.executable, "-c", USE_IT, str(EXAMPLE), prices], tmp_path, installed)
    notes = (tmp_path / "var" / "notebook.txt").read_text("utf-8").splitlines()

    assert said.splitlines() == [f"main {reason}", f"mirror {reason}", "refused [] violations []"]
    assert any("opened" in note.lower() for note in notes)
    assert any("closed" in note.lower() for note in notes)


def test_the_strategy_refuses_what_is_not_worth_it(installed: Path, tmp_path: Path) -> None:
    """Its refusal reaches whoever asked, with its numbers: at 60300 the target pays 1200 for a risk of 800."""
    said = run([sys.executable, "-c", USE_IT, str(EXAMPLE), "60300,60300"], tmp_path, installed)

    assert "main: the target pays 1200" in said
    assert "careful wants 2 times" in said
