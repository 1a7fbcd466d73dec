"""The daily report (D1): once a local day at its hour, durable; late on the same day after a stop; now if asked.

It covers what was lived since that hour of the day before (23 or 25 hours where clocks are changed), however late it
leaves: no trade is told on two days, and none on no day.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

import structlog

from core.alert_text import text as alert_text
from core.alerts import Alert, DailyReport
from core.daily_report import daily_report
from core.days import DAY, Offset, day, day_text, moment, since_midnight
from core.engine import views
from core.engine.balances import fresh
from core.engine.control import GOOD, Answer, Handler
from core.engine.last_prices import LastPrices, holders
from core.engine.pages import ended
from core.engine.service import Service
from core.errors import Unavailable
from core.view import as_json
from core.words import Environment
from ports.persistence import Batch
from ports.times import to_the_minute

log = structlog.get_logger("tandem.reports")

NAME = "daily_report"
LOOK = 20_000
UNKNOWN_FOR = 30 * DAY
"""For how long a trade may have been over before anybody knew of it, and be told of still."""


class Reports:
    """The reports of one service. *hour* gives the milliseconds after local midnight, None = no report."""

    def __init__(self, service: Service, hour: Callable[[], int | None], zone: str = "UTC") -> None:
        """Nothing is read here. *zone* is where people read times."""
        self._zone = zone
        self._service = service
        self._hour = hour
        self._last = LastPrices(service.exchanges, service.clock)

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"report": self.report}

    async def report(self, arguments: Mapping[str, object]) -> Answer:
        """The report of the 24 hours to now: as words and as data. It changes nothing and replaces no other."""
        now = self._service.clock.now()
        made = self._alert(await self._made(now - DAY, now), now, "now")
        return {"exit": GOOD, "data": {"text": alert_text(made), "at": now, **_json(made)}}

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            with suppress(Unavailable):
                await self.send()
            await self._service.clock.sleep(LOOK)

    async def send(self) -> None:
        """Send today's report if it is due. Where nobody ever looked, a hour that has passed is passed."""
        hour, now = self._hour(), self._service.clock.now()
        if hour is None:
            return
        offset = self._offset()
        today, shown = day(now, offset), since_midnight(now, offset)
        sent = await self._service.store.recall(NAME)
        if sent is None:
            last = today if shown >= hour else today - 1
            await self._service.store.remember(NAME, day_text(last))
            return
        if shown < hour or sent >= day_text(today):
            return
        since, until = (moment(each, hour, offset) for each in (today - 1, today))
        alert = self._alert(await self._made(since, until), now, day_text(today))
        if await self._service.writer.durable(Batch(alerts=(alert,))):
            await self._service.store.remember(NAME, day_text(today))

    async def _made(self, since: int, until: int) -> DailyReport:
        states = self._service.states
        prices = await self._last.of(holders(states, self._service.connections.down))
        accounts = await asyncio.gather(*(fresh(each, self._service) for each in views.accounts(states, prices)))
        reports = [each async for each in ended(self._service.store, since - UNKNOWN_FOR)]
        written = to_the_minute(until, self._zone)
        return daily_report(reports, views.trades(states, prices), accounts, since, until, written=written)

    def _alert(self, body: DailyReport, now: int, cause: str) -> Alert:
        environment = next((state.environment for state in self._service.states.values()), Environment.PAPER)
        return Alert(body=body, account="", environment=environment, at=now, cause=cause)

    def _offset(self) -> Offset:
        return next(iter(self._service.states.values())).offset


def _json(alert: Alert) -> dict[str, object]:
    body = as_json(alert.body)
    return body if isinstance(body, dict) else {}
