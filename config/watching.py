"""What a running service watches besides its trades: statistics, and what people asked to be told of."""

import asyncio
from collections.abc import Mapping

from config.models import Settings
from core.engine.control import Handler
from core.engine.service import Service
from core.engine.statistics import Statistics


class Watching:
    """The watches of one service; none of them ever holds up a trade."""

    def __init__(self, settings: Settings, service: Service) -> None:
        """Nothing is looked at here."""
        self.statistics = Statistics(service)

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name, but for the statistics', which need no running service."""
        return {}

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.statistics.run())
