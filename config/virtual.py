"""Composes a virtual run: the embedded venue, its accounts, and the very machines of the live service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.account.state import AccountState
from core.engine.virtual import VirtualRun
from core.gate import Limits
from core.instrument import Instrument
from core.mirror import Following
from core.strategy import Strategy
from core.words import Environment
from plugins.exchanges.paper.stepped import MAKER, TAKER, SteppedVenue
from plugins.exchanges.paper.venue.policies import Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualAccount:
    """One account of a virtual run."""

    name: str
    balance: Decimal
    following: Following | None = None
    taker: Decimal = TAKER
    maker: Decimal = MAKER
    hedge: bool = False


def compose(
    accounts: Sequence[VirtualAccount],
    instruments: Mapping[str, Instrument],
    strategies: Mapping[str, Strategy],
    *,
    limits: Limits | None = None,
    latency: int = 0,
    policies: Policies | None = None,
) -> tuple[SteppedVenue, VirtualRun]:
    """A venue with its accounts, and the run around it; the caller adds price paths before it opens anything."""
    world = SteppedVenue(instruments, policies)
    exchanges = {}
    states = {}
    for account in sorted(accounts, key=lambda each: each.following is not None):
        exchange = world.add(account.name, account.balance, taker=account.taker, maker=account.maker)
        if account.hedge:
            for symbol in instruments:
                world.venue.switch_mode(account.name, symbol, hedge=True)
        exchanges[account.name] = exchange
        states[account.name] = AccountState(
            account.name,
            Environment.PAPER,
            exchange.capabilities,
            strategies,
            limits or Limits(),
            account.following,
        )
    return world, VirtualRun(world, exchanges, states, latency)
