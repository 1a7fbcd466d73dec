"""Standard output and error of a command: what a terminal can't show, and what a full disk doesn't take (J1).

Standard error is for words beside: what can't be said there is lost and ends nothing. What standard output does not
take is an error; at the end it is said, and costs the exit code.
"""

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from config.commands.printing import GOOD, WRONG


class Answer(io.TextIOWrapper):
    """Standard output. *lost* is why it did not take something."""

    lost: OSError | None = None

    def write(self, text: str, /) -> int:
        """As ever; that it fails is kept."""
        try:
            return super().write(text)
        except OSError as error:
            self.lost = error
            raise

    def flush(self) -> None:
        """As ever; that it fails is kept."""
        try:
            super().flush()
        except OSError as error:
            self.lost = error
            raise


class Aside(io.TextIOWrapper):
    """Standard error: it never fails. With a full log an emergency ended over its own words, and closed nothing."""

    def write(self, text: str, /) -> int:
        """What it takes."""
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """What it takes."""
        with suppress(OSError):
            super().flush()


def open_streams() -> None:
    """What a terminal's encoding lacks is shown in escapes; where a stream was closed what is shown goes nowhere.

    A dash that it can't show ended `status` with a traceback, and a descriptor that is free becomes the store's.
    """
    sys.stdin = sys.stdin or Path(os.devnull).open()  # noqa: SIM115 - open as long as the process
    sys.stdout = _as(Answer, sys.stdout)
    sys.stderr = _as(Aside, sys.stderr)


def _as(kind: type[io.TextIOWrapper], stream: TextIO | None) -> io.TextIOWrapper:
    """The same stream by our ways; None is one that was closed."""
    if stream is None:
        return kind(Path(os.devnull).open("wb"), "utf-8")
    raw = open(stream.fileno(), "wb", closefd=False)  # noqa: SIM115 - open as long as the process
    return kind(raw, stream.encoding, "backslashreplace", line_buffering=bool(stream.line_buffering))


def finish(command: Callable[[], object]) -> None:
    """Run it; that standard output did not take all is said, and costs the exit code."""
    try:
        command()
    except SystemExit as ended:
        lost = _unprinted()
        raise SystemExit(ended.code or lost) from None
    except OSError:
        if _unprinted():
            raise SystemExit(WRONG) from None
        raise


def _unprinted() -> int:
    """What that costs, 0 when it took all. That only its reader left is nothing to be told."""
    with suppress(OSError):
        sys.stdout.flush()
    why = getattr(sys.stdout, "lost", None)
    if why is None:
        return GOOD
    if not isinstance(why, BrokenPipeError):
        told = "what should stand there is lost; where it was an act, look before you repeat it"
        sys.stderr.write(f"standard output takes nothing ({why.strerror}): {told}\n")
    laid_to_rest()
    return WRONG


def laid_to_rest() -> None:
    """Let standard output take all and keep nothing: at the exit it would be tried once more, and cost the code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
