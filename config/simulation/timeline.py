"""Virtual time: what is due, in order of time; things of the same moment in the order in which they were asked for."""

from collections.abc import Callable
from heapq import heappop, heappush

Act = Callable[[], None]


MOST = 20_000
"""Acts of one millisecond; more, and something wakes itself without end."""


class StandsStill(Exception):
    """Time doesn't go on."""


class Timeline:
    """A heap of acts. Nothing here waits, so an hour passes in milliseconds."""

    def __init__(self, now: int, ticked: Callable[[int], None]) -> None:
        """Begin at *now*, milliseconds; *ticked* is told whenever time has moved."""
        self.now = now
        self._ticked = ticked
        self._heap: list[tuple[int, int, Act]] = []
        self._count = 0
        self._acts = 0

    def at(self, when: int, act: Act) -> None:
        """Do *act* at *when*, or next if that is past."""
        self._count += 1
        due = when if when > self.now else self.now  # noqa: FURB136 - not a call: all that happens comes by here
        heappush(self._heap, (due, self._count, act))

    def after(self, delay: int, act: Act) -> None:
        """Do *act* in *delay* milliseconds."""
        self.at(self.now + delay, act)

    def step(self, until: int) -> bool:
        """Do the next thing that is due by *until*; False when there is none, and it is *until* then.

        Raises StandsStill.
        """
        if self._heap and self._heap[0][0] <= until:
            self._next()
            return True
        self._move(max(self.now, until))
        return False

    def run(self, until: int) -> None:
        """Do everything that is due by *until*. Raises StandsStill."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            self._next()
        self.step(until)

    def _next(self) -> None:
        at, _, act = heappop(self._heap)
        if at != self.now:
            self._acts = 0
            self._move(at)
        else:
            self._acts += 1
            if self._acts > MOST:
                raise StandsStill(f"more than {MOST} acts at one moment")
        act()

    def _move(self, now: int) -> None:
        if now != self.now:
            self.now = now
            self._ticked(now)
