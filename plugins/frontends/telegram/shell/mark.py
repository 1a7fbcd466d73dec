"""The last update that was taken, kept so that none is taken twice (F53) and none is missed.

Each bot counts its own updates, and Telegram begins anew at any number after a week without any
(https://core.telegram.org/bots/api#update), so a mark is one bot's, and it ages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from ports.errors import TandemError
from ports.frontend import Application

if TYPE_CHECKING:
    from telegram import Update

log = structlog.get_logger("tandem.telegram")

NAME = "telegram:update"
AGED = 6 * 86_400_000
"""Milliseconds after which a mark says nothing: less than a week, more than the day that Telegram keeps an update."""


@dataclass(slots=True)
class Mark:
    """*number* of the last update of *bot* (0 = none yet), taken *at* milliseconds."""

    bot: str
    number: int = 0
    at: int = 0

    async def load(self, application: Application) -> None:
        """As it was kept; one that can't be read is begun anew."""
        words = (await application.recall(f"{NAME}:{self.bot}") or "0 0").split()
        if len(words) == 2 and all(each.isdecimal() for each in words):
            self.number, self.at = int(words[0]), int(words[1])
        else:
            log.warning("update mark begun anew", bot=self.bot)

    def offset(self, now: int) -> int | None:
        """From which update on Telegram is asked; None = whatever it has."""
        return self.number + 1 if self.number and not self._aged(now) else None

    async def passed(self, updates: "Sequence[Update]", application: Application) -> "list[Update]":
        """Those that are new. The mark is durable by then, unless the store refuses."""
        now = application.clock.now()
        aged = self._aged(now)
        fresh = [update for update in updates if aged or update.update_id > self.number]
        if fresh:
            self.number, self.at = fresh[-1].update_id, now
            try:
                await application.remember(f"{NAME}:{self.bot}", f"{self.number} {self.at}")
            except TandemError as error:
                log.warning("update mark not kept", reason=str(error))
        return fresh

    def _aged(self, now: int) -> bool:
        return now - self.at > AGED
