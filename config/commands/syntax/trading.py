"""open, close, move-stop, cancel-entries, pause, resume: how acts on trades are asked for."""

from pathlib import Path
from typing import Annotated

import typer

from config import commands
from config.commands.syntax.shared import (
    DEFAULT,
    Account,
    ConfigFile,
    DryRun,
    Json,
    Leader,
    TradeArgument,
    Yes,
    end,
    on_trade,
)
from core.request import Merge


def open_(
    request: Annotated[Path, typer.Argument(help="The request file.")],
    config: ConfigFile = DEFAULT,
    account: Leader = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    yes_really: Annotated[
        bool,
        typer.Option("--yes-really", help="Also accept what would be asked about, such as a limit that fills at once."),
    ] = False,
    merge: Annotated[
        Merge | None,
        typer.Option(help="Add to the trade that is there: keep its stop and take-profits, or replace them."),
    ] = None,
    json_: Json = False,
) -> None:
    """Open a trade on an account and its mirrors, or add to the one that is there: preview, confirmation, go."""
    asked = commands.Opening(
        request=request, account=account, dry_run=dry_run, yes=yes, confirmed=yes_really, merge=merge
    )
    end(commands.open_trade(config, asked, as_json=json_))


def close(
    trade: TradeArgument,
    config: ConfigFile = DEFAULT,
    account: Account = None,
    quantity: Annotated[str | None, typer.Option(help="Close only so much (base units).")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Close a trade at market on every account that holds it, or a part of it."""
    kind = "close" if quantity is None else "reduce"
    act = commands.Acting(kind=kind, trade=trade, account=account, quantity=quantity, dry_run=dry_run, yes=yes)
    end(commands.act(config, act, as_json=json_))


def move_stop(
    trade: TradeArgument,
    price: Annotated[str, typer.Argument(help="The new stop.")],
    config: ConfigFile = DEFAULT,
    account: Account = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Move a trade's stop."""
    act = commands.Acting(kind="move_stop", trade=trade, account=account, price=price, dry_run=dry_run, yes=yes)
    end(commands.act(config, act, as_json=json_))


cancel_entries = on_trade("Cancel a trade's unfilled entries; what is filled goes on.", lambda: commands.cancel_entries)


def pause(config: ConfigFile = DEFAULT, account: Account = None, dry_run: DryRun = False, json_: Json = False) -> None:
    """Take no new entries; exits go on as ever."""
    end(commands.pause(config, account, paused=True, dry_run=dry_run, as_json=json_))


def resume(config: ConfigFile = DEFAULT, account: Account = None, dry_run: DryRun = False, json_: Json = False) -> None:
    """Take new entries again."""
    end(commands.pause(config, account, paused=False, dry_run=dry_run, as_json=json_))
