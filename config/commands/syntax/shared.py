"""What many commands have in common: the options that mean the same everywhere, and how a command ends."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from config import VERSION, commands
from config.commands.printing import say

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
ConfigFile = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
Account = Annotated[str | None, typer.Option("--account", help="Only this account.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]
TradeArgument = Annotated[str, typer.Argument(help="A trade id, or a symbol.")]
DEFAULT = commands.DEFAULT_CONFIG


def _print_version(asked: object) -> None:
    if asked:
        say(f"Tandem {VERSION}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
]


def tandem(version: Version = False) -> None:
    """Tandem: one plan, many accounts, never unprotected."""


def end(code: int) -> NoReturn:
    """End the command with this exit code: 0 = good, 1 = wrong, 2 = usage."""
    raise typer.Exit(code)
