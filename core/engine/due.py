"""What waits for one notifier, as the store says it, and which message may leave next (`line`, `pacing`).

After a refusal or a new alert the store is asked afresh. Nothing is delivered here: `lane` does that.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from core.engine.carrying import Means
from core.engine.delivery import Parcel, Route, Stage, Trade, backlog, parcels, stage, trade_of
from core.engine.line import Line
from core.engine.pacing import Paces
from core.preferences import Setting
from ports.notifier import Pace
from ports.persistence import OutboxRow

IDLE = 5_000
"""How often the store is asked when nobody said that there is something new, milliseconds."""
LOOK, DEEP_LOOK = 100, 1_000
"""How many rows are asked for: the second once the first were not all, so that more of a trade goes together."""
SELDOM = 1_000
"""So long apart are looks at a backlog: each reads much, and the store has other work. Milliseconds."""


class Due:
    """What is due for one notifier, and what of it is under way: of one trade never more than one message."""

    def __init__(self, route: Route, means: Means) -> None:
        """Nothing is asked here. *route* may be another one later."""
        self.route = route
        self.oldest: int | None = None
        """When the oldest alert arose that was due at the last look and is not delivered; None where none is."""
        self.under_way: dict[Trade, Parcel] = {}
        self._means = means
        self._upset: set[Trade] = set()
        self._stale = True
        self._full = False
        self._reach = self._seen = LOOK
        self._looked_at: int | None = None
        self._line, self._aside = Line(), Line()
        self._looked_aside, self._more_aside = -SELDOM, False
        self._paces = Paces()
        self._next_due: int | None = None
        self._left: set[str] = set()

    def reroute(self) -> None:
        """What waits may belong into other chats by now: the store is asked before anything more may go."""
        self._line, self._aside = Line(), Line()
        self._left.clear()

    def stir(self) -> None:
        """There is something new in the store."""
        self._stale = True

    async def begin(self) -> Parcel | None:
        """The next message, under way from now on; None when nothing may go. Raises what the store raises."""
        parcel = await self._next()
        if parcel is not None:
            self.under_way[parcel.trade] = parcel
            self._paces.count(parcel.target.chat, self._pace(parcel.target), self._means.clock.monotonic())
        return parcel

    def ended(self, parcel: Parcel, *, accepted: bool) -> None:
        """It is under way no more. Not *accepted*, the store says anew what is next in its trade."""
        del self.under_way[parcel.trade]
        self._paces.arrived(parcel.target.chat, self._means.clock.monotonic())
        if not accepted:
            self._line.drop(parcel.trade)
            self._aside.drop(parcel.trade)
            self._upset.add(parcel.trade)
            self._stale = True

    def again_at(self, due_at: int) -> None:
        """Something that was refused is due then."""
        self._next_due = due_at if self._next_due is None else min(self._next_due, due_at)

    def idle(self) -> int:
        """Milliseconds after which something may be due, or may go, that now is not or may not."""
        waits = [self._wait(target) for target in {*self._line.targets, *self._aside.targets}]
        if self._next_due is not None:
            waits.append(max(1, self._next_due - self._means.clock.now()))
        if self._stale:
            waits.append(self._too_soon())
        if self._full:
            again = self._looked_aside + SELDOM - self._means.clock.monotonic()
            waits += [max(wait, again) for wait in (*self._slow().values(), *([1] if self._more_aside else []))]
        return min((wait for wait in (*waits, IDLE) if wait), default=IDLE)

    async def _next(self) -> Parcel | None:
        ripe = self._next_due is not None and self._next_due <= self._means.clock.now()
        if not self._line or ((self._stale or ripe) and not self._too_soon()):
            await self._look()
        parcel = self._line.take(self.under_way, self._wait)
        if parcel is None and self._full and self._seen < DEEP_LOOK:
            await self._look()
            parcel = self._line.take(self.under_way, self._wait)
        return parcel if parcel is not None or not self._full else await self._past_the_slow()

    async def _past_the_slow(self) -> Parcel | None:
        """Behind so much for chats that must wait that no look shows anything else: somebody else's alert."""
        found, now, slow = self._from_aside(), self._means.clock.monotonic(), self._slow().keys()
        if found is not None or not slow or now < self._looked_aside + SELDOM:
            return found
        self._looked_aside, under_way = now, self._rows_under_way()
        known = slow | set(self._aside.chats)
        rows = await self._due(LOOK, without=known | ({"", *self._left} if self._home() in known else set()))
        self._more_aside = len(rows) == LOOK
        waiting = {*self._line.trades, *self._aside.trades}
        others = [row for row in rows if trade_of(row) not in waiting]
        self._aside.add(self._packed(others, under_way | self._rows_under_way()))
        return self._from_aside()

    def _slow(self) -> dict[str, int]:
        """Every chat that must wait now, for how long."""
        waits = {chat: self._wait(Stage(self.route.notifier, chat)) for chat in self._paces.chats}
        return {chat: wait for chat, wait in waits.items() if wait}

    def _from_aside(self) -> Parcel | None:
        shut = self._line.shut
        return self._aside.take(self.under_way, lambda target: target in shut or self._wait(target))

    def _too_soon(self) -> int:
        """Milliseconds until a backlog may be looked at again."""
        if not self._full or self._looked_at is None:
            return 0
        return max(0, self._looked_at + SELDOM - self._means.clock.monotonic())

    async def _look(self) -> None:
        """Ask the store what is due."""
        self._stale = False
        self._upset.clear()
        under_way = self._rows_under_way()
        rows = await self._due(self._reach)
        self._full, self._seen = len(rows) == self._reach, self._reach
        self._looked_at = self._means.clock.monotonic()
        self._reach = DEEP_LOOK if self._full or len(rows) > LOOK else LOOK
        # What ended while the store was asked may still be among the rows, and its trade's order may be another now.
        self._line, self._aside = Line(self._packed(rows, under_way | self._rows_under_way())), Line()
        self._looked_aside, self._more_aside = self._looked_at - SELDOM, False
        self.oldest = min((row.created_at for row in rows), default=None)

    def _rows_under_way(self) -> set[int]:
        return {row for parcel in self.under_way.values() for row in parcel.ids}

    def _home(self) -> str:
        """The chat of alerts that name none."""
        chatting = self._means.chatting(self.route.notifier)
        return self.route.chat(chatting.home if chatting is not None else "")

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
                return tuple(replace(row, chat=self._chat(row.chat, home)) for row in rows)
            await means.store.delivered(unwanted, Setting.OFF.value, now)

    def _chat(self, named: str, home: str) -> str:
        """Where an alert goes that *named* this chat: whoever is served no more hears nothing more (E1)."""
        if named and self._means.left(self.route.notifier, named):
            self._left.add(named)
            return home
        return named or home

    def _packed(self, rows: Sequence[OutboxRow], under_way: set[int]) -> tuple[Parcel, ...]:
        chatting = self._means.chatting(self.route.notifier)
        behind = chatting is not None and backlog(rows, chatting.at_once, self._means.clock.now())
        waiting = [row for row in rows if row.id not in under_way and trade_of(row) not in self._upset]
        most = chatting.together if chatting is not None and behind else 1
        return parcels(waiting, lambda row: stage(self.route, row), most)

    def _pace(self, target: Stage) -> Pace:
        chatting = self._means.chatting(target.notifier)
        return chatting.pace(target.chat) if chatting is not None else Pace(0, 0)

    def _wait(self, target: Stage) -> int:
        return self._paces.wait(target.chat, self._pace(target), self._means.clock.monotonic())
