"""An event loop without a clock, a selector and threads: time jumps to what is due next, and the seed sets the order.

Whatever is ready at the same moment runs in an order drawn from the seed, and some of it waits until what the others
make ready runs, too: code that only works because asyncio happens to be first in, first out, shows. What the venue and
the network do is on the world's timeline, whose order stands.
"""

import asyncio
import heapq
import random
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextvars import Context, ContextVar
from typing import Any

from config.simulation.story import START
from config.simulation.timeline import Timeline

LIFE: ContextVar[int] = ContextVar("life")
"""Which life of the process a task belongs to."""


class LoopTimeline(Timeline):
    """The world's timeline, which lets the loop run what its acts make ready before it goes on."""

    def __init__(self, now: int, ticked: Callable[[int], None], seed: int) -> None:
        """Make the loop, too."""
        super().__init__(now, ticked)
        self.loop = VirtualLoop(self, seed)

    @property
    def due(self) -> int | None:
        """When the next act is due, None = never."""
        return self._heap[0][0] if self._heap else None

    def run(self, until: int) -> None:
        """Do everything that is due by *until*, tasks included."""
        self.loop.play(until)

    def move(self, now: int) -> None:
        """It is *now*."""
        self._move(max(now, self.now))


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs tasks in virtual time. One batch of what is ready at a time, shuffled; then the next timer or act."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, timeline: LoopTimeline, seed: int) -> None:
        """Nothing is ready yet."""
        super().__init__()
        self._timeline = timeline
        self._order = random.Random(f"loop:{seed}")
        self._until = timeline.now
        self._failure: BaseException | None = None
        self.life = 0

    def time(self) -> float:
        """See asyncio: seconds since the storm began."""
        return (self._timeline.now - START) / 1_000

    def play(self, until: int) -> None:
        """Run until nothing is due by *until*. Raises what `fail` was told."""
        self._until = until
        self.run_forever()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def fail(self, error: BaseException) -> None:
        """End `play` with an error of the world's, which must not look like one of the code that it plays with."""
        self._failure = error
        self.stop()

    def bury(self) -> None:
        """Let what was cancelled end; time stands still and nothing else happens."""
        self._failure = None
        self.play(START - 1)

    def unfinished(self) -> int:
        """How many tasks have not ended."""
        return len(asyncio.all_tasks(self))

    def in_life(self) -> Context:
        """A context for tasks of the present life."""
        context = Context()
        context.run(LIFE.set, self.life)
        return context

    def _run_once(self) -> None:
        if not self._ready:
            self._go_on()
            return
        batch = list(self._ready)
        self._ready.clear()
        for handle in self._ordered(batch):
            if not handle.cancelled():
                handle._run()  # noqa: SLF001 - a loop is what runs handles

    def _ordered(self, batch: list[asyncio.Handle]) -> list[asyncio.Handle]:
        """The dead first and as they come: asyncio keeps tasks in sets, and their order must not use up the seed's."""
        dead = [handle for handle in batch if self._life_of(handle) != self.life]
        live = [handle for handle in batch if self._life_of(handle) == self.life]
        if len(live) > 1:
            self._order.shuffle(live)
            slow = self._order.randrange(2 * len(live))
            self._ready.extend(live[slow:])
            del live[slow:]
        return dead + live

    @staticmethod
    def _life_of(handle: asyncio.Handle) -> int | None:
        context: Context = handle._context  # type: ignore[attr-defined]  # noqa: SLF001 - public from Python 3.12 on
        return context.get(LIFE)

    def _go_on(self) -> None:
        timer, act = self._next_timer(), self._timeline.due
        first = min((at for at in (timer, act) if at is not None), default=None)
        if first is None or first > self._until:
            self._timeline.move(self._until)
            self.stop()
        elif timer != first or (act == first and self._order.random() < 0.5):
            self._timeline.step(first)
        else:
            self._fire(first)

    def _next_timer(self) -> int | None:
        timers = self._scheduled
        while timers and timers[0].cancelled():
            heapq.heappop(timers)
        return max(_moment(timers[0]), self._timeline.now) if timers else None

    def _fire(self, now: int) -> None:
        self._timeline.move(now)
        while self._scheduled and _moment(self._scheduled[0]) <= now:
            self._ready.append(heapq.heappop(self._scheduled))

    # what asyncio expects of a loop that has a selector and threads

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A cancelled timer goes when its time comes."""

    def _write_to_self(self) -> None:
        """There is no selector to be woken."""

    def _asyncgen_finalizer_hook(self, agen: AsyncIterator[Any]) -> None:
        """Nothing may happen when the collector of garbage finds the time."""


def _moment(timer: asyncio.TimerHandle) -> int:
    return START + round(timer.when() * 1_000)


class VirtualClock:
    """The Clock port on virtual time."""

    def __init__(self, timeline: Timeline) -> None:
        """Its time is the timeline's."""
        self._timeline = timeline

    def now(self) -> int:
        """See Clock.now."""
        return self._timeline.now

    def monotonic(self) -> int:
        """See Clock.monotonic."""
        return self._timeline.now - START

    async def sleep(self, milliseconds: int) -> None:
        """See Clock.sleep."""
        if milliseconds > 0:
            await asyncio.sleep(milliseconds / 1_000)
