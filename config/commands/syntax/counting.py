"""stats: how the figures of closed trades are asked for, begun anew and taken out."""

from pathlib import Path
from typing import Annotated

import typer

from config import commands
from config.commands.syntax.shared import DEFAULT, Account, ConfigFile, DryRun, Json, Yes, end

stats = typer.Typer(help="What closed trades came to.")


Period = Annotated[str | None, typer.Option("--period", help="A period's number or label, or all.")]


@stats.callback(invoke_without_command=True)
def stats_(
    context: typer.Context,
    config: ConfigFile = DEFAULT,
    period: Period = None,
    account: Account = None,
    json_: Json = False,
) -> None:
    """What closed trades came to: show (the same without it), reset, export."""
    if context.invoked_subcommand is None:
        end(commands.stats(config, period, account, as_json=json_))


@stats.command(name="show")
def stats_show(
    config: ConfigFile = DEFAULT, period: Period = None, account: Account = None, json_: Json = False
) -> None:
    """The figures of the period that goes on, or of another."""
    end(commands.stats(config, period, account, as_json=json_))


@stats.command(name="reset")
def stats_reset(
    config: ConfigFile = DEFAULT,
    label: Annotated[str | None, typer.Option("--label", help="What the new period is called.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Begin a new period with the balances of now; the ones before are kept."""
    end(commands.stats_reset(config, label, dry_run=dry_run, yes=yes, as_json=json_))


@stats.command(name="export")
def stats_export(
    config: ConfigFile = DEFAULT,
    period: Period = None,
    account: Account = None,
    out: Annotated[Path | None, typer.Option("--out", help="Into this file, which must not be there yet.")] = None,
    json_: Json = False,
) -> None:
    """Every ended trade of a period as CSV, a row for each account."""
    end(commands.stats_export(config, period, account, out, as_json=json_))
