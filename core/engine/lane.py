"""One notifier's way from the durable outbox to people. Trading never waits for it; `delivery` decides.

A parcel is one message: one alert, or several of a trade while there is a backlog. Parcels of different trades may be
under way at once where the notifier takes that; of one trade there is never more than one, so its order holds. After a
refusal, a pause or a new alert the store is asked afresh what is next.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import assert_never

import structlog

from core.engine.carrying import Accepted, Asked, Away, Means, Outcome, Refused, carry
from core.engine.delivery import Parcel, Route, Stage, Trade, backlog, delay, parcels, stage, trade_of
from core.engine.line import Line
from core.engine.pacing import Paces
from core.errors import Unavailable
from core.preferences import Setting
from ports.notifier import Pace
from ports.persistence import OutboxRow

log = structlog.get_logger("tandem.outbox")

IDLE = 5_000
"""How often the store is asked when nobody said that there is something new, milliseconds."""
LOOK, DEEP_LOOK = 100, 1_000
"""How many rows are asked for: the second once the first were not all, so that more of a trade goes together."""
SELDOM = 1_000
"""So long apart are looks at a backlog: each reads much, and the store has other work. Milliseconds."""


class Lane:
    """Delivers what waits for one notifier. *trouble* says why nothing goes now, "" while it goes."""

    def __init__(self, route: Route, means: Means) -> None:
        """Nothing is asked here."""
        self.route = route
        self.trouble = ""
        self.oldest: int | None = None
        """When the oldest alert arose that was due at the last look and is not delivered; None where none is."""
        self._means = means
        self._stirred = asyncio.Event()
        self._said = False
        self._upset: set[Trade] = set()
        self._stale = True
        self._full = False
        self._reach = self._seen = LOOK
        self._looked_at: int | None = None
        self._line, self._aside = Line(), Line()
        self._looked_aside, self._more_aside = -SELDOM, False
        self._flying: dict[Trade, Parcel] = {}
        self._paces = Paces()
        self._failures = 0
        self._paused_until = 0
        self._next_due: int | None = None

    def stir(self) -> None:
        """There is something new in the store."""
        self._stale = True
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
            while self._flying:
                await self._stirred.wait()
                wait = await self._begin(group)
        return wait

    async def _rest(self, milliseconds: int) -> None:
        """Wait; whatever stirs ends it early, unless there is a pause."""
        if self._pause():
            await self._means.clock.sleep(milliseconds)
            return
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
            while not self._pause() and len(self._flying) < self._width():
                parcel = await self._next()
                if parcel is None:
                    break
                self._flying[parcel.trade] = parcel
                self._paces.count(parcel.target.chat, self._pace(parcel.target), self._means.clock.monotonic())
                group.create_task(self._carry(parcel))
        except Unavailable:
            # The store's own trouble: its writer tells people of it.
            self._stand_back(delay(1))
        return self._pause() or self._idle()

    async def _carry(self, parcel: Parcel) -> None:
        """One message, and what its outcome means for those after it."""
        accepted = False
        try:
            outcome = await carry(self._means, self.route, parcel)
            accepted = isinstance(outcome, Accepted)
            self._learn(outcome)
        except Unavailable:
            self._stand_back(delay(1))  # the store's own, as above
        finally:
            del self._flying[parcel.trade]
            self._paces.arrived(parcel.target.chat, self._means.clock.monotonic())
            if not accepted:
                # Whatever was to follow in this trade: the store says anew what is next.
                self._line.drop(parcel.trade)
                self._aside.drop(parcel.trade)
                self._upset.add(parcel.trade)
                self._stale = True
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
                self._next_due = due_at if self._next_due is None else min(self._next_due, due_at)
            case _:
                assert_never(outcome)

    def _say(self, reason: str) -> None:
        """Keep why nothing goes, and log when that begins and ends."""
        self.trouble = reason
        if reason and not self._said:
            log.warning("not delivering", notifier=self.route.notifier, reason=reason)
        if self._said and not reason:
            log.info("delivering again", notifier=self.route.notifier)
        self._said = bool(reason)

    # what is next

    async def _next(self) -> Parcel | None:
        ripe = self._next_due is not None and self._next_due <= self._means.clock.now()
        if not self._line or ((self._stale or ripe) and not self._too_soon()):
            await self._look()
        parcel = self._line.take(self._flying, self._wait)
        if parcel is None and self._full and self._seen < DEEP_LOOK:
            await self._look()
            parcel = self._line.take(self._flying, self._wait)
        return parcel if parcel is not None or not self._full else await self._past_the_slow()

    async def _past_the_slow(self) -> Parcel | None:
        """Behind so much for chats that must wait that no look shows anything else: somebody else's alert."""
        found, now, slow = self._from_aside(), self._means.clock.monotonic(), self._slow().keys()
        if found is not None or not slow or now < self._looked_aside + SELDOM:
            return found
        self._looked_aside, under_way = now, self._under_way()
        known = slow | set(self._aside.chats)
        rows = await self._due(LOOK, without=known | ({""} if self._home() in known else set()))
        self._more_aside = len(rows) == LOOK
        waiting = {*self._line.trades, *self._aside.trades}
        others = [row for row in rows if trade_of(row) not in waiting]
        self._aside.add(self._packed(others, under_way | self._under_way()))
        return self._from_aside()

    def _slow(self) -> dict[str, int]:
        """Every chat that must wait now, for how long."""
        waits = {chat: self._wait(Stage(self.route.notifier, chat)) for chat in self._paces.chats}
        return {chat: wait for chat, wait in waits.items() if wait}

    def _from_aside(self) -> Parcel | None:
        shut = self._line.shut
        return self._aside.take(self._flying, lambda target: target in shut or self._wait(target))

    def _too_soon(self) -> int:
        """Milliseconds until a backlog may be looked at again."""
        if not self._full or self._looked_at is None:
            return 0
        return max(0, self._looked_at + SELDOM - self._means.clock.monotonic())

    async def _look(self) -> None:
        """Ask the store what is due."""
        self._stale = False
        self._upset.clear()
        under_way = self._under_way()
        rows = await self._due(self._reach)
        self._full, self._seen = len(rows) == self._reach, self._reach
        self._looked_at = self._means.clock.monotonic()
        self._reach = DEEP_LOOK if self._full or len(rows) > LOOK else LOOK
        # What ended while the store was asked may still be among the rows, and its trade's order may be another now.
        self._line, self._aside = Line(self._packed(rows, under_way | self._under_way())), Line()
        self._looked_aside, self._more_aside = self._looked_at - SELDOM, False
        self.oldest = min((row.created_at for row in rows), default=None)

    def _under_way(self) -> set[int]:
        return {row for parcel in self._flying.values() for row in parcel.ids}

    def _home(self) -> str:
        """The chat of alerts that name none."""
        chatting = self._means.chatting(self.route.notifier)
        return (chatting.home if chatting is not None else "") or self.route.fallback_chat

    async def _due(self, limit: int, without: Collection[str] = ()) -> tuple[OutboxRow, ...]:
        """Due rows, each with its chat; those that nobody wants in chats are done with (D3)."""
        means, name, home = self._means, self.route.notifier, self._home()
        while True:
            now = means.clock.now()
            if self._next_due is not None and self._next_due <= now:
                self._next_due = None
            rows = await means.store.due(name, now, limit, without=without)
            unwanted = [row.id for row in rows if means.setting(name, row.alert) is Setting.OFF]
            if not unwanted:
                return tuple(row if row.chat else replace(row, chat=home) for row in rows)
            await means.store.delivered(unwanted, Setting.OFF.value, now)

    def _packed(self, rows: Sequence[OutboxRow], under_way: set[int]) -> tuple[Parcel, ...]:
        chatting = self._means.chatting(self.route.notifier)
        behind = chatting is not None and backlog(rows, chatting.at_once, self._means.clock.now())
        waiting = [row for row in rows if row.id not in under_way and trade_of(row) not in self._upset]
        most = chatting.together if chatting is not None and behind else 1
        return parcels(waiting, lambda row: stage(self.route, row), most)

    # how much may go

    def _width(self) -> int:
        """One after the other while nothing gets through: whoever is back says so by the first."""
        chatting = self._means.chatting(self.route.notifier)
        return chatting.at_once if chatting is not None and not self._failures else 1

    def _pace(self, target: Stage) -> Pace:
        chatting = self._means.chatting(target.notifier)
        return chatting.pace(target.chat) if chatting is not None else Pace(0, 0)

    def _wait(self, target: Stage) -> int:
        return self._paces.wait(target.chat, self._pace(target), self._means.clock.monotonic())

    def _pause(self) -> int:
        return max(0, self._paused_until - self._means.clock.monotonic())

    def _stand_back(self, milliseconds: int) -> None:
        self._paused_until = max(self._paused_until, self._means.clock.monotonic() + max(1, milliseconds))

    def _idle(self) -> int:
        waits = [self._wait(target) for target in {*self._line.targets, *self._aside.targets}]
        if self._next_due is not None:
            waits.append(max(1, self._next_due - self._means.clock.now()))
        if self._stale:
            waits.append(self._too_soon())
        if self._full:
            again = self._looked_aside + SELDOM - self._means.clock.monotonic()
            waits += [max(wait, again) for wait in (*self._slow().values(), *([1] if self._more_aside else []))]
        return min((wait for wait in (*waits, IDLE) if wait), default=IDLE)
