"""What befalls each request, frame, look and step of the store: drawn from the seed, or read from a saved list.

Every decision has a number. What struck is kept by that number, so that a storm can be played again with fewer faults.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A fault at one decision."""

    LOST_REQUEST = "lost_request"
    LOST_ANSWER = "lost_answer"
    LATE_REQUEST = "late_request"
    ERROR_AFTER = "error_after"
    """The venue executed it and answered with an error that says nothing (10000, 10016, 5xx)."""
    UNSEEN = "unseen"
    """A question by key is answered by what is not up to date yet: a young order is not found (rel:F21)."""
    BUSY = "busy"
    RATE = "rate"
    MISSING_FRAME = "missing_frame"
    DUPLICATE_FRAME = "duplicate_frame"
    LATE_FRAME = "late_frame"
    FAILED_LOOK = "failed_look"
    STALE_LOOK = "stale_look"
    TORN_LOOK = "torn_look"
    SLOW_LOOK = "slow_look"
    """A look that takes its time to come back, while the stream goes on."""
    CRASH = "crash"
    """The process dies here; what the store was just writing is there."""
    CRASH_TORN = "crash_torn"
    """The process dies while the store writes: what was being written is gone."""


REQUEST = (
    Kind.LOST_REQUEST,
    Kind.LOST_ANSWER,
    Kind.LATE_REQUEST,
    Kind.ERROR_AFTER,
    Kind.UNSEEN,
    Kind.BUSY,
    Kind.RATE,
)
FRAME = (Kind.MISSING_FRAME, Kind.DUPLICATE_FRAME, Kind.LATE_FRAME)
LOOK = (Kind.FAILED_LOOK, Kind.STALE_LOOK, Kind.TORN_LOOK, Kind.SLOW_LOOK)
POINT = (Kind.CRASH, Kind.CRASH_TORN)
SENDING = (Kind.CRASH,)
"""Where the store writes nothing there is nothing to tear: both ways to die are one."""

Struck = dict[int, Kind]


@dataclass(frozen=True, slots=True)
class Swarm:
    """Which faults this storm has and how often each strikes, in thousandths."""

    chances: Mapping[Kind, int]

    @property
    def calm(self) -> bool:
        """Whether nothing at all can strike."""
        return not self.chances


def swarm(draw: random.Random) -> Swarm:
    """Each fault is off with one chance in three; the others share an intensity (rel:4.4). Slow looks: see `slow`."""
    intensity = draw.choice((1, 4, 10))
    rates = {
        **dict.fromkeys(REQUEST, 10),
        **dict.fromkeys(FRAME, 10),
        **dict.fromkeys((Kind.FAILED_LOOK, Kind.STALE_LOOK, Kind.TORN_LOOK), 20),
        **dict.fromkeys(POINT, 4),
    }
    return Swarm({kind: rate * intensity for kind, rate in rates.items() if draw.random() > 0.35})


def slow(seed: int) -> dict[Kind, int]:
    """How often looks are slow: by a die of its own, so that older seeds stay the storms they were."""
    return {Kind.SLOW_LOOK: 100} if random.Random(f"slow:{seed}").random() < 0.2 else {}


class Fates:
    """Decides fault by fault. *only*: strike exactly these; nothing else is drawn."""

    def __init__(self, seed: int, chances: Mapping[Kind, int], only: Mapping[int, Kind] | None = None) -> None:
        """*chances* in thousandths by kind."""
        self._draw = random.Random(f"fates:{seed}")
        self._chances = chances
        self._only = only
        self.number = 0
        self.struck: Struck = {}
        self.points: dict[int, tuple[Kind, ...]] = {}
        """The decisions at which the process could have died, with the ways that end differently there."""
        self.asked: list[tuple[int, tuple[Kind, ...]]] = []
        """Every other decision while faults were allowed, with what could have struck there."""
        self.over = False

    def may(self, kind: Kind) -> bool:
        """Whether this fault can strike at all; a history by hand may begin one later."""
        return kind in (self._chances if self._only is None else self._only.values())

    def of(self, kinds: tuple[Kind, ...]) -> Kind | None:
        """What happens at this decision, None = nothing."""
        self.number += 1
        if self.over:
            return None
        if kinds is not POINT:
            self.asked.append((self.number, kinds))
        # Thrown in a replay too: the lags come from the same die, and would all be others after a throw left out.
        thrown = self._draw.randrange(1_000)
        found = self._met(kinds, thrown) if self._only is None else self._only.get(self.number)
        if found is None or found not in kinds:
            return None
        self.struck[self.number] = found
        return found

    def death(self, ways: tuple[Kind, ...]) -> Kind | None:
        """Whether and how the process dies at this decision; *ways* are those that end differently here."""
        if not self.over:
            self.points[self.number + 1] = ways
        return self.of(POINT)

    def _met(self, kinds: tuple[Kind, ...], thrown: int) -> Kind | None:
        for kind in kinds:
            thrown -= self._chances.get(kind, 0)
            if thrown < 0:
                return kind
        return None

    def lag(self, low: int, high: int) -> int:
        """A delay in milliseconds, drawn as `randint` does, without what that checks: each frame and call has one."""
        width = high - low + 1
        bits = width.bit_length()
        drawn = self._draw.getrandbits(bits)
        while drawn >= width:
            drawn = self._draw.getrandbits(bits)
        return low + drawn
