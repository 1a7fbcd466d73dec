"""run, reload, venue: how they are asked for."""

from pathlib import Path
from typing import Annotated

import typer

from config import commands
from config.commands.syntax.shared import DEFAULT, ConfigFile, Json, end


def run(config: Annotated[Path, typer.Argument(help="The configuration file.")] = DEFAULT) -> None:
    """Run the service until it is stopped (Ctrl-C or SIGTERM); protection stays at the venue."""
    end(commands.run(config))


def reload(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Let the running service read its configuration again, as SIGHUP does; says what needs a restart."""
    end(commands.reload(config, as_json=json_))


def venue(
    config: Annotated[Path | None, typer.Argument(help="Accounts, keys and instruments from here.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    market: Annotated[str, typer.Option(help="still, synthetic, or a CSV file of candles.")] = "synthetic",
    symbol: Annotated[str, typer.Option(help="Whose candles the file holds.")] = "BTCUSDT",
    faults: Annotated[Path | None, typer.Option(help="JSON file of faults.")] = None,
    storm: Annotated[int | None, typer.Option(help="Seed of a storm of faults.")] = None,
    latency_ms: Annotated[int, typer.Option(min=0, help="A round trip takes so much longer.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic market.")] = 1,
    no_limits: Annotated[bool, typer.Option("--no-limits", help="No rate limits.")] = False,
    allow_remote: Annotated[bool, typer.Option("--allow-remote", help="Listen beyond loopback.")] = False,
) -> None:
    """The embedded venue as a server that speaks Bybit's V5 protocol; one JSON line tells its addresses and keys."""
    from config.commands.venue import VenueArguments
    from config.commands.venue import venue as serve

    asked = VenueArguments(
        config=config,
        host=host,
        port=port,
        market=market,
        symbol=symbol,
        faults=faults,
        storm=storm,
        latency_ms=latency_ms,
        seed=seed,
        limits=not no_limits,
        remote=allow_remote,
    )
    end(serve(asked))
