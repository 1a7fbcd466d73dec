"""What a running service watches besides its trades: statistics, people's own alerts, the day's report, its health.

Nothing here ever holds up a trade. A watch that fails is told of and begun again; trading goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from config.models import Settings
from config.vitals import Vitals
from config.wellness import Wellness
from core.engine.alerting import UserAlerts
from core.engine.control import Handler
from core.engine.mirror_watch import MirrorWatch
from core.engine.reports import Reports
from core.engine.service import Service
from core.engine.statistics import Statistics
from core.errors import TandemError

log = structlog.get_logger("tandem.watching")

AGAIN = 60_000
WATCH = "watch"


class Watching:
    """The watches of one service. *settings* gives those in force: a reload changes them."""

    def __init__(self, settings: Callable[[], Settings], service: Service, vitals: Vitals) -> None:
        """Nothing is looked at here."""
        self._service = service
        self.statistics = Statistics(service)
        self._alerts = UserAlerts(service)
        self._wellness = Wellness(service, vitals)
        self._mirrors = MirrorWatch(service)
        self._reports = Reports(service, lambda: settings().top.alerts.report_at, settings().top.timezone)

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name, but for the statistics', which need no running service."""
        return {**self._alerts.handlers(), **self._reports.handlers()}

    async def run(self) -> None:
        """Watch until cancelled."""
        watches = {
            "the statistics' balances": self.statistics.run,
            "people's own alerts": self._alerts.run,
            "the daily report": self._reports.run,
            "health": self._wellness.run,
            "mirrors": self._mirrors.run,
        }
        async with asyncio.TaskGroup() as tasks:
            for name, watch in watches.items():
                tasks.create_task(self._keep(name, watch))

    async def _keep(self, name: str, watch: Callable[[], Awaitable[None]]) -> None:
        """Run a watch for ever: what ends it is told once and doesn't end the service."""
        told = False
        while True:
            try:
                await watch()
            except TandemError as error:
                log.warning("watch ended", watch=name, reason=str(error))
                reason = str(error)
            except Exception as error:
                log.exception("watch failed", watch=name)
                reason = f"{type(error).__name__}: {error}"
            else:
                return
            if not told:
                told = True
                await self._service.tell(WATCH, f"{name}: {reason}. It is begun again every minute; trading goes on")
            await self._service.clock.sleep(AGAIN)
