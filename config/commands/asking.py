"""Asking the running service, or its store when none runs, and the person; what their answers cost."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from config.commands.printing import WRONG, complain, print_json
from config.control_path import control_path
from config.load import load
from config.models import Settings
from config.registry import Registry, registry
from core.engine.control import Answer, ask
from core.errors import ConfigError


def not_running(config: Path) -> str:
    """That no service runs, and where it was looked for: its paths are of the folder that one stands in."""
    socket = control_path(config).absolute()
    return f"no service answers at {socket}; start it with `tandem run {config}`, or go to the folder where it runs"


def running(config: Path, command: str, arguments: Mapping[str, object]) -> Answer | None:
    """What the running service answers, None when none runs; the rest of the configuration isn't looked at.

    Raises ConfigError when none runs and the configuration is wrong: then that is what is to be mended first.
    """
    answer = asyncio.run(ask(control_path(config), command, arguments))
    if answer is None:
        needed(config, registry())
    return answer


def needed(config: Path, found: Registry) -> Settings:
    """The settings, where no service is there to go by what it read; raises ConfigError that says so first."""
    try:
        return load(config, found)
    except ConfigError as error:
        socket = control_path(config).absolute()
        why = f"no service answers at {socket}, and without one the configuration and its secrets are needed here:"
        raise ConfigError((why, *error.problems)) from None


async def from_either(config: Path, command: str, arguments: Mapping[str, Any]) -> Answer:
    """The running service's answer, without one the store's."""
    answer = await ask(control_path(config), command, arguments)
    if answer is not None:
        return answer
    from config import offline  # without a service only: its libraries take longer than an answer

    found = registry()
    settings = needed(config, found)
    return await offline.read(settings, offline.answers(settings, found, arguments)[command])


def told(config: Path, command: str, arguments: Mapping[str, object], *, as_json: bool) -> Answer | int:
    """The running service's answer; else, or when it is an error, what was said about it as an exit code."""
    answer = running(config, command, arguments)
    if answer is None:
        return complain((not_running(config),), WRONG, as_json=as_json)
    return told_by(answer, as_json=as_json)


def told_by(answer: Answer, *, as_json: bool) -> Answer | int:
    """The answer; when it is an error, what was said about it as an exit code."""
    if "error" in answer:
        return complain(cast("Sequence[str]", answer["error"]), int(str(answer["exit"])), as_json=as_json)
    return answer


def confirmed(question: str, *, yes: bool, flag: str = "--yes") -> bool:
    """Whether the person says yes; with nobody there the answer is no, and what would make it yes is said."""
    if yes:
        return True
    if not sys.stdin.isatty():
        sys.stderr.write(f"not done: nobody is there to confirm; add {flag} to do it without asking\n")
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def left(*, as_json: bool) -> int:
    """Nobody said yes: an object for programs, which would else get nothing; people were told why already."""
    if as_json:
        print_json({"error": ["not confirmed, nothing was done"]})
    return WRONG
