"""What the venue allows for each symbol, through ccxt: read anew every hour, or when something didn't fit (rel:F37)."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from core.errors import ConfigError
from core.instrument import Instrument
from plugins.exchanges.ccxt import outcomes
from ports import bybit_rows

log = structlog.get_logger("tandem.ccxt")

HOUR = 3_600_000


class Rules:
    """Every linear perpetual that settles in USDT. *now* is venue time in milliseconds.

    `names` are ccxt's names of all that were ever listed: what was taken off may be held for a while.
    """

    def __init__(self, account: str, exchange: Any, now: Callable[[], int]) -> None:
        """Nothing is read here."""
        self.names: dict[str, str] = {}
        self.known: Mapping[str, Instrument] = {}
        self._account = account
        self._exchange = exchange
        self._now = now
        self._read_at = 0
        self._reading = asyncio.Lock()

    async def all(self) -> Mapping[str, Instrument]:
        """By name, at most an hour old. Raises ConfigError, Unavailable."""
        async with self._reading:
            if not self.known or self._now() - self._read_at > HOUR:
                await self._read()
        return self.known

    async def of(self, symbol: str) -> Instrument:
        """One symbol's; raises ConfigError when there is none."""
        found = (await self.all()).get(symbol)
        if found is None:
            raise ConfigError((f"{self._account}: {self._exchange.id} has no USDT perpetual {symbol}",))
        return found

    def forget(self) -> None:
        """Something about the rules turned out otherwise: read them anew."""
        self._read_at = 0

    async def _read(self) -> None:
        markets = await outcomes.called(self._account, self._exchange.load_markets, True)  # noqa: FBT003 - ccxt's: anew
        linear = [each for each in markets.values() if each.get("linear") and each.get("swap")]
        perpetuals = [each for each in linear if each.get("settle") == "USDT"]
        self.names |= {str(each["id"]): str(each["symbol"]) for each in perpetuals}
        read = [self._rules(each) for each in perpetuals]
        self.known, self._read_at = {each.symbol: each for each in read if each is not None}, self._now()

    def _rules(self, market: Mapping[str, Any]) -> Instrument | None:
        """A symbol's rules: as known before where they can't be read, so that one row spoils no other."""
        try:
            return bybit_rows.instrument(str(market["id"]), market["info"], trading=bool(market.get("active")))
        except bybit_rows.SPOILT as error:
            log.warning("rules not read", account=self._account, reason=repr(error), row=repr(market)[:2_000])
            return self.known.get(str(market.get("id")))
