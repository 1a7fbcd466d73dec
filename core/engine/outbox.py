"""The pump from the durable outbox to people. It decides nothing (see `delivery`), and trading never waits for it.

Each notifier has a lane of its own, so one that is down holds up nobody else. In a lane one alert is on its way at a
time: critical first, each trade in order, and after every refusal or new alert the store is asked afresh what is next.
"""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.alerts import Alert
from core.engine.delivery import Route, Stage, delay, due_after_refusal, lateness, stage
from core.errors import Declined, RateLimited, Unavailable
from ports.clock import Clock
from ports.notifier import Delivery, Notifier, Receipt
from ports.persistence import OutboxRow, Store

IDLE = 5_000
"""How often the store is asked when nobody said that there is something new."""

DEADLINE = 30_000
"""How long a delivery may take before it counts as not answered. Both in milliseconds."""

BATCH = 20


@dataclass(slots=True)
class _Lane:
    """One notifier's way. *paused_until* (monotonic) is for all its rows; *failures* in a row make it longer."""

    route: Route
    new: asyncio.Event = field(default_factory=asyncio.Event)
    failures: int = 0
    paused_until: int = 0
    next_due: int | None = None


def _silent(_notifier: str, _reason: str) -> None:
    """Nobody wants to know."""


class Outbox:
    """Delivers what waits in the store, for every route. Nothing is lost, and a repeat is marked (D2).

    *render* makes the text. *troubled* is called with (notifier, reason) when one can't be reached, and with
    (notifier, "") when it answers again: tell people elsewhere.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        notifiers: Mapping[str, Notifier],
        render: Callable[[Alert], str],
        *,
        routes: Sequence[Route] | None = None,
        troubled: Callable[[str, str], None] = _silent,
        deadline: int = DEADLINE,
    ) -> None:
        """Without *routes* each notifier gets its own alerts and has no fallback. ValueError where one is unknown."""
        self._store = store
        self._clock = clock
        self._notifiers = notifiers
        self._render = render
        self._troubled = troubled
        self._deadline = deadline
        chosen = [Route(name) for name in notifiers] if routes is None else routes
        unknown = {name for route in chosen for name in (route.notifier, route.last) if name} - notifiers.keys()
        if unknown:
            raise ValueError(f"routes name notifiers that are not there: {', '.join(sorted(unknown))}")
        self._lanes = {route.notifier: _Lane(route) for route in chosen}

    def nudge(self) -> None:
        """There is something new in the store."""
        for lane in self._lanes.values():
            lane.new.set()

    def change_fallback(self, chat: str) -> None:
        """From now on the chat that is asked when an alert's own one refuses."""
        for lane in self._lanes.values():
            lane.route = replace(lane.route, fallback_chat=chat)

    async def run(self) -> None:
        """Deliver until cancelled. Stopped from the store ends it, as it ends the service."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes.values():
                group.create_task(self._serve(lane))

    async def flush(self) -> None:
        """Deliver what can be delivered now, lanes side by side; what can't stays for the next start (J2)."""
        async with asyncio.TaskGroup() as group:
            for name in self._lanes:
                group.create_task(self.deliver_due(name))

    async def deliver_due(self, notifier: str) -> int:
        """Deliver a lane's alerts until none is due or it is paused; milliseconds after which to look again."""
        lane = self._lanes[notifier]
        try:
            while self._pause(lane) == 0 and await self._deliver_some(lane):
                pass
        except Unavailable:
            # The store's own trouble: its writer tells people of it.
            lane.paused_until = self._clock.monotonic() + delay(1)
        return self._pause(lane) or self._idle(lane)

    async def _serve(self, lane: _Lane) -> None:
        while True:
            await self._rest(lane, await self.deliver_due(lane.route.notifier))

    async def _rest(self, lane: _Lane, milliseconds: int) -> None:
        """Wait; something new ends it early, unless the lane is paused."""
        if self._pause(lane):
            await self._clock.sleep(milliseconds)
            return
        waits = [asyncio.ensure_future(lane.new.wait()), asyncio.ensure_future(self._clock.sleep(milliseconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _pause(self, lane: _Lane) -> int:
        return max(0, lane.paused_until - self._clock.monotonic())

    def _idle(self, lane: _Lane) -> int:
        if lane.next_due is None:
            return IDLE
        return min(IDLE, max(1, lane.next_due - self._clock.now()))

    async def _deliver_some(self, lane: _Lane) -> bool:
        """Deliver a few; whether to ask the store again at once."""
        lane.new.clear()
        now = self._clock.now()
        if lane.next_due is not None and lane.next_due <= now:
            lane.next_due = None
        rows = await self._store.due(lane.route.notifier, now, BATCH)
        for row in rows:
            accepted = await self._deliver(lane, row)
            if not accepted or lane.new.is_set():
                return True
        return bool(rows)

    async def _deliver(self, lane: _Lane, row: OutboxRow) -> bool:
        """Try one row; False when the order of the rest may have changed by it."""
        target = stage(lane.route, row)
        delivery = self._delivery(lane, row, target)
        await self._store.attempting(row.id)
        try:
            receipt = await self._hand_over(target, delivery)
        except RateLimited as error:
            await self._store.postpone(row.id, 0, refused=False, maybe_shown=row.tried)
            self._stand_back(lane, math.ceil(error.retry_after_seconds * 1_000))
        except (Unavailable, TimeoutError) as error:
            self._unreachable(lane, str(error) or "no answer in time")
        except Declined:
            await self._refused(lane, row, maybe_shown=row.tried)
        except Exception:  # noqa: BLE001 -- a notifier is somebody's plugin: its bug must not end the others' alerts
            await self._refused(lane, row, maybe_shown=True)
        else:
            self._reachable(lane)
            await self._store.delivered(row.id, receipt.reference, self._clock.now())
            return True
        return False

    def _delivery(self, lane: _Lane, row: OutboxRow, target: Stage) -> Delivery:
        text = self._render(row.alert)
        if target.notifier != lane.route.notifier:
            text = f"({lane.route.notifier} did not accept this)\n{text}"
        late = lateness(row.created_at, self._clock.now())
        return Delivery(alert=row.alert, text=text, chat=target.chat, repeat=row.tried, late=late)

    async def _hand_over(self, target: Stage, delivery: Delivery) -> Receipt:
        async with asyncio.timeout(self._deadline / 1_000):
            return await self._notifiers[target.notifier].deliver(delivery)

    async def _refused(self, lane: _Lane, row: OutboxRow, *, maybe_shown: bool) -> None:
        due_at = due_after_refusal(lane.route, row, self._clock.now())
        await self._store.postpone(row.id, due_at, refused=True, maybe_shown=maybe_shown)
        lane.next_due = due_at if lane.next_due is None else min(lane.next_due, due_at)

    def _unreachable(self, lane: _Lane, reason: str) -> None:
        lane.failures += 1
        self._stand_back(lane, delay(lane.failures))
        if lane.failures == 1:
            self._troubled(lane.route.notifier, reason)

    def _reachable(self, lane: _Lane) -> None:
        if lane.failures:
            lane.failures = 0
            self._troubled(lane.route.notifier, "")

    def _stand_back(self, lane: _Lane, milliseconds: int) -> None:
        lane.paused_until = self._clock.monotonic() + max(1, milliseconds)
