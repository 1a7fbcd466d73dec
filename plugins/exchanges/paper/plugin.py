"""Offers the embedded venue as the exchange adapter `paper`, which is loaded for the first account there."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from ports.hooks import Adapter, hookimpl

if TYPE_CHECKING:
    from plugins.exchanges.paper.adapter import PaperExchange

WORLD = "paper.world"
SECTION = "venue"


def build(settings: PaperAccountSettings, *, account: str, shared: dict[str, object]) -> "PaperExchange":
    """An account at the process's one paper world; `shared["venue"]` holds the venue's settings."""
    from plugins.exchanges.paper.adapter import PaperExchange
    from plugins.exchanges.paper.world import PaperWorld

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
