"""verify, mirror diff, doctor, clean-up, backup, restore: how faults are looked for, and mended."""

from pathlib import Path
from typing import Annotated

import typer

from config import commands
from config.commands.syntax.shared import DEFAULT, Account, ConfigFile, DryRun, Json, Yes, end


def verify(
    topic: Annotated[
        str | None, typer.Argument(help="tp-limits, closure, mirror, sl-coverage or ledger; all of them unless named.")
    ] = None,
    config: ConfigFile = DEFAULT,
    json_: Json = False,
) -> None:
    """Check what must always hold, over the running service and a fresh look at the venue; changes nothing."""
    end(commands.verify(config, topic, as_json=json_))


mirror = typer.Typer(no_args_is_help=True, help="Mirrors against their leaders.")


@mirror.command(name="diff")
def mirror_diff(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Each leader's trade beside its mirrors', and what explains a difference; exit 1 when nothing does."""
    end(commands.mirror_diff(config, as_json=json_))


def doctor(
    config: ConfigFile = DEFAULT,
    check_all: Annotated[
        bool, typer.Option("--check-all", help="Also every ended trade's journal, and the venues.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Let the running service look at its venues and reconcile now.")
    ] = False,
    probe: Annotated[bool, typer.Option("--probe", help="Also ask each venue: reach, clock, key.")] = False,
    json_: Json = False,
) -> None:
    """What is wrong here and what would mend it: configuration, files, store, service, accounts, invariants."""
    asked = commands.Examination(check_all=check_all, probe=probe, fix=fix)
    end(commands.doctor(config, asked, as_json=json_))


def clean_up(
    config: ConfigFile = DEFAULT,
    account: Account = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """List orders of ours that serve no live trade; with --yes the service's own reconcile takes them out."""
    end(commands.clean_up(config, account, act=yes and not dry_run, as_json=json_))


def backup(
    config: Annotated[Path, typer.Argument(help="The configuration file.")] = DEFAULT,
    to: Annotated[Path | None, typer.Option("--to", help="Into this file, which must not be there yet.")] = None,
    json_: Json = False,
) -> None:
    """Copy the store into a file, whether the service runs or not."""
    end(commands.backup(config, to, as_json=json_))


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    config: Annotated[Path, typer.Argument(help="The configuration file.")] = DEFAULT,
    dry_run: DryRun = False,
    json_: Json = False,
) -> None:
    """Check a backup and put it in the store's place; what was there is kept. Not while the service runs."""
    end(commands.restore(file, config, dry_run=dry_run, as_json=json_))
