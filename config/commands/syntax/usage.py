"""What is typed wrongly is told to programs too: with `--json` as one object, like every other error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer.core import TyperGroup
from typer.exceptions import TyperException

from config.commands.printing import print_json

JSON = "--json"
ASKED = "tandem.json"


class Commands(TyperGroup):
    """All commands. People read what was wrong on standard error, as ever."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **more: Any) -> Any:
        """Read the words before the command's name."""
        asked = JSON in args
        with _told(asked=asked):
            context = super().make_context(info_name, args, *rest, **more)
        context.meta[ASKED] = asked
        return context

    def invoke(self, ctx: Any) -> Any:
        """Read the rest, and do it."""
        with _told(asked=ctx.meta[ASKED]):
            return super().invoke(ctx)


@contextmanager
def _told(*, asked: bool) -> Iterator[None]:
    try:
        yield
    except TyperException as error:
        if asked:
            print_json({"error": [error.format_message()]})
        raise
