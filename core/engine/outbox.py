"""The pump from the durable outbox to people: a lane for each notifier, so that one that is down holds up no other."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core.alerts import Alert
from core.engine.carrying import Left, Means
from core.engine.delivery import Route
from core.engine.lane import Lane
from core.preferences import Preferences
from ports.clock import Clock
from ports.notifier import Notifier
from ports.persistence import Store

DEADLINE = 30_000
"""How long a delivery may take before it counts as not answered, milliseconds."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """For how many milliseconds the oldest due alert of a notifier waits, and why, "" where nothing is known."""

    notifier: str
    age: int
    reason: str


class Outbox:
    """Delivers what waits in the store, for every route. Nothing is lost, and a repeat is marked (D2)."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        notifiers: Mapping[str, Notifier],
        render: Callable[[Alert], str],
        *,
        routes: Sequence[Route] | None = None,
        deadline: int = DEADLINE,
        zone: str = "UTC",
    ) -> None:
        """*render* makes the plain text, *zone* is where people read times.

        Without *routes* each notifier gets its own alerts and has no fallback. ValueError where one is unknown.
        """
        chosen = [Route(name) for name in notifiers] if routes is None else routes
        unknown = {name for route in chosen for name in (route.notifier, route.last) if name} - notifiers.keys()
        if unknown:
            raise ValueError(f"routes name notifiers that are not there: {', '.join(sorted(unknown))}")
        self._means = Means(store, clock, notifiers, render, deadline, zone)
        self._lanes = {route.notifier: Lane(route, self._means) for route in chosen}

    @property
    def preferences(self) -> Preferences:
        """What people want to be told; set anew, it holds for every alert not yet delivered."""
        return self._means.preferences

    @preferences.setter
    def preferences(self, preferences: Preferences) -> None:
        self._means.preferences = preferences

    def nudge(self) -> None:
        """There is something new in the store."""
        for lane in self._lanes.values():
            lane.stir()

    def change_fallback(self, chat: str) -> None:
        """From now on the chat that is asked when an alert's own one refuses."""
        for lane in self._lanes.values():
            lane.due.route = replace(lane.due.route, fallback_chat=chat)

    def leave_out(self, left: Left) -> None:
        """From now on who is served no more: alerts that name their chats go where alerts go that name none (E1)."""
        self._means.left = left
        self.reroute()

    def reroute(self) -> None:
        """Others may be served now: nothing more goes before every chat was looked at again."""
        for lane in self._lanes.values():
            lane.due.reroute()
            lane.stir()

    def waiting(self) -> Iterator[Waiting]:
        """Each notifier for which alerts wait."""
        now = self._means.clock.now()
        for name, lane in self._lanes.items():
            if lane.due.oldest is not None:
                yield Waiting(name, max(0, now - lane.due.oldest), lane.trouble)

    async def run(self) -> None:
        """Deliver until cancelled. Stopped from the store ends it, as it ends the service."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes.values():
                group.create_task(lane.run())

    async def flush(self) -> None:
        """Deliver what can be delivered now, lanes side by side; what can't stays for the next start (J2)."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes.values():
                group.create_task(lane.deliver_due())

    async def deliver_due(self, notifier: str) -> int:
        """Deliver one notifier's alerts until none is due or it is paused; milliseconds after which to look again."""
        return await self._lanes[notifier].deliver_due()
