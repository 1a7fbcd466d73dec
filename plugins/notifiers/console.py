"""Alerts on the console, for a person who watches: a line where one will do, colour only where there is a terminal."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

from pydantic import BaseModel, ConfigDict, Field

from ports.errors import Unavailable
from ports.hooks import Adapter, hookimpl
from ports.notifier import Delivery, Receipt

if TYPE_CHECKING:
    from rich.text import Text

_KEPT = {"\n", "\t"}


class Stream(StrEnum):
    """Where the console writes."""

    STDERR = "stderr"
    STDOUT = "stdout"


class ConsoleSettings(BaseModel):
    """Where alerts are shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    stream: Stream = Field(default=Stream.STDERR, description="stderr, or stdout, which --json needs for itself.")


class ConsoleNotifier:
    """Writes each alert's text, marked when it is critical, late, or may have been shown before."""

    def __init__(self, name: str, stream: Stream, terminal: TextIO | None = None) -> None:
        """*terminal* is written to instead of the process's stream (found at each delivery, so it may be replaced)."""
        self.name = name
        self._stream = stream
        self._terminal = terminal
        self._shown = 0

    async def start(self) -> None:
        """See Notifier.start: a console is always there."""

    async def close(self) -> None:
        """See Notifier.close."""

    async def deliver(self, delivery: Delivery) -> Receipt:
        """See Notifier.deliver. Raises Unavailable while nobody reads what was shown before."""
        from rich.console import Console

        file = self._terminal or (sys.stdout if self._stream is Stream.STDOUT else sys.stderr)
        console = Console(file=file, markup=False, highlight=False, emoji=False, soft_wrap=True)
        if not console.file.writable():
            raise Unavailable(
                f"notifier {self.name}: nobody reads {self._stream.value}: let its terminal go on (Ctrl-Q)"
            )
        console.print(_styled(delivery))
        file.flush()
        self._shown += 1
        return Receipt(f"line {self._shown}")


def _styled(delivery: Delivery) -> "Text":
    from rich.text import Text

    first, *rest = lines(delivery)
    style = "bold red" if delivery.alert.critical else "bold"
    return Text("\n").join([Text(first, style), *(Text(line) for line in rest)])


def lines(delivery: Delivery) -> list[str]:
    """What is shown: the marks and the first line, then the others, indented.

    Control characters are dropped: what a venue or a chat wrote must not steer somebody's terminal (S10).
    """
    text = "".join(one for one in delivery.text if one.isprintable() or one in _KEPT)
    first, *rest = text.splitlines() or [""]
    return [" ".join([*_marks(delivery), first]), *(f"    {line}" for line in rest)]


def _marks(delivery: Delivery) -> list[str]:
    marks = ["CRITICAL"] if delivery.alert.critical else []
    if delivery.repeat:
        marks.append("(repeat)")
    if delivery.late:
        marks.append(f"(late {delivery.late // 1_000} s)")
    return marks


def build(settings: ConsoleSettings, *, name: str) -> ConsoleNotifier:
    """A console notifier of this name."""
    return ConsoleNotifier(name, settings.stream)


@hookimpl
def tandem_notifiers() -> tuple[Adapter, ...]:
    """``use: console``."""
    return (Adapter("console", ConsoleSettings, build),)
