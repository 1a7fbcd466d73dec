"""The operator's page knows every command, and no command that there isn't."""

import re
from pathlib import Path

import pytest
import typer.main

from app import app

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
ELSEWHERE = (ROOT / "README.md").read_text("utf-8")
TOOLS = {"bench", "demo", "plugins", "replay", "run", "schema", "setup", "simulate", "venue", "check", "plan"}
"""For trying out and for building, not for operating."""


def commands() -> set[str]:
    """Every command of the program."""
    group = typer.main.get_command(app)
    return set(group.commands)  # type: ignore[attr-defined]  # a program of many commands is a group


@pytest.mark.parametrize("name", sorted(commands() - TOOLS))
def test_every_command_for_operators_is_explained(name: str) -> None:
    """J1: what nobody finds at night isn't there."""
    assert re.search(rf"[`, ]({name}|tandem {name})\b", PAGE + ELSEWHERE), name


def test_the_page_names_no_command_that_there_is_not() -> None:
    """A word after `tandem` is one of its commands."""
    named = set(re.findall(r"tandem ([a-z][a-z-]*)", PAGE))

    assert named <= commands()
