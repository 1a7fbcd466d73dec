"""Offers ccxt as the exchange adapter `ccxt`."""

from collections.abc import Sequence

from plugins.exchanges.ccxt.adapter import CcxtExchange
from plugins.exchanges.ccxt.settings import CcxtSettings
from ports.hooks import Adapter, hookimpl


def build(settings: CcxtSettings, *, account: str, shared: dict[str, object]) -> CcxtExchange:
    """An account; the process's accounts know each other's user ids."""
    return CcxtExchange(account, settings, shared)


@hookimpl
def tandem_exchanges() -> Sequence[Adapter]:
    """Offer the adapter."""
    return (Adapter("ccxt", CcxtSettings, build),)
