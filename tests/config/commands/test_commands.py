"""Commands are imported when they are called for, and every one that `syntax` names is there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import commands
from tests.terminal import CONFIG, tandem, tandem_json

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", commands.__all__)
def test_every_name_leads_to_its_module(name: str) -> None:
    """What is named for type checkers is what is found when it runs."""
    found = getattr(commands, name)

    assert name == "DEFAULT_CONFIG" or found.__module__.startswith("config.commands.")


def test_a_name_that_there_is_not_is_an_error() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match="nope"):
        getattr(commands, "no" + "pe")


def test_asking_a_service_loads_no_library_of_the_store() -> None:
    """An operator at night waits for an answer, not for SQLAlchemy."""
    code = "import sys; from config.commands import verify, act; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


STARTED = """
import asyncio, sys
from pathlib import Path
from config.container import Container
from config.load import load
from config.registry import registry

found = registry()
container = Container(settings=load(Path("t.yaml"), found), registry=found)
container.service(), container.painter(), container.notifiers()
asyncio.run(container.store().start())
print(*sorted(sys.modules))
"""
UNUSED = {
    *("alembic", "ccxt", "PIL", "pybit", "requests", "sqlalchemy.dialects.postgresql", "telegram", "websocket"),
    *("plugins.exchanges.bybit.adapter", "plugins.exchanges.ccxt.adapter", "plugins.frontends.telegram.menu"),
}


def test_a_start_loads_only_what_is_configured(tmp_path: Path) -> None:
    """DESIGN 7: what no account, store or picture needs yet would be waited for until the first look."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", STARTED]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)

    assert "plugins.exchanges.paper.adapter" in done.stdout.split()
    assert UNUSED.intersection(done.stdout.split()) == set()


BUILT = """
from pathlib import Path
from config.load import load
from config.registry import registry

found = registry()
load(Path("t.yaml"), found)
print(*(name for (_, name), offer in found.offers.items() if offer.adapter.settings.__pydantic_complete__))
"""


def test_a_start_builds_the_settings_only_of_what_is_chosen(tmp_path: Path) -> None:
    """DESIGN 7: pydantic builds a model's checks when it is imported, unless it is told to wait until they are used."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", BUILT]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)

    assert "paper" in done.stdout.split()
    assert {"bybit", "ccxt", "telegram", "webhook"}.isdisjoint(done.stdout.split())


def test_help_loads_none_of_the_commands() -> None:
    """Their words are apart from what they do: only how to get and print them is there before a command is called."""
    code = (
        "import app, sys; print(*(name for name in sys.modules if name.startswith('config.') and 'syntax' not in name))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    printing = ["config.commands.printing", "config.commands.streams"]
    assert sorted(done.stdout.split()) == ["config.collecting", "config.commands", *printing]


@pytest.mark.parametrize("words", ["status --nope", "trades --limit x", "nosuch", "stats reset --nope", "open", ""])
def test_what_is_typed_wrongly_is_an_object_for_programs(words: str, tmp_path: Path) -> None:
    """J1: exit 2, and one object on standard output; else a program gets an empty text."""
    shown = tandem_json(*words.split(), folder=tmp_path, expected=2)

    assert list(shown) == ["error"]
    assert len(shown["error"][0]) > 10


def test_what_is_typed_wrongly_is_said_to_people(tmp_path: Path) -> None:
    """J1: on standard error, with how it is used."""
    assert "No such option: --nope" in tandem("status", "--nope", folder=tmp_path, expected=2)
