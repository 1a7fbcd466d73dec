"""How fast one person may ask (S17): a bucket of turns that fills by time. What is above it is dropped and counted."""

from dataclasses import dataclass, field

BURST = 60
EVERY = 250
"""Milliseconds in which one more turn is earned."""


@dataclass(slots=True)
class Pace:
    """Buckets by user: turns left, and when they were counted."""

    _buckets: dict[int, tuple[int, int]] = field(default_factory=dict)
    dropped: int = 0

    def takes(self, user: int, now: int) -> bool:
        """Whether *user* may have a turn now."""
        left, at = self._buckets.get(user, (BURST, now))
        earned = max(0, now - at) // EVERY
        left, at = min(BURST, left + earned), at + earned * EVERY
        if left == BURST:
            at = now
        if left <= 0:
            self.dropped += 1
            self._buckets[user] = (left, at)
            return False
        self._buckets[user] = (left - 1, at)
        return True
