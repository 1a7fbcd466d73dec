"""The queue of updates: offsets, kinds that are asked for, one poller at a time (F52, F53)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tests.botapi.chats import Json
from tests.botapi.clock import Bell, Clock
from tests.botapi.refusals import Refusal, other_poller

ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = ON_REQUEST | {
    *("message", "edited_message", "channel_post", "edited_channel_post", "inline_query", "chosen_inline_result"),
    *("callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer"),
    *("my_chat_member", "chat_join_request", "chat_boost", "removed_chat_boost", "business_connection"),
    *("business_message", "edited_business_message", "deleted_business_messages"),
}
KEPT = {"callback_query": 150.0, "inline_query": 30.0}
"""Seconds for which an update waits to be fetched; all others wait a day."""
DAY = 86_400.0
LONGEST = 50.0


@dataclass(frozen=True, slots=True)
class Update:
    """One update."""

    id: int
    kind: str
    body: Json
    until: float

    def as_json(self) -> Json:
        """The Bot API's Update."""
        return {"update_id": self.id, self.kind: self.body}


class Updates:
    """What waits to be fetched. A poll that asks for a higher offset makes what lies below it go."""

    def __init__(self, clock: Clock, bell: Bell, first: int = 871_000_001) -> None:
        self._clock = clock
        self._bell = bell
        self._next = first
        self._waiting: asyncio.Future[Refusal] | None = None
        self.allowed = KINDS - ON_REQUEST
        self.waiting: list[Update] = []
        self.every: list[Update] = []
        """All that were ever queued, fetched or not."""
        self._again: list[Update] = []

    def add(self, kind: str, body: Json) -> Update | None:
        """Queue an update; None when the bot didn't ask for its kind."""
        if kind not in self.allowed:
            return None
        update = Update(self._next, kind, body, self._clock.now() + KEPT.get(kind, DAY))
        self._next += 1
        self.every.append(update)
        self.waiting.append(update)
        self._bell.ring()
        return update

    def repeat(self, update: Update) -> None:
        """Deliver an update once more, under its old id, whatever offset is asked for."""
        self._again.append(update)
        self._bell.ring()

    def allow(self, kinds: Sequence[str]) -> None:
        """Ask for these kinds from now on; names that don't exist are ignored, and none at all means the usual."""
        self.allowed = frozenset(kinds) & KINDS or KINDS - ON_REQUEST

    def drop(self) -> None:
        """Forget all that waits."""
        self.waiting.clear()

    @property
    def polled(self) -> bool:
        """Whether somebody waits for updates now."""
        return self._waiting is not None

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Up to *limit* updates from *offset* on, as soon as there is one. Who polled before is sent away."""
        self._send_away()
        self._forget(offset)
        if self._ready() or seconds <= 0:
            return self._take(limit)
        mine = self._waiting = asyncio.get_running_loop().create_future()
        self._bell.ring()
        try:
            async with asyncio.timeout(min(seconds, LONGEST)):
                while not self._ready():
                    await self._heard(mine)
        except TimeoutError:
            pass
        finally:
            if self._waiting is mine:
                self._waiting = None
        return self._take(limit)

    async def _heard(self, mine: asyncio.Future[Refusal]) -> None:
        """Return when there may be something; raise what another poller left for this one."""
        bell = asyncio.ensure_future(self._bell.heard())
        try:
            await asyncio.wait((bell, mine), return_when=asyncio.FIRST_COMPLETED)
        finally:
            bell.cancel()
        if mine.done():
            raise mine.result()

    def _send_away(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(other_poller())
        self._waiting = None

    def _forget(self, offset: int) -> None:
        self.waiting = [each for each in self.waiting if each.until > self._clock.now()]
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset:
            self.waiting = [each for each in self.waiting if each.id >= offset]

    def _ready(self) -> bool:
        return bool(self._again or self.waiting)

    def _take(self, limit: int) -> list[Json]:
        taken, self._again = [*self._again, *self.waiting][:limit], self._again[limit:]
        return [each.as_json() for each in taken]
