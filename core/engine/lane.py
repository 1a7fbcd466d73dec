"""One notifier's way from the durable outbox to people. Trading never waits for it; `delivery` decides, `due` chooses.

A parcel is one message: one alert, or several of a trade while there is a backlog. Parcels of different trades may be
under way at once where the notifier takes that; of one trade there is never more than one, so its order holds.
"""

import asyncio
from typing import assert_never

import structlog

from core.engine.carrying import Accepted, Asked, Away, Means, Outcome, Refused, carry
from core.engine.delivery import Parcel, Route, delay
from core.engine.due import Due
from core.errors import Unavailable

log = structlog.get_logger("tandem.outbox")


class Lane:
    """Delivers what is *due* for one notifier. *trouble* says why nothing goes now, "" while it goes."""

    def __init__(self, route: Route, means: Means) -> None:
        """Nothing is asked here."""
        self.due = Due(route, means)
        self.trouble = ""
        self._means = means
        self._stirred = asyncio.Event()
        self._said = False
        self._failures = 0
        self._paused_until = 0

    def stir(self) -> None:
        """There is something new in the store."""
        self.due.stir()
        self._stirred.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._rest(await self._begin(group))

    async def deliver_due(self) -> int:
        """Deliver until nothing is due or all is paused; milliseconds after which to look again."""
        async with asyncio.TaskGroup() as group:
            wait = await self._begin(group)
            while self.due.under_way:
                await self._stirred.wait()
                wait = await self._begin(group)
        return wait

    async def _rest(self, milliseconds: int) -> None:
        """Wait; whatever stirs ends it early."""
        sleep = self._means.clock.sleep(milliseconds)
        waits: list[asyncio.Future[object]] = [asyncio.ensure_future(each) for each in (self._stirred.wait(), sleep)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _begin(self, group: asyncio.TaskGroup) -> int:
        """Set off all that may go now; milliseconds after which to look again."""
        self._stirred.clear()
        try:
            while not self._pause() and len(self.due.under_way) < self._width():
                parcel = await self.due.begin()
                if parcel is None:
                    break
                group.create_task(self._carry(parcel))
        except Unavailable:
            # The store's own trouble: its writer tells people of it.
            self._stand_back(delay(1))
        return self._pause() or self.due.idle()

    async def _carry(self, parcel: Parcel) -> None:
        """One message, and what its outcome means for those after it."""
        accepted = False
        try:
            outcome = await carry(self._means, self.due.route, parcel)
            accepted = isinstance(outcome, Accepted)
            self._learn(outcome)
        except Unavailable:
            self._stand_back(delay(1))  # the store's own, as above
        finally:
            self.due.ended(parcel, accepted=accepted)
            self._stirred.set()

    def _learn(self, outcome: Outcome) -> None:
        match outcome:
            case Accepted():
                self._failures = 0
                self._say("")
            case Asked(milliseconds, reason):
                self.trouble = reason  # how Telegram always is in a flood: nothing for the log
                self._stand_back(milliseconds)
            case Away(reason):
                # Those that were under way together fail together: they count as one failure.
                self._failures = max(1, self._failures + (not self._pause()))
                self._say(reason)
                self._stand_back(delay(self._failures))
            case Refused(due_at, reason):
                self._say(reason)
                self.due.again_at(due_at)
            case _:
                assert_never(outcome)

    def _say(self, reason: str) -> None:
        """Keep why nothing goes, and log when that begins and ends."""
        self.trouble = reason
        if reason and not self._said:
            log.warning("not delivering", notifier=self.due.route.notifier, reason=reason)
        if self._said and not reason:
            log.info("delivering again", notifier=self.due.route.notifier)
        self._said = bool(reason)

    def _width(self) -> int:
        """One after the other while nothing gets through: whoever is back says so by the first."""
        chatting = self._means.chatting(self.due.route.notifier)
        return chatting.at_once if chatting is not None and not self._failures else 1

    def _pause(self) -> int:
        return max(0, self._paused_until - self._means.clock.monotonic())

    def _stand_back(self, milliseconds: int) -> None:
        self._paused_until = max(self._paused_until, self._means.clock.monotonic() + max(1, milliseconds))
