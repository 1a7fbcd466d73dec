"""What one account's venue answers right now: reachable, how far away, how far apart the clocks, what its key lacks."""

import asyncio
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from core.engine.failing import failure
from ports.clock import Clock
from ports.exchange import Exchange

MOST_SKEW = 1_000
"""Milliseconds by which the clocks may differ before it is worth mending; requests are dated by the venue's time."""
USUAL = "BTCUSDT"
WITHIN = 30
"""Seconds for all of it."""


@runtime_checkable
class Warned(Protocol):
    """An exchange that has something to say about its key (it expires soon, it is bound to no address)."""

    warnings: tuple[str, ...]


@runtime_checkable
class Budgeted(Protocol):
    """An exchange that counts its requests."""

    def budgets(self) -> dict[str, tuple[int, int]]:
        """By endpoint: how many requests may leave now, and how many at most."""
        ...


@runtime_checkable
class Dated(Protocol):
    """An exchange that knows how far the clocks are apart."""

    def skew(self) -> int:
        """Venue time less ours when it was last read, milliseconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """*why* says why the venue did not answer ("" = it did). *skew* is venue time less ours, milliseconds."""

    account: str
    environment: str
    why: str = ""
    round_trip: int = 0
    skew: int = 0
    warnings: tuple[str, ...] = ()


async def probe(exchange: Exchange, clock: Clock, within: float = WITHIN) -> Probe:
    """Ask a started exchange for a symbol's terms and for a full cut, *within* so many seconds; changes nothing."""
    account, environment = exchange.account, exchange.environment.value
    try:
        async with asyncio.timeout(within):
            trip, skew = await _asked(exchange, clock)
    except Exception as error:  # noqa: BLE001 - an adapter is somebody's plugin
        return Probe(account=account, environment=environment, why=failure(error, account))
    warnings = exchange.warnings if isinstance(exchange, Warned) else ()
    return Probe(account=account, environment=environment, round_trip=trip, skew=skew, warnings=warnings)


async def _asked(exchange: Exchange, clock: Clock) -> tuple[int, int]:
    """Milliseconds of a round trip, and how far the venue's clock is ahead."""
    known = await exchange.instruments()
    symbol = USUAL if USUAL in known else min(known)
    before = clock.monotonic()
    terms = await exchange.terms(symbol)
    trip, skew = clock.monotonic() - before, terms.at - clock.now()
    await exchange.snapshot(clock.now() + skew, full=True)
    return trip, skew
