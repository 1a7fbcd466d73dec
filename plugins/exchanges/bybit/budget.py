"""How much an endpoint may still be asked: a rolling second, learned from the venue's headers. Pure: time is passed in.

Bybit counts a request when it arrives. When that was is not known, only that it lay before the answer came: so what was
taken counts until a second after its answer (V5 rate limit page: per UID and endpoint, rolling).
"""

from plugins.exchanges.bybit.replies import Limit

WINDOW = 1_000
MARGIN = 20
"""Milliseconds that the venue's second may be longer than ours."""
FORGOTTEN = 15_000
"""A taking that nobody gave back counts no longer than this."""


class Budget:
    """One endpoint's budget. Times in milliseconds of one monotonic clock."""

    def __init__(self, cap: int, window: int = WINDOW) -> None:
        """*cap* units a window, until the venue says otherwise."""
        self.cap = cap
        self._window = window + MARGIN
        self._flying: dict[int, tuple[int, int]] = {}
        self._landed: list[tuple[int, int]] = []
        self._tickets = 0
        self._shut = 0

    def room(self, now: int) -> int:
        """How many units may leave now."""
        if self.shut_for(now):
            return 0
        self._landed = [(at, units) for at, units in self._landed if at + self._window > now]
        self._flying = {each: taken for each, taken in self._flying.items() if taken[0] + FORGOTTEN > now}
        used = sum(units for _, units in self._landed) + sum(units for _, units in self._flying.values())
        return max(self.cap - used, 0)

    def take(self, units: int, now: int) -> int:
        """Let *units* leave; returns the ticket to give back."""
        self._tickets += 1
        self._flying[self._tickets] = (now, units)
        return self._tickets

    def landed(self, ticket: int, now: int) -> None:
        """The answer came (or was given up)."""
        taken = self._flying.pop(ticket, None)
        if taken is not None:
            self._landed.append((now, taken[1]))

    def never_left(self, ticket: int) -> None:
        """What was taken did not reach the venue."""
        self._flying.pop(ticket, None)

    def learn(self, limit: Limit) -> None:
        """The venue's word on the cap."""
        if limit.cap > 0:
            self.cap = limit.cap

    def shut(self, until: int) -> None:
        """Nothing leaves before *until*: the venue refused for the rate."""
        self._shut = max(self._shut, until)

    def shut_for(self, now: int) -> int:
        """How long nothing leaves because the venue refused, in milliseconds; 0 = it may."""
        return max(self._shut - now, 0)

    def next(self, now: int) -> int:
        """When there may be more room, in milliseconds from *now*."""
        waits = [at + self._window - now for at, _ in self._landed]
        if self.shut_for(now):
            waits.append(self.shut_for(now))
        return max(min(waits, default=self._window), 1)
