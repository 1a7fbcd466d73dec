"""What a request or a frame meets on its way: time, loss, lies. The protocol asks; fair weather does nothing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Loss(StrEnum):
    """What never arrives."""

    NONE = "none"
    REQUEST = "request"
    """The request is not seen by the venue; the caller gets no answer (the connection ends after a while)."""
    RESPONSE = "response"
    """The venue carries the request out, its answer is lost."""
    RESET = "reset"
    """As REQUEST, but the connection is torn at once (TCP reset)."""
    RESET_AFTER = "reset_after"
    """As RESPONSE, but the connection is torn at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer instead of the venue's own: an HTTP status, and for 200 a Bybit code and message."""

    status: int
    code: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one request. Times in milliseconds.

    *inbound* passes before the venue sees it (its time window is checked only then), *outbound* before its answer
    leaves. *instead* answers without carrying it out, *after* carries it out and answers this. *stale*: a read is
    answered from how the account was so long ago.
    """

    inbound: int = 0
    outbound: int = 0
    loss: Loss = Loss.NONE
    instead: Answer | None = None
    after: Answer | None = None
    stale: int = 0


@dataclass(frozen=True, slots=True)
class FrameFate:
    """What becomes of one stream frame: how often it is sent (0 = lost), how late, and what ends the connection.

    *hold* keeps it back until the next frame of the connection has left (reordered). *close* sends a close frame of
    this code after it, *reset* tears the connection.
    """

    copies: int = 1
    delay: int = 0
    hold: bool = False
    close: int | None = None
    reset: bool = False


FAIR = Fate()
FAIR_FRAME = FrameFate()


class Weather(Protocol):
    """Decides once for every request on its arrival, and for every frame before it leaves."""

    def request(self, account: str, path: str) -> Fate:
        """The fate of a request; *account* is "" where no key was given. WebSocket order entry comes as its path."""
        ...

    def frame(self, account: str, topic: str) -> FrameFate:
        """The fate of a frame; *account* is "" on public streams."""
        ...

    def connects(self, account: str, path: str) -> bool:
        """Whether a stream connection is accepted now (a reconnect gap refuses)."""
        ...

    def skew(self) -> int:
        """How far the venue's clock goes wrong, in milliseconds."""
        ...


class Calm:
    """Nothing happens but time: each way takes half of *latency* milliseconds."""

    def __init__(self, latency: int = 0) -> None:
        """*latency* is a whole round trip."""
        self._fate = Fate(inbound=latency - latency // 2, outbound=latency // 2) if latency else FAIR
        self._frame = FrameFate(delay=latency // 2) if latency else FAIR_FRAME

    def request(self, account: str, path: str) -> Fate:
        """Half the round trip each way."""
        return self._fate

    def frame(self, account: str, topic: str) -> FrameFate:
        """Half the round trip."""
        return self._frame

    def connects(self, account: str, path: str) -> bool:
        """Always."""
        return True

    def skew(self) -> int:
        """None."""
        return 0
