"""Offers Bybit as the exchange adapter `bybit`, which is loaded for the first account there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plugins.exchanges.bybit.settings import BybitSettings
from ports.hooks import Adapter, hookimpl

if TYPE_CHECKING:
    from plugins.exchanges.bybit.adapter import BybitExchange


def build(settings: BybitSettings, *, account: str, shared: dict[str, object]) -> "BybitExchange":
    """An account; the process's accounts share the address's budget and know each other's user ids."""
    from plugins.exchanges.bybit.adapter import BybitExchange

    return BybitExchange(account, settings, shared)


@hookimpl
def tandem_exchanges() -> Sequence[Adapter]:
    """Offer the adapter."""
    return (Adapter("bybit", BybitSettings, build),)
