"""An account at a venue that ccxt.pro serves, as an Exchange."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import structlog

from core.commands import Code, Command, Done, Outcome, Place, Refused, SetStop
from core.errors import ConfigError, Unavailable
from core.facts import Cut, VenueFact
from core.instrument import Instrument
from core.terms import Capabilities, Terms
from core.words import Environment, PositionMode
from plugins.exchanges.ccxt.settings import CcxtSettings
from ports import bybit_key, bybit_rows
from ports.exchange import Candle
from ports.in_use import in_use
from ports.read_queue import ReadQueue

log = structlog.get_logger("tandem.ccxt")

Tick = tuple[str, Decimal, int]
PRICES_AGAIN = 1
"""Seconds after which a symbol's prices are watched again that broke off."""
BANS = "ccxt.bans"
KEEPS_STOPS = ("bybit",)
"""Where ccxt can attach a stop to an entry that then covers the whole position, and move it there."""
UNFITTING = (Code.MODE, Code.RULES)
"""What an order for another position mode is refused with."""
_ENVIRONMENTS = {"live": Environment.LIVE, "demo": Environment.DEMO, "testnet": Environment.TESTNET}


class CcxtExchange:
    """One account. ccxt is loaded when it starts, two seconds that others need not wait for."""

    def __init__(self, account: str, settings: CcxtSettings, shared: dict[str, object]) -> None:
        """Nothing is imported from ccxt or connected here; *shared* is what the process's accounts have in common."""
        self.account = account
        self.environment = _environment(settings.environment)
        self.capabilities = Capabilities(max_batch=10, request_lifetime=2_000, closes_whole=True)
        self._settings = settings
        self._uids = bybit_key.uids(shared)
        self._bans = _bans(shared)
        self._exchange: Any = None
        self._checks: Any = None
        self._events: ReadQueue[VenueFact] = ReadQueue()
        self._ticks: list[tuple[frozenset[str], ReadQueue[Tick]]] = []
        self._watched: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Load markets, check the key, watch the streams; raises ConfigError, Unavailable; may be called again then."""
        if self._exchange is not None:
            return
        if self._settings.exchange not in KEEPS_STOPS:
            raise ConfigError((_unprotected(self.account, self._settings.exchange),))
        from plugins.exchanges.ccxt.checks import Checks
        from plugins.exchanges.ccxt.looks import Looks
        from plugins.exchanges.ccxt.reads import Reads
        from plugins.exchanges.ccxt.rules import Rules
        from plugins.exchanges.ccxt.streams import Streams
        from plugins.exchanges.ccxt.submit import Submitter

        exchange = self._built()
        self._reads = Reads(self.account, exchange, self._now)
        self._rules = Rules(self.account, exchange, self._now)
        checks = Checks(self.account, self._settings.environment, exchange, self._events.put, self._now)
        try:
            await self._rules.all()
            await checks.first(self._uids)
            await self._reads.learn_held()
        except BaseException:
            await exchange.close()
            raise
        self._exchange, self._checks = exchange, checks
        self._submitter = Submitter(exchange, self._rules, self._reads.ask, self._now)
        self._streams = Streams(exchange, self._reads, self._events.put, self._now)
        looks = Looks(self.account, exchange, self._reads, self._rules, self._events.put, self._now)
        self._tasks += [asyncio.create_task(work) for work in (self._streams.run(), checks.again(), *looks.again())]

    def _built(self) -> Any:
        from plugins.exchanges.ccxt import client

        return client.build(self.account, self._settings, self._bans)

    async def close(self) -> None:
        """Disconnect; safe to call twice."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        if self._exchange is not None:
            await self._exchange.close()
            self._exchange = None
            self._uids.pop(self.account, None)
        self._events.close()
        for _, queue in self._ticks:
            queue.close()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the key gives to tell the operator, in words."""
        return () if self._checks is None else tuple(self._checks.warnings)

    @property
    def uid(self) -> str:
        """The venue's id of the key's account."""
        return self._uids.get(self.account, "")

    async def instruments(self) -> Mapping[str, Instrument]:
        """Every linear perpetual that settles in USDT."""
        return await self._rules.all()

    async def terms(self, symbol: str) -> Terms:
        """What the account offers now."""
        instrument = await self._rules.of(symbol)
        self._watch(symbol)
        (wallet, maintenance), last, fees, mode, working = await asyncio.gather(
            self._reads.wallet(),
            self.last_price(symbol),
            self._fees(symbol),
            self._reads.modes.mode(symbol),
            self._reads.working(symbol),
        )
        return Terms(
            account=self.account,
            environment=self.environment,
            instrument=instrument,
            taker=fees[0],
            maker=fees[1],
            available=wallet.available,
            equity=wallet.equity,
            last=last,
            at=self._now(),
            mode=mode,
            capabilities=self.capabilities,
            maintenance_held=maintenance,
            free_orders=max(self.capabilities.max_orders - working, 0),
        )

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """A cut that shows all that the stream showed. *since* may be by either clock: the earlier reading counts."""
        begin = max(since - max(self._skew(), 0), 1) if since > 0 else 0
        try:
            cut: Cut = await self._reads.cut(begin, full=full)
        except (bybit_rows.Malformed, ConfigError) as error:
            raise Unavailable(f"{self.account}: {error}") from error
        for symbol in in_use(cut):
            self._watch(symbol)
        return cut

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Carry commands out."""
        for command in commands:
            if isinstance(command, Place):
                self._reads.slots.add(command.slot)
        sent = time.monotonic()
        outcomes: tuple[Outcome, ...] = await self._submitter.submit(commands)
        for command, outcome in zip(commands, outcomes, strict=True):
            self._streams.echo.answered(command, outcome, sent)
            self._heed(command, outcome)
        return outcomes

    def _heed(self, command: Command, outcome: Outcome) -> None:
        """What didn't fit is read again: the mode, the rules (rel:F34, rel:F37), the clock (rel:F05)."""
        if not isinstance(outcome, Refused):
            return
        if outcome.code is Code.CLOCK:
            self._reads.misdated.set()
        if isinstance(command, Place | SetStop) and outcome.code in UNFITTING:
            self._reads.modes.doubt(command.slot.symbol)
            self._rules.forget()

    async def switch_mode(self, symbol: str, mode: PositionMode) -> Outcome:
        """Switch a symbol's position mode."""
        from plugins.exchanges.ccxt import outcomes

        try:
            await self._exchange.set_position_mode(mode is PositionMode.HEDGE, self._rules.names[symbol])
        except Exception as error:
            if not outcomes.is_ccxt(error):
                raise
            return outcomes.of_error(error)
        finally:
            self._reads.modes.doubt(symbol)  # also where nobody waits for the answer any more: it may have left
        self._reads.modes.known(symbol, mode)
        return Done()

    def events(self) -> AsyncIterator[VenueFact]:
        """The account's facts as they come."""
        return self._events.read()

    async def candles(self, symbol: str, interval_minutes: int, limit: int) -> tuple[Candle, ...]:
        """The latest closed bars, oldest first."""
        span = {60: "1h", 120: "2h", 240: "4h", 360: "6h", 720: "12h", 1_440: "1d"}
        frame = span.get(interval_minutes, f"{interval_minutes}m")
        bars = await self._called(self._exchange.fetch_ohlcv, self._rules.names[symbol], frame, None, limit + 1)
        closed = [bar for bar in bars if int(bar[0]) + interval_minutes * 60_000 <= self._now()]
        return tuple(Candle(int(bar[0]), *(Decimal(str(each)) for each in bar[1:6])) for bar in closed[-limit:])

    async def last_price(self, symbol: str) -> Decimal:
        """The last price."""
        found = await self._called(self._exchange.fetch_ticker, self._rules.names[symbol])
        return Decimal(str(found["last"]))

    async def prices(self, symbols: Sequence[str]) -> AsyncIterator[Tick]:
        """Prices as they come; no symbols: all that are watched."""
        queue: ReadQueue[Tick] = ReadQueue(1_000)
        entry = (frozenset(symbols), queue)
        self._ticks.append(entry)
        for symbol in symbols:
            self._watch(symbol)
        try:
            async for tick in queue.read():
                yield tick
        finally:
            self._ticks.remove(entry)

    def _watch(self, symbol: str) -> None:
        if symbol not in self._watched and symbol in self._rules.names:
            self._watched.add(symbol)
            self._tasks.append(asyncio.create_task(self._watch_ticker(symbol)))

    async def _watch_ticker(self, symbol: str) -> None:
        """Hand a symbol's prices out, for as long as the account lives: whatever breaks off is watched again."""
        from plugins.exchanges.ccxt import outcomes

        while True:
            try:
                self._ticked(symbol, await self._exchange.watch_ticker(self._rules.names[symbol]))
            except Exception as error:
                if not outcomes.is_ccxt(error):
                    log.exception("prices broke off", account=self.account, symbol=symbol)
                await asyncio.sleep(PRICES_AGAIN)

    def _ticked(self, symbol: str, found: Mapping[str, Any]) -> None:
        last = bybit_rows.number(found, "last") if found.get("last") is not None else None
        if last is None or last <= 0:
            return
        tick = (symbol, last, int(found.get("timestamp") or self._now()))
        for wanted, queue in self._ticks:
            if not wanted or symbol in wanted:
                queue.put((tick,))

    async def _fees(self, symbol: str) -> tuple[Decimal, Decimal]:
        found = await self._called(self._exchange.fetch_trading_fee, self._rules.names[symbol])
        return Decimal(str(found["taker"])), Decimal(str(found["maker"]))

    async def _called(self, method: Any, *given: Any) -> Any:
        from plugins.exchanges.ccxt import outcomes

        return await outcomes.called(self.account, method, *given)

    def _now(self) -> int:
        return time.time_ns() // 1_000_000 - self._skew()

    def _skew(self) -> int:
        """How far our clock is ahead of the venue's, milliseconds."""
        return 0 if self._exchange is None else int(self._exchange.options.get("timeDifference") or 0)


def _unprotected(account: str, exchange: str) -> str:
    return (
        f"{account}: Tandem knows no way to keep a stop for a whole position at {exchange} through ccxt, so no trade "
        f"would be protected from its first fill; it does at {', '.join(KEEPS_STOPS)}"
    )


def _environment(words: str) -> Environment:
    return _ENVIRONMENTS.get(words, Environment.PAPER)


def _bans(shared: dict[str, object]) -> dict[str, float]:
    found = shared.setdefault(BANS, {})
    if not isinstance(found, dict):
        raise TypeError(BANS)
    return found
