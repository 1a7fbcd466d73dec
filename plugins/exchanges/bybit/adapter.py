"""An account at Bybit as an Exchange: HTTP for commands and cuts, two streams for what happens."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal

import structlog

from core.commands import Code, Command, Done, Outcome, Place, Refused
from core.errors import ConfigError, Unavailable
from core.facts import Cut, Stream, VenueFact
from core.instrument import Instrument
from core.terms import Capabilities, Terms
from core.words import PositionMode
from plugins.exchanges.bybit import codes, orders
from plugins.exchanges.bybit.api import Api, Calls
from plugins.exchanges.bybit.hosts import hosts
from plugins.exchanges.bybit.lanes import Lane, Lanes, address
from plugins.exchanges.bybit.link import Make
from plugins.exchanges.bybit.looks import Looks
from plugins.exchanges.bybit.parts import Ears, Parts
from plugins.exchanges.bybit.prices import Prices
from plugins.exchanges.bybit.replies import Answered, Reply
from plugins.exchanges.bybit.settings import BybitSettings
from ports import bybit_codes, bybit_key
from ports.exchange import Candle
from ports.in_use import in_use
from ports.read_queue import ReadQueue

log = structlog.get_logger("tandem.bybit")


class BybitExchange:
    """One account. Everything it keeps can be read again from the venue."""

    def __init__(self, account: str, settings: BybitSettings, shared: dict[str, object]) -> None:
        """Nothing is imported from pybit or connected here; *shared* is what the process's accounts have in common."""
        self.account = account
        self.hosts = hosts(settings.environment)
        self.environment = self.hosts.environment
        self.capabilities = Capabilities(max_batch=10, request_lifetime=2_000, closes_whole=True)
        self._settings = settings
        self._shared = shared
        self._events: ReadQueue[VenueFact] = ReadQueue()
        self._prices = Prices()
        self._tasks: list[asyncio.Task[None]] = []
        self._parts: Parts | None = None
        self._looks: Looks | None = None

    async def start(self) -> None:
        """Check clock and key, then keep both streams up; raises ConfigError, Unavailable; may be called again then."""
        if self._parts is not None:
            return
        parts = self._make_parts()
        self._looks = looks = Looks(parts, self.hosts, self._events.put, bybit_key.uids(self._shared))
        try:
            await looks.first()
        except BaseException:
            parts.api.close()
            raise
        self._parts = parts
        for work in (parts.private.run(), parts.public.run(), *looks.again()):
            self._tasks.append(asyncio.create_task(work))
            self._tasks[-1].add_done_callback(self._ended)

    async def close(self) -> None:
        """Disconnect; safe to call twice."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        if self._parts is not None:
            self._parts.api.close()
            self._parts = None
            bybit_key.uids(self._shared).pop(self.account, None)
        self._events.close()
        self._prices.close()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the key gives to tell the operator, in words."""
        return () if self._looks is None else self._looks.warnings

    @property
    def uid(self) -> str:
        """The venue's id of the key's account."""
        return bybit_key.uids(self._shared).get(self.account, "")

    async def instruments(self) -> Mapping[str, Instrument]:
        """Every USDT perpetual."""
        return await self._ready().market.instruments()

    async def terms(self, symbol: str) -> Terms:
        """What the account offers now: what changes is read, the rest is at most an hour old."""
        parts = self._ready()
        instrument = await parts.market.instrument(symbol)
        parts.public.want((f"tickers.{symbol}",))
        fees, mode, (wallet, maintenance), last, working = await asyncio.gather(
            parts.market.fees(symbol),
            parts.modes.mode(symbol),
            parts.market.wallet(),
            self.last_price(symbol),
            parts.market.working(symbol),
        )
        return Terms(
            account=self.account,
            environment=self.environment,
            instrument=instrument,
            taker=fees.taker,
            maker=fees.maker,
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
        parts = self._ready()
        begin = max(since + min(parts.api.session.offset, 0), 1) if since > 0 else 0
        try:
            cut = await parts.cuts.take(begin, full=full)
        except ConfigError as error:
            raise Unavailable(str(error)) from error
        parts.public.want([f"tickers.{symbol}" for symbol in in_use(cut)])
        return cut

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Carry commands out: one batch a kind, all side by side."""
        parts = self._ready()
        for command in commands:
            if isinstance(command, Place):
                parts.cuts.slots.add(command.slot)
                parts.public.want((f"tickers.{command.slot.symbol}",))
        sent = time.monotonic()
        outcomes = await parts.submitter.submit(commands)
        for command, outcome in zip(commands, outcomes, strict=True):
            self._heed(parts, command, outcome, sent)
        return outcomes

    async def switch_mode(self, symbol: str, mode: PositionMode) -> Outcome:
        """Switch a symbol's position mode."""
        parts = self._ready()
        params = orders.switch_mode(symbol, mode)
        try:
            outcome = codes.outcome(await parts.api.send("switch_position_mode", Lane.ENTRY, params))
        finally:
            parts.modes.doubt(symbol)  # also where nobody waits for the answer any more: it may have left
        if isinstance(outcome, Done):
            parts.modes.known(symbol, mode)
        return outcome

    def events(self) -> AsyncIterator[VenueFact]:
        """The account's facts as they come."""
        return self._events.read()

    async def candles(self, symbol: str, interval_minutes: int, limit: int) -> tuple[Candle, ...]:
        """The latest closed bars, oldest first."""
        await self._ready().market.instrument(symbol)
        return await self._ready().market.candles(symbol, interval_minutes, limit)

    async def last_price(self, symbol: str) -> Decimal:
        """The last price, from the stream when it is fresh."""
        known = self._prices.fresh(symbol)
        return known if known is not None else await self._ready().market.last(symbol)

    def prices(self, symbols: Sequence[str]) -> AsyncIterator[tuple[str, Decimal, int]]:
        """Prices as they come; symbols that are named are streamed from now on."""
        if symbols:
            self._ready().public.want([f"tickers.{symbol}" for symbol in symbols])
        return self._prices.read(symbols)

    def budgets(self) -> dict[str, tuple[int, int]]:
        """By endpoint: how many requests may leave now, and how many at most."""
        return {} if self._parts is None else self._parts.api.lanes.budgets()

    def skew(self) -> int:
        """How far the venue's clock is ahead of ours, milliseconds."""
        return 0 if self._parts is None else self._parts.api.session.offset

    # what the parts tell

    def _ended(self, task: asyncio.Task[None]) -> None:
        """What breaks a task is a bug, and must be seen."""
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the account broke", account=self.account, exc_info=task.exception())

    def _heed(self, parts: Parts, command: Command, outcome: Outcome, sent: float) -> None:
        """A change that was taken must show on the stream; a mode that didn't fit is read again."""
        parts.private.echo.answered(command, outcome, sent)
        slot = orders.slot_of(command)
        if isinstance(outcome, Refused) and outcome.code in (Code.MODE, Code.RULES) and slot is not None:
            parts.market.forget()
            parts.modes.doubt(slot.symbol)

    def _replied(self, reply: Reply) -> None:
        if isinstance(reply, Answered) and reply.code == bybit_codes.CLOCK and self._looks is not None:
            self._looks.clock_asked = True

    def _up(self) -> None:
        self._events.put((Stream(up=True, at=self._now()),))

    def _down(self, reason: str) -> None:
        self._events.put((Stream(up=False, at=self._now(), reason=reason),))

    def _spoilt(self, reason: str) -> None:
        """What a row would have told is lost: as if the stream had been down for a moment, so that a cut follows."""
        self._down(reason)
        self._up()

    def _ready(self) -> Parts:
        if self._parts is None:
            raise RuntimeError(f"{self.account} is not started")
        return self._parts

    def _now(self) -> int:
        return self._parts.now() if self._parts is not None else time.time_ns() // 1_000_000

    def _make_parts(self) -> Parts:
        from plugins.exchanges.bybit.session import Session  # pybit is loaded only for who uses it

        settings = self._settings
        session = Session(self.hosts, settings.key, settings.secret, threads=settings.threads, timeout=settings.timeout)
        lanes = Lanes(
            settings.threads, address(self._shared, self.hosts.http), lambda: time.monotonic_ns() // 1_000_000
        )
        api = Api(self.account, session, lanes, self._replied)
        ears = Ears(put=self._events.put, up=self._up, down=self._down, spoilt=self._spoilt)
        return Parts(api, self._private_socket(session), self._public_socket(), ears, self._prices)

    def _private_socket(self, session: Calls) -> Make:
        from plugins.exchanges.bybit.fenced import FencedSocket

        key, secret = self._settings.key, self._settings.secret
        return lambda frame, death: FencedSocket(
            self.hosts.private, frame, death, key=key.reveal(), secret=secret.reveal(), offset=session.offset
        )

    def _public_socket(self) -> Make:
        from plugins.exchanges.bybit.fenced import FencedSocket

        return lambda frame, death: FencedSocket(self.hosts.public, frame, death)
