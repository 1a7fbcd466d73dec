"""demo, replay: how they are asked for."""

from pathlib import Path
from typing import Annotated

import typer

from config import commands
from config.commands.syntax.shared import Json, end


def demo(
    seed: Annotated[int, typer.Option(help="Picks one of the cases.")] = 0,
    case: Annotated[str | None, typer.Option(help="Play this case.")] = None,
    json_: Json = False,
) -> None:
    """A whole conservative trade on main and mirror at the embedded venue, in virtual time."""
    end(commands.demo(seed, case, as_json=json_))


def replay(
    request: Annotated[Path, typer.Option("--request", help="The request file.")],
    candles: Annotated[Path, typer.Option("--candles", help="CSV with datetime, open, high, low, close, volume.")],
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Accounts and strategies from here.")] = None,
    path: Annotated[str, typer.Option(help="Way through a candle: ohlc, worst or best.")] = "ohlc",
    latency_ms: Annotated[int, typer.Option(min=0, help="Commands reach the venue so much later.")] = 0,
    slippage_bps: Annotated[str, typer.Option(help="Worsens market and stop fills.")] = "0",
    volume_share: Annotated[str | None, typer.Option(help="Part of each candle's volume to be had, 0 to 1.")] = None,
    funding: Annotated[Path | None, typer.Option(help="CSV with date and rate.")] = None,
    repeat: Annotated[bool, typer.Option("--repeat", help="Open again whenever no trade is live.")] = False,
    json_: Json = False,
) -> None:
    """Run a request against recorded candles with the live code."""
    asked = commands.ReplayArguments(
        request=request,
        candles=candles,
        config=config,
        path=path,
        latency_ms=latency_ms,
        slippage_bps=slippage_bps,
        volume_share=volume_share,
        funding=funding,
        repeat=repeat,
    )
    end(commands.replay(asked, as_json=json_))
