"""Replay: a request against recorded candles, with the live code in virtual time. It writes and sends nothing."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from config.virtual import VirtualAccount, compose
from core.engine.playback import Played, play, play_repeatedly
from core.errors import ConfigError
from core.gate import Limits
from core.instrument import Instrument
from core.request import Request
from core.strategy import Strategy
from plugins.exchanges.paper.market.candles import Candles, Order
from plugins.exchanges.paper.market.mover import FundingDue
from plugins.exchanges.paper.stepped import SteppedVenue
from ports.exchange import Candle


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """How candles are walked and orders filled; the defaults add nothing that the candles don't show.

    *funding* are (time, rate) rows. *slippage_bps* worsens market and stop fills. *volume_share* is the part of each
    candle's volume that can be had, None = all that anybody wants.
    """

    order: Order = Order.OHLC
    latency_ms: int = 0
    slippage_bps: Decimal = Decimal(0)
    volume_share: Decimal | None = None
    funding: tuple[tuple[int, Decimal], ...] = ()
    repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a replay is played with: accounts, the leader that opens, the venue's symbols, the strategies."""

    accounts: Sequence[VirtualAccount]
    leader: str
    instruments: Mapping[str, Instrument]
    strategies: Mapping[str, Strategy]
    limits: Limits


def play_candles(request: Request, candles: Sequence[Candle], stage: Stage, options: ReplayOptions) -> Played:
    """Play *request* from the first candle's open; a trade still open at the last candle stays open.

    Raises ConfigError when the venue has no such symbol.
    """
    began = time.process_time()
    if request.symbol not in stage.instruments:
        known = ", ".join(sorted(stage.instruments))
        raise ConfigError((f"the embedded venue has no {request.symbol}; it has {known} (add it under venue:)",))
    world, run = compose(
        stage.accounts, stage.instruments, stage.strategies, limits=stage.limits, latency=options.latency_ms
    )
    path = Candles(request.symbol, candles, options.order, request.side)
    _conditions(world, request.symbol, options)
    world.mover.add(path)
    asked = replace(request, at=path.start()[1])
    if options.repeat:
        played = play_repeatedly(run, asked, stage.leader, lambda: _next_open(world, path))
    else:
        played = play(run, asked, stage.leader)
    played.bars = world.mover.bars
    played.cpu_seconds = f"{time.process_time() - began:.3f}"
    return played


def _conditions(world: SteppedVenue, symbol: str, options: ReplayOptions) -> None:
    world.venue.state.slippage = options.slippage_bps
    world.mover.volume_share = options.volume_share
    world.mover.funding = [FundingDue(at, symbol, rate) for at, rate in sorted(options.funding)]


def _next_open(world: SteppedVenue, path: Candles) -> int | None:
    track = world.mover.tracks[path.symbol]
    following = track.bar + 1
    return None if track.ended or following >= len(path.candles) else path.candles[following].at


def request_data(request: Request) -> dict[str, object]:
    """The request as it stands in JSON: numbers as text."""
    return {
        "id": request.id,
        "strategy": request.strategy,
        "symbol": request.symbol,
        "side": request.side.value,
        "entries": [
            {"price": "market" if spec.price is None else str(spec.price), "weight": str(spec.weight)}
            for spec in request.entries
        ],
        "take_profits": [str(price) for price in request.take_profits],
        "shares": None if request.shares is None else [str(share) for share in request.shares],
        "stop": None if request.stop is None else str(request.stop),
        "leverage": str(request.leverage),
        "size": {type(request.size).__name__: str(request.size.value)},
        "origin": request.origin,
    }
