"""Offers ccxt as the exchange adapter `ccxt`."""

from collections.abc import Sequence

from plugins.exchanges.ccxt.adapter import CcxtExchange
from plugins.exchanges.ccxt.settings import CcxtSettings
from ports.hooks import Adapter, hookimpl


def build(settings: CcxtSettings, *, account: str, shared: dict[str, object]) -> CcxtExchange:  # noqa: ARG001 - the port's
    """An account; accounts have nothing in common."""
    return CcxtExchange(account, settings)


@hookimpl
def tandem_exchanges() -> Sequence[Adapter]:
    """Offer the adapter."""
    return (Adapter("ccxt", CcxtSettings, build),)
