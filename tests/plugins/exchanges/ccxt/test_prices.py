"""Prices through ccxt: a stream of them that breaks off, for whatever reason, is watched again."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import ccxt
import pytest

from plugins.exchanges.ccxt import adapter
from plugins.exchanges.ccxt.adapter import CcxtExchange
from plugins.exchanges.ccxt.settings import CcxtSettings
from ports.secret import Secret
from tests.core.engine.outboxes import turns

pytestmark = pytest.mark.integration


class Venue:
    """ccxt's Bybit, which gives these tickers one after another, or fails so, and then nothing more."""

    def __init__(self, *tickers: Mapping[str, Any] | Exception) -> None:
        """In this order."""
        self.options: dict[str, int] = {}
        self.tickers = iter(tickers)

    async def watch_ticker(self, _: str) -> Mapping[str, Any]:
        """The next one."""
        found = next(self.tickers, None)
        if found is None:
            await asyncio.Event().wait()
        if isinstance(found, Exception):
            raise found
        return found or {}

    async def close(self) -> None:
        """Nothing is open."""


def ticker(last: object) -> dict[str, Any]:
    """A ticker as ccxt reads it."""
    return {"last": last, "timestamp": 7}


def watching(venue: Venue) -> CcxtExchange:
    """An account that has read the rules of one symbol."""
    settings = CcxtSettings(exchange="bybit", environment="demo", key=Secret("k"), secret=Secret("s"))
    exchange = CcxtExchange("main", settings, {})
    exchange._exchange = venue  # noqa: SLF001 - ccxt's, as `start` would put it there
    exchange._rules = SimpleNamespace(names={"BTCUSDT": "BTC/USDT:USDT"})  # type: ignore[assignment] # noqa: SLF001
    return exchange


@pytest.mark.parametrize(
    "broken",
    [ccxt.NetworkError("reset"), ConnectionError("closed before send"), ticker("lots"), ticker("NaN"), ticker("0")],
)
async def test_a_symbols_prices_go_on_after_whatever_broke_them_off(
    monkeypatch: Any, broken: Mapping[str, Any] | Exception
) -> None:
    """rel:F24: its task had ended, unheard: no price woke a trade of that symbol any more, until a restart."""
    monkeypatch.setattr(adapter, "PRICES_AGAIN", 0)
    exchange = watching(Venue(broken, ticker("60000")))
    async with asyncio.timeout(5):
        first = await anext(exchange.prices(["BTCUSDT"]))
    await exchange.close()

    assert (first[0], str(first[1]), first[2]) == ("BTCUSDT", "60000", 7)


async def asked(exchange: CcxtExchange, symbol: str) -> None:
    """Somebody waits for a symbol's prices for a moment, then the account is closed."""
    waits = asyncio.ensure_future(anext(exchange.prices([symbol]), None))
    await turns(9)
    await exchange.close()
    await waits


async def test_of_a_symbol_that_is_gone_no_price_is_asked_for() -> None:
    """rel:F37: what is held after a start may be settled already: it was asked for each second, for ever."""
    exchange = watching(Venue())
    await asked(exchange, "GONEUSDT")

    assert exchange._watched == set()  # noqa: SLF001 - one task for each


async def test_what_breaks_off_at_once_is_not_asked_for_in_a_row() -> None:
    """rel:F24, rel:F49: a venue that can't be reached fails without waiting: nothing else had a turn any more."""
    venue = Venue(*(ConnectionError("closed before send") for _ in range(50)))
    await asked(watching(venue), "BTCUSDT")

    assert len(list(venue.tickers)) == 49
