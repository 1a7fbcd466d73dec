"""Offers ccxt as the exchange adapter `ccxt`, which is loaded for the first account through it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plugins.exchanges.ccxt.settings import CcxtSettings
from ports.hooks import Adapter, hookimpl

if TYPE_CHECKING:
    from plugins.exchanges.ccxt.adapter import CcxtExchange


def build(settings: CcxtSettings, *, account: str, shared: dict[str, object]) -> "CcxtExchange":
    """An account; the process's accounts know each other's user ids."""
    from plugins.exchanges.ccxt.adapter import CcxtExchange

    return CcxtExchange(account, settings, shared)


@hookimpl
def tandem_exchanges() -> Sequence[Adapter]:
    """Offer the adapter."""
    return (Adapter("ccxt", CcxtSettings, build),)
