"""What many commands have in common: the options that mean the same everywhere, and how a command ends."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn, Protocol

import typer

from config import VERSION, commands
from config.commands.printing import say

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
ConfigFile = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
Account = Annotated[str | None, typer.Option("--account", help="Only this account.")]
Leader = Annotated[
    str | None, typer.Option("--account", help="On this leading account and its mirrors; the first one unless given.")
]
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


class OnTrade(Protocol):
    """Carries out what is asked of one trade by its name alone; returns the exit code."""

    def __call__(
        self, config: Path, trade: str, account: str | None, *, dry_run: bool, yes: bool, as_json: bool
    ) -> int:
        """Preview, confirm, act."""
        ...


def on_trade(about: str, found: Callable[[], OnTrade]) -> Callable[..., None]:
    """The command line of such an act: *about* is its help, *found* imports what carries it out once it is called."""

    def command(
        trade: TradeArgument,
        config: ConfigFile = DEFAULT,
        account: Account = None,
        dry_run: DryRun = False,
        yes: Yes = False,
        json_: Json = False,
    ) -> None:
        end(found()(config, trade, account, dry_run=dry_run, yes=yes, as_json=json_))

    command.__doc__ = about
    return command


def end(code: int) -> NoReturn:
    """End the command with this exit code: 0 = good, 1 = wrong, 2 = usage."""
    raise typer.Exit(code)
