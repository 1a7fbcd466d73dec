"""venue: the embedded venue as a server that speaks Bybit's V5 protocol on loopback."""

import asyncio
import json
import signal
import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.commands.printing import GOOD, failing
from config.load import load
from config.registry import registry
from core.errors import ConfigError
from plugins.exchanges.bybit.settings import BybitSettings
from plugins.exchanges.paper.market.csv import read_candles
from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from plugins.exchanges.paper.v5.boot import BALANCES, Given, accounts, ready_line
from plugins.exchanges.paper.v5.faults.rules import read_rules
from plugins.exchanges.paper.v5.faults.storm import Storm, seeded
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireAccount, WireSettings, starts
from plugins.exchanges.paper.v5.world import Market, MarketPlan

FUNDS = Decimal(10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueArguments:
    """What the command line says. *market* is still, synthetic or a file of candles (for *symbol*)."""

    config: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    market: str = "synthetic"
    symbol: str = "BTCUSDT"
    faults: Path | None = None
    storm: int | None = None
    latency_ms: int = 0
    seed: int = 1
    limits: bool = True
    remote: bool = False


@failing
def venue(asked: VenueArguments) -> int:
    """Serve until SIGTERM or SIGINT; one JSON line says where, once it listens."""
    asyncio.run(_serve(_server(asked)))
    return GOOD


def _server(asked: VenueArguments) -> VenueServer:
    funded, instruments, first = _from_config(asked.config)
    settings = WireSettings(
        accounts=funded,
        instruments=instruments,
        market=_market(asked, first),
        weather=_weather(asked),
        rates=1 if asked.limits else None,
        host=asked.host,
        port=asked.port,
    )
    return VenueServer(settings, remote=asked.remote)


async def _serve(server: VenueServer) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    await server.start()
    try:
        sys.stdout.write(json.dumps(ready_line(server)) + "\n")
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await server.close()


def _from_config(path: Path | None) -> tuple[tuple[WireAccount, ...], dict[str, Any], dict[str, Decimal]]:
    """The accounts with their keys, the instruments and their first prices."""
    rules = PaperVenueSettings().all_instruments()
    if path is None:
        return accounts(BALANCES), {name: each.instrument(name) for name, each in rules.items()}, starts()
    settings = load(path, registry())
    section = settings.sections.get("venue")
    if isinstance(section, PaperVenueSettings):
        rules = section.all_instruments()
    balances: dict[str, Decimal] = {}
    given: dict[str, Given] = {}
    for name, account in settings.accounts.items():
        chosen = account.chosen.settings
        balances[name] = chosen.balance if isinstance(chosen, PaperAccountSettings) else FUNDS
        if isinstance(chosen, BybitSettings):
            given[name] = Given(chosen.key.reveal(), chosen.secret)
    first = {name: each.price for name, each in rules.items() if each.price is not None}
    return accounts(balances, given), {name: each.instrument(name) for name, each in rules.items()}, first


def _market(asked: VenueArguments, first: dict[str, Decimal]) -> MarketPlan:
    if asked.market in (Market.STILL, Market.SYNTHETIC):
        return MarketPlan(kind=Market(asked.market), starts=first, seed=asked.seed)
    path = Path(asked.market)
    if not path.exists():
        raise ConfigError((f"--market is still, synthetic or a file of candles; there is no file {path}",))
    if asked.symbol not in first:
        raise ConfigError((f"--symbol: the venue has no {asked.symbol}; it has {', '.join(sorted(first))}",))
    candles = read_candles(path)
    return MarketPlan(
        kind=Market.CANDLES, starts={**first, asked.symbol: candles[0].open}, candles={asked.symbol: candles}
    )


def _weather(asked: VenueArguments) -> Storm:
    """Fair weather that can be made bad at any time by the control surface."""

    def now() -> int:
        return time.monotonic_ns() // 1_000_000

    if asked.storm is not None:
        return seeded(asked.storm, now, asked.latency_ms)
    if asked.faults is None:
        return Storm(latency=asked.latency_ms, now=now)
    try:
        rules = read_rules(json.loads(asked.faults.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise ConfigError((f"{asked.faults}: {error}",)) from error
    return Storm(rules, latency=asked.latency_ms, now=now)
