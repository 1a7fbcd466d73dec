"""What the venue behind the wire is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.instrument import Instrument
from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.weather import Calm, Weather
from plugins.exchanges.paper.v5.world import MarketPlan
from plugins.exchanges.paper.venue.policies import Policies

TAKER, MAKER = Decimal("0.00055"), Decimal("0.0002")


@dataclass(frozen=True, slots=True, kw_only=True)
class WireAccount:
    """An account at the venue, with the keys that open it. *hedge*: all symbols begin in hedge mode."""

    name: str
    balance: Decimal
    keys: tuple[ApiKey, ...]
    taker: Decimal = TAKER
    maker: Decimal = MAKER
    hedge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSettings:
    """One venue. *rates* multiplies Bybit's limits, None = none; port 0 takes a free one."""

    accounts: tuple[WireAccount, ...]
    instruments: Mapping[str, Instrument] = field(
        default_factory=lambda: {
            name: each.instrument(name) for name, each in PaperVenueSettings().all_instruments().items()
        }
    )
    market: MarketPlan = field(default_factory=lambda: MarketPlan(starts=starts()))
    policies: Policies = field(default_factory=Policies)
    weather: Weather = field(default_factory=Calm)
    rates: int | None = 1
    host: str = "127.0.0.1"
    port: int = 0


def starts() -> dict[str, Decimal]:
    """Where the built-in symbols begin."""
    return {name: each.price for name, each in PaperVenueSettings().all_instruments().items() if each.price is not None}
