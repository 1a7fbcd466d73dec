"""adopt, release, mode, emergency: how acts on what an account holds are asked for."""

from pathlib import Path
from typing import Annotated

import typer

from config import commands
from config.commands.syntax.shared import DEFAULT, ConfigFile, DryRun, Json, Yes, end, on_trade


def adopt(
    account: Annotated[str, typer.Argument(help="The account that holds it.")],
    symbol: Annotated[str, typer.Argument(help="The symbol.")],
    request: Annotated[
        Path | None, typer.Option("--request", help="The plan, as a request file; its one entry is the price paid.")
    ] = None,
    order: Annotated[
        list[str] | None, typer.Option("--order", help="Cancel this order of somebody else's; may be repeated.")
    ] = None,
    config: ConfigFile = DEFAULT,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Take over a position that isn't Tandem's: first see what is there, then bind it to a plan."""
    asked = commands.Adopting(
        account=account, symbol=symbol, request=request, orders=tuple(order or ()), dry_run=dry_run, yes=yes
    )
    end(commands.adopt(config, asked, as_json=json_))


release = on_trade(
    "Give a trade's position back with its stop: our orders go, nothing is closed, nobody watches over it then.",
    lambda: commands.release,
)


def mode(
    account: Annotated[str, typer.Argument(help="The account.")],
    to: Annotated[str | None, typer.Argument(help="one_way or hedge; without it the mode is only shown.")] = None,
    symbol: Annotated[str | None, typer.Option(help="The symbol whose mode it is.")] = None,
    config: ConfigFile = DEFAULT,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Show or switch a symbol's position mode; only while it is flat and without orders."""
    wanted = None if to is None else to.replace("-", "_")
    asked = commands.Switching(account=account, symbol=symbol, to=wanted, dry_run=dry_run, yes=yes)
    end(commands.mode(config, asked, as_json=json_))


def emergency(
    config: ConfigFile = DEFAULT,
    account: Annotated[
        str | None, typer.Option("--account", help="This account, and the mirrors that close with it.")
    ] = None,
    all_accounts: Annotated[bool, typer.Option("--all-accounts", help="Every account.")] = False,
    foreign: Annotated[
        bool, typer.Option("--foreign", help="Also what isn't Tandem's: it is adopted, then closed.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    yes_really: Annotated[
        bool, typer.Option("--yes-really", help="Don't ask about what isn't Tandem's either.")
    ] = False,
    json_: Json = False,
) -> None:
    """Cancel and close all that is ours, now, and see that it is flat; the dry run lists exactly what it touches."""
    asked = commands.Emptying(
        account=account,
        all_accounts=all_accounts,
        foreign=foreign,
        dry_run=dry_run,
        yes=yes,
        yes_foreign=yes_really,
    )
    end(commands.emergency(config, asked, as_json=json_))
