"""simulate, bench: how the program is put to the proof."""

from pathlib import Path
from typing import Annotated

import typer

from config import commands
from config.commands.syntax.shared import Json, end


def simulate(
    seeds: Annotated[str, typer.Option(help="Which storms, half open: A:B.")] = "0:200",
    fresh: Annotated[int | None, typer.Option(min=1, help="Instead, so many new seeds, by this commit.")] = None,
    scenario: Annotated[str | None, typer.Option(help="One named situation; with --crash its sweep.")] = None,
    crash: Annotated[bool, typer.Option("--crash", help="Die at every point of every scenario, and compare.")] = False,
    mishaps: Annotated[
        bool, typer.Option("--mishaps", help="Let each thing of every scenario go wrong, once.")
    ] = False,
    double: Annotated[int, typer.Option(min=0, help="With --crash: so many pairs of points each, besides.")] = 0,
    mutant: Annotated[str | None, typer.Option(help="Apply one deliberate defect: 0 when it is caught.")] = None,
    case: Annotated[Path | None, typer.Option(help="Play a storm that --shrink saved.")] = None,
    accounts: Annotated[int, typer.Option(min=1, max=3, help="1 = main alone, 2 = with a mirror, 3 = with two.")] = 2,
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 = one for each core.")] = 1,
    shrink: Annotated[Path | None, typer.Option(help="Save each failing storm, made small, in this directory.")] = None,
    demand: Annotated[bool, typer.Option("--demand", help="Fail also when a listed situation never occurred.")] = False,
    ring: Annotated[str, typer.Option(help="a = the machines (fast), b = the whole service (seeds only).")] = "a",
    json_: Json = False,
) -> None:
    """Play storms of faults, crashes and people around the real trading code; print every violation with its seed."""
    asked = commands.Storms(
        seeds=seeds,
        fresh=fresh,
        scenario=scenario,
        crash=crash,
        mishaps=mishaps,
        double=double,
        case=case,
        mutant=mutant,
        accounts=accounts,
        jobs=jobs,
        shrink=shrink,
        demand=demand,
        ring=ring,
    )
    end(commands.simulate(asked, as_json=json_))


def bench(
    name: Annotated[str, typer.Argument(help="replay, decide, audit, pictures, reaction, open, idle or storm.")],
    rtt_ms: Annotated[int, typer.Option(min=1, max=5_000, help="The round trip that the venue adds.")] = 40,
    trades: Annotated[int, typer.Option(min=1, max=999, help="Trades open on the wire.")] = 100,
    json_: Json = False,
) -> None:
    """Measure speed and print figures."""
    end(commands.bench(name, rtt_ms=rtt_ms, trades=trades, as_json=json_))
