"""Offers the painter `pillow`."""

from collections.abc import Sequence

from plugins.painters.pillow.settings import PillowSettings
from ports.hooks import Adapter, hookimpl
from ports.painter import Painter


def build(settings: PillowSettings) -> Painter:
    """The painter."""
    from plugins.painters.pillow.painter import PillowPainter

    return PillowPainter(settings)


@hookimpl
def tandem_painters() -> Sequence[Adapter]:
    """Offer the adapter."""
    return (Adapter("pillow", PillowSettings, build),)
