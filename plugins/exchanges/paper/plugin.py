"""Offers the embedded venue as the exchange adapter `paper`."""

import time
from collections.abc import Sequence

from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from plugins.exchanges.paper.world import PaperWorld
from ports.hooks import Adapter, hookimpl

WORLD = "paper.world"
SECTION = "venue"


def build(settings: PaperAccountSettings, *, account: str, shared: dict[str, object]) -> PaperExchange:
    """An account at the process's one paper world; `shared["venue"]` holds the venue's settings."""
    world = shared.get(WORLD)
    if not isinstance(world, PaperWorld):
        section = shared.get(SECTION)
        venue = section if isinstance(section, PaperVenueSettings) else PaperVenueSettings()
        world = shared[WORLD] = PaperWorld(venue, lambda: time.time_ns() // 1_000_000)
    return PaperExchange(account, settings, world)


@hookimpl
def tandem_exchanges() -> Sequence[Adapter]:
    """Offer the adapter."""
    return (Adapter("paper", PaperAccountSettings, build),)
