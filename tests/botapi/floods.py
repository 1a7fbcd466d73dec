"""Flood limits as far as Telegram tells of them, and who doesn't wait for as long as it was told (F51)."""

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from tests.botapi.refusals import Refusal, too_many

OVERALL = 0
"""The chat that stands for all of them."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many in so many seconds."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What is granted; None is no limit."""

    chat: Pace | None = None
    group: Pace | None = None
    overall: Pace | None = None
    methods: Mapping[str, Pace] | None = None


NO_LIMITS = Limits()
TELEGRAMS = Limits(chat=Pace(1, 1.0), group=Pace(20, 60.0), overall=Pace(30, 1.0))
"""About one a second in a chat, twenty a minute in a group, thirty a second in all (Telegram's bot FAQ)."""


class Floods:
    """Counts what is sent and edited, by the fake's clock; refuses what is too much."""

    def __init__(self, limits: Limits = NO_LIMITS) -> None:
        self.limits = limits
        self.refused = 0
        self.impatient: list[tuple[str, int]] = []
        """Requests that came before their chat's retry_after was over: method and chat."""
        self._sent: dict[object, deque[float]] = defaultdict(deque)
        self._closed: dict[int, float] = {}

    def ask(self, method: str, chat: int, now: float) -> None:
        """Let it through and count it, or raise the 429."""
        buckets = list(self._buckets(method, chat))
        wait = max((self._wait(key, pace, now) for key, pace in buckets), default=0.0)
        if wait > 0:
            self.refused += 1
            raise self.told(chat, now, too_many(math.ceil(wait)))
        for key, _ in buckets:
            self._sent[key].append(now)

    def note(self, method: str, chat: int, now: float) -> None:
        """Write down who comes too early."""
        if now < self._closed.get(chat, 0.0):
            self.impatient.append((method, chat))

    def told(self, chat: int, now: float, refusal: Refusal) -> Refusal:
        """Remember how long the chat has to wait."""
        self._closed[chat] = now + refusal.parameters.get("retry_after", 0)
        return refusal

    def _buckets(self, method: str, chat: int) -> list[tuple[object, Pace]]:
        limits = self.limits
        found: list[tuple[object, Pace | None]] = [
            (chat, limits.chat if chat > 0 else limits.group),
            (OVERALL, limits.overall),
            (method, (limits.methods or {}).get(method)),
        ]
        return [(key, pace) for key, pace in found if pace is not None]

    def _wait(self, key: object, pace: Pace, now: float) -> float:
        sent = self._sent[key]
        while sent and sent[0] <= now - pace.seconds:
            sent.popleft()
        return sent[-pace.count] + pace.seconds - now if len(sent) >= pace.count else 0.0
