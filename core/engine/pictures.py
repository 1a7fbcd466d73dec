"""Pictures for every front end: a trade's chart, and what ended trades earned. Painted in a thread, one at a time.

Nothing here may hold trading up: a venue is waited for briefly, and a picture without candles is better than none.
"""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from core import charts, equity
from core.account.box import Box
from core.account.state import AccountState
from core.candle import Candle
from core.charts import INTERVALS, PositionChart
from core.engine import views
from core.engine.control import GOOD, Answer, Handler
from core.engine.last_prices import LastPrices
from core.engine.meant import account_meant
from core.engine.service import Service
from core.errors import ConfigError, TandemError
from core.facts import Filled
from core.reporting import trade_status
from core.stops import breakeven_now
from core.view import TradeStatus
from ports.painter import Painter

log = structlog.get_logger("tandem.pictures")

ENDED_SEARCHED = 1_000
MOST_REPORTS = 20_000
DAYS = 30
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Subject:
    """The trade that was asked for, as it was when it was found; *box* while it is live."""

    account: str
    status: TradeStatus
    box: Box | None = None


class Pictures:
    """Pictures of one service's trades. *zone* is what its time zone is called."""

    def __init__(self, service: Service, painter: Painter, zone: str = "UTC") -> None:
        """Nothing is painted yet."""
        self._service = service
        self._painter = painter
        self._zone = zone
        self._last = LastPrices(service.exchanges, service.clock)
        self._brush = asyncio.Lock()

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"chart": self.chart, "equity": self.equity}

    async def chart(self, arguments: Mapping[str, object]) -> Answer:
        """A trade's picture: `trade` an id or a symbol, maybe `account`, `interval` in minutes.

        Live trades are looked through first, leaders before mirrors; then ended ones, the newest first.
        """
        account = account_meant(arguments, self._service.states)
        subject = await self._subject(str(arguments["trade"]), account)
        interval = self._interval(subject, _whole(arguments, "interval"))
        candles, why = await self._candles(subject, interval)
        chart = await self._position(subject, interval, candles)
        png = await self._painted(lambda: self._painter.position(chart))
        return _answer(png, "\n".join((charts.caption(chart), *why)))

    async def equity(self, arguments: Mapping[str, object]) -> Answer:
        """What trades that ended in the last `days` earned, on one `account` or on the leaders.

        A mirror repeats its leader's trades: they are never added in (G1).
        """
        days = _whole(arguments, "days") or DAYS
        if not 1 <= days <= MOST_DAYS:
            raise ConfigError((f"days: {days} is not from 1 to {MOST_DAYS}",))
        states = self._of_one_kind(account_meant(arguments, self._service.states))
        state = states[0]
        names = [each.account for each in states]
        reports = await self._service.store.closed(names[0] if len(names) == 1 else None, MOST_REPORTS)
        chart = equity.equity_chart(
            reports,
            accounts=names,
            environment=state.environment,
            days=days,
            until=self._service.clock.now(),
            offset=state.offset,
            zone=self._zone,
        )
        png = await self._painted(lambda: self._painter.equity(chart))
        return _answer(png, equity.caption(chart))

    async def _painted(self, paint: Callable[[], bytes]) -> bytes:
        async with self._brush:
            try:
                return await asyncio.to_thread(paint)
            except Exception as error:
                log.exception("no picture")
                raise TandemError(f"the painter failed, see the log: {type(error).__name__}: {error}") from error

    def _of_one_kind(self, account: str | None) -> Sequence[AccountState]:
        """The accounts that are meant. Play money and real money are never added up (A10)."""
        every = self._service.states.items()
        states = [state for name, state in every if name == account or (account is None and state.following is None)]
        kinds = {state.environment for state in states}
        if len(kinds) > 1:
            named = ", ".join(f"{state.account} ({state.environment.value})" for state in states)
            raise ConfigError((f"these accounts hold different kinds of money, name one of them: {named}",))
        return states

    async def _subject(self, wanted: str, account: str | None) -> Subject:
        leaders_first = sorted(self._service.states.items(), key=lambda pair: pair[1].following is not None)
        for name, state in leaders_first:
            for box in reversed(state.boxes.values()):
                if account in (None, name) and wanted.upper() in (box.id, box.trade.plan.symbol):
                    return Subject(name, views.trade(state, box, {}), box)
        ended = await self._service.store.closed(account, ENDED_SEARCHED)
        ranked = sorted(ended, key=lambda report: report.leader is not None)
        for report in ranked if account is None else ended:
            if wanted.upper() in (report.id, report.symbol) and report.account in self._service.states:
                return Subject(report.account, trade_status(report, self._service.states[report.account].environment))
        where = f" on {account}" if account is not None else ""
        raise ConfigError((f"no trade {wanted!r}{where}, live or among the last {ENDED_SEARCHED} that ended",))

    def _interval(self, subject: Subject, asked: int | None) -> int:
        if asked is not None and asked not in INTERVALS:
            raise ConfigError((f"interval: {asked} is none of {', '.join(map(str, INTERVALS))} minutes",))
        status, now = subject.status, self._service.clock.now()
        return asked or charts.fitting_interval(status.opened_at, status.closed_at or now, now)

    async def _position(self, subject: Subject, interval: int, candles: Sequence[Candle]) -> PositionChart:
        service, status, state = self._service, subject.status, self._service.states[subject.account]
        executions = await service.store.executions(subject.account, status.trade)
        breakeven = None
        if subject.box is not None:
            prices = await self._last.of({status.symbol: subject.account})
            # After the last wait, so that everything in the picture is of one moment.
            status = views.trade(state, subject.box, prices)
            trade = subject.box.trade
            breakeven = breakeven_now(trade.plan, trade.ledger) if trade.ledger.position > 0 else None
        return charts.position_chart(
            status,
            [each for each in executions if isinstance(each, Filled)],
            candles,
            interval=interval,
            at=service.clock.now(),
            breakeven=breakeven,
            offset=state.offset,
            zone=self._zone,
        )

    async def _candles(self, subject: Subject, interval: int) -> tuple[Sequence[Candle], tuple[str, ...]]:
        """What the venue gives in time, or why the trade is drawn without, for who looks at it."""
        account, symbol = subject.account, subject.status.symbol
        wanted = min(charts.bars_back(subject.status.opened_at, self._service.clock.now(), interval), charts.MOST_BARS)
        try:
            return await self._service.connections.candles(account, symbol, interval, wanted), ()
        except TandemError as error:
            log.warning("no candles", account=account, symbol=symbol, reason=repr(error))
            return (), (f"Drawn without candles: {error}. What is drawn of the trade holds; ask again later",)


def _whole(arguments: Mapping[str, object], name: str) -> int | None:
    given = arguments.get(name)
    if given is None:
        return None
    if not str(given).isascii() or not str(given).isdigit():
        raise ConfigError((f"{name}: {given!r} is no whole number",))
    return int(str(given))


def _answer(png: bytes, caption: str) -> Answer:
    return {"exit": GOOD, "data": {"png": b64encode(png).decode("ascii"), "caption": caption}}
