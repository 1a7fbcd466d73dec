"""What an account is offered for a symbol: instruments, fees, prices; kept as long as they hold."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog

from core.errors import ConfigError, Unavailable
from core.facts import Wallet
from core.instrument import Instrument
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.orders import LINEAR
from ports import bybit_rows, bybit_wallet
from ports.exchange import Candle

log = structlog.get_logger("tandem.bybit")

HOUR = 3_600_000
INSTRUMENTS_PAGE = 1_000
ORDERS_PAGE = 50
TRADING = "Trading"


@dataclass(frozen=True, slots=True)
class Fees:
    """Fee rates as fractions."""

    taker: Decimal
    maker: Decimal


class MarketData:
    """Reads what changes seldom once an hour. *now* is venue time in milliseconds."""

    def __init__(self, api: Api, now: Callable[[], int]) -> None:
        """Nothing is read here."""
        self._api = api
        self._now = now
        self._instruments: dict[str, Instrument] = {}
        self._read_at = 0
        self._fees: dict[str, tuple[int, Fees]] = {}
        self._reading = asyncio.Lock()

    async def instruments(self) -> Mapping[str, Instrument]:
        """Every USDT perpetual, at most an hour old."""
        async with self._reading:
            if not self._instruments or self._now() - self._read_at > HOUR:
                listed = await self._api.pages("get_instruments_info", category=LINEAR, limit=INSTRUMENTS_PAGE)
                found = {each.symbol: each for row in listed if (each := self._rules(row)) is not None}
                self._instruments, self._read_at = found, self._now()
        return self._instruments

    def _rules(self, row: bybit_rows.Row) -> Instrument | None:
        """A USDT perpetual's rules: as known before where they can't be read, so that one row spoils no other."""
        if row.get("settleCoin") != "USDT" or row.get("contractType") != "LinearPerpetual":
            return None
        try:
            return bybit_rows.instrument(str(row["symbol"]), row, trading=row.get("status") == TRADING)
        except bybit_rows.SPOILT as error:
            log.warning("rules not read", account=self._api.account, reason=repr(error), row=repr(row)[:2_000])
            return self._instruments.get(str(row.get("symbol")))

    async def instrument(self, symbol: str) -> Instrument:
        """One symbol's rules; raises ConfigError when there is none."""
        found = (await self.instruments()).get(symbol)
        if found is None:
            raise ConfigError((f"{self._api.account}: Bybit has no USDT perpetual {symbol}",))
        return found

    def forget(self) -> None:
        """Something about the rules turned out otherwise: read them anew."""
        self._read_at = 0

    async def fees(self, symbol: str) -> Fees:
        """The account's fee rates, at most an hour old."""
        known = self._fees.get(symbol)
        if known is not None and self._now() - known[0] < HOUR:
            return known[1]
        found = await self._api.read("get_fee_rates", category=LINEAR, symbol=symbol)
        row = _first(found, f"{self._api.account}: Bybit names no fee rate for {symbol}")
        fees = Fees(bybit_rows.number(row, "takerFeeRate"), bybit_rows.number(row, "makerFeeRate"))
        self._fees[symbol] = (self._now(), fees)
        return fees

    async def wallet(self) -> tuple[Wallet, Decimal]:
        """The account's money and the maintenance margin that its positions bind."""
        found = await self._api.read("get_wallet_balance", accountType="UNIFIED")
        row = _first(found, f"{self._api.account}: Bybit shows no unified wallet")
        return bybit_wallet.wallet(row, self._now()), bybit_wallet.maintenance(row)

    async def working(self, symbol: str) -> int:
        """How many orders are open on the symbol, whosever they are: the venue takes only so many (rel:F13)."""
        return len(await self._api.pages("get_open_orders", category=LINEAR, symbol=symbol, limit=ORDERS_PAGE))

    async def last(self, symbol: str) -> Decimal:
        """The last traded price."""
        found = await self._api.read("get_tickers", category=LINEAR, symbol=symbol)
        row = _first(found, f"{self._api.account}: Bybit has no price for {symbol}")
        return bybit_rows.number(row, "lastPrice")

    async def candles(self, symbol: str, minutes: int, limit: int) -> tuple[Candle, ...]:
        """The latest closed bars, oldest first; the running one is left out. A day is 1440 minutes."""
        interval = {1_440: "D", 10_080: "W"}.get(minutes, str(minutes))
        found = await self._api.read(
            "get_kline", category=LINEAR, symbol=symbol, interval=interval, limit=min(limit + 1, 1_000)
        )
        bars = [_candle(row) for row in found.get("list") or ()]
        closed = [bar for bar in bars if bar.at + minutes * 60_000 <= self._now()]
        return tuple(sorted(closed, key=lambda bar: bar.at)[-limit:])


def _first(found: Mapping[str, Any], otherwise: str) -> bybit_rows.Row:
    row: bybit_rows.Row | None = next(iter(found.get("list") or ()), None)
    if row is None:
        raise Unavailable(otherwise)
    return row


def _candle(row: list[str]) -> Candle:
    at, *numbers = row[:6]
    return Candle(int(at), *(Decimal(each) for each in numbers))
