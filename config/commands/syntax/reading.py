"""status, its parts, the latest alerts and acts, the report, pictures: how what is and what was is asked for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from config import commands
from config.commands.syntax.shared import DEFAULT, Account, ConfigFile, Json, Limit, TradeArgument, end


def status(
    config: ConfigFile = DEFAULT,
    health: Annotated[
        bool, typer.Option("--health", help="How well the service is, with advice; exit 1 when anything isn't.")
    ] = False,
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="With --health: look so far back.")] = 30,
    json_: Json = False,
) -> None:
    """Everything that is: accounts, trades, latest alerts."""
    _read("health" if health else "status", config, as_json=json_, arguments={"minutes": minutes})


def positions(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Open positions."""
    _read("positions", config, as_json=json_)


def orders(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Working orders of ours."""
    _read("orders", config, as_json=json_)


def trades(
    trade: Annotated[str | None, typer.Argument(help="Show this one in full.")] = None,
    config: ConfigFile = DEFAULT,
    limit: Limit = 20,
    json_: Json = False,
) -> None:
    """Live and ended trades, or one of them in full."""
    _read("trades", config, as_json=json_, arguments={"trade": trade, "limit": limit})


def monitors(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Each live trade's supervision: phase, protection, last fact, difference."""
    _read("monitors", config, as_json=json_)


def alerts(config: ConfigFile = DEFAULT, limit: Limit = 20, json_: Json = False) -> None:
    """The latest alerts, newest first."""
    _read("alerts", config, as_json=json_, arguments={"limit": limit})


def audited(config: ConfigFile = DEFAULT, limit: Limit = 20, json_: Json = False) -> None:
    """Who did what, newest first: every act from the command line and the front ends, and what came of it."""
    _read("audited", config, as_json=json_, arguments={"limit": limit})


def report(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """The daily report, of the last 24 hours to now."""
    end(commands.report(config, as_json=json_))


def watch(
    config: ConfigFile = DEFAULT,
    every: Annotated[float, typer.Option(min=0.2, max=3600, help="Seconds between two looks.")] = 2,
    count: Annotated[int | None, typer.Option(min=1, help="So many looks, then end; with --json one.")] = None,
    json_: Json = False,
) -> None:
    """The status again and again, until Ctrl-C."""
    end(commands.watch(config, every, count, as_json=json_))


Out = Annotated[Path, typer.Option("--out", "-o", help="Where the picture goes (PNG).")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]


def chart(
    trade: TradeArgument,
    out: Out = Path("chart.png"),
    config: ConfigFile = DEFAULT,
    account: Account = None,
    interval: Annotated[int | None, typer.Option(help="Minutes of a candle; what fits the trade unless given.")] = None,
    force: Force = False,
    json_: Json = False,
) -> None:
    """A picture of a trade, live or ended: candles, entries, take-profits, stop, fills."""
    asked = {"trade": trade, "account": account, "interval": interval}
    end(commands.picture(config, "chart", asked, out, force=force, as_json=json_))


def equity(
    out: Out = Path("equity.png"),
    config: ConfigFile = DEFAULT,
    account: Account = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="So many days, today the last.")] = 30,
    force: Force = False,
    json_: Json = False,
) -> None:
    """A picture of what ended trades earned: the curve with its drawdown, and each day."""
    asked = {"account": account, "days": days}
    end(commands.picture(config, "equity", asked, out, force=force, as_json=json_))


def _read(what: str, config: Path, *, as_json: bool, arguments: Mapping[str, Any] | None = None) -> None:
    end(commands.show(what, config, dict(arguments or {}), as_json=as_json))
