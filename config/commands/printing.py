"""Printing for people and for programs; what an error costs: 0 good, 1 wrong, 2 usage or configuration."""

import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import structlog
from rich.console import Console, RenderableType

from core.errors import ConfigError, TandemError

GOOD, WRONG, USAGE = 0, 1, 2
PIPED_WIDTH = 240
DEFAULT_CONFIG = Path(__file__).resolve().parent.parent / "profiles" / "paper.yaml"
P = ParamSpec("P")


def logs_to_stderr() -> None:
    """Warnings of the log go to standard error: standard output is the answer's. The service sets its own log up."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def console() -> Console:
    """Standard output; when it is no terminal plain text without colours, wide enough that no table is cut."""
    piped = not sys.stdout.isatty()
    width = PIPED_WIDTH if piped and "COLUMNS" not in os.environ else None
    return Console(highlight=False, emoji=False, soft_wrap=piped, width=width)


def say(line: str) -> None:
    """A line for a person."""
    console().print(line, markup=False)


def show(renderable: RenderableType) -> None:
    """Something rich for a person."""
    console().print(renderable)


def preview(shown: Callable[[], None], *, agreed: bool) -> None:
    """Show what would be done. What was *agreed* to before is done though it can't be printed.

    On a full disk, or when the reader went: the rest is then said on standard error.
    """
    try:
        shown()
    except OSError as error:
        if not agreed:
            raise
        sys.stderr.write(f"standard output takes nothing ({error.strerror}): what follows is said here\n")
        sys.stdout = sys.stderr


def print_json(value: object) -> None:
    """One object on standard output, and nothing else; it is JSON in every encoding."""
    readable = (sys.stdout.encoding or "").lower() == "utf-8"
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=not readable) + "\n")


def complain(problems: Sequence[str], code: int, *, as_json: bool) -> int:
    """Say what is wrong, on standard error (as one object on standard output for programs); returns *code*."""
    if as_json:
        print_json({"error": list(problems)})
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return code


def failing(command: Callable[P, int]) -> Callable[P, int]:
    """A command whose errors become messages and exit codes; a bug still shows its traceback."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> int:
        as_json = bool(kwargs.get("as_json"))
        try:
            return command(*args, **kwargs)
        except ConfigError as error:
            return complain(error.problems, USAGE, as_json=as_json)
        except TandemError as error:
            return complain((str(error),), WRONG, as_json=as_json)

    return wrapped
