"""How soon a chat may be written to again, by its own pace: what it was sent lately decides."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from ports.notifier import Pace

JITTER = 50
"""Milliseconds more than asked: two messages never travel equally long."""


@dataclass(slots=True)
class Paces:
    """When each chat was written to."""

    _sent: dict[str, deque[int]] = field(default_factory=dict)

    @property
    def chats(self) -> Collection[str]:
        """Those that were written to."""
        return self._sent.keys()

    def wait(self, chat: str, pace: Pace, now: int) -> int:
        """Milliseconds until one more message keeps the pace; *now* is monotonic."""
        sent = self._sent.get(chat, ())
        if not pace.messages or len(sent) < pace.messages:
            return 0
        return max(0, sent[-pace.messages] + pace.milliseconds + JITTER - now)

    def count(self, chat: str, pace: Pace, now: int) -> None:
        """One message leaves now."""
        sent = self._sent.get(chat, ())
        self._sent[chat] = deque((*sent, now), maxlen=max(1, pace.messages))

    def arrived(self, chat: str, now: int) -> None:
        """The last one is there only now: who waited on the way counts from its arrival."""
        if chat in self._sent:
            self._sent[chat][-1] = now
