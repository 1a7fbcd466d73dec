"""What can come back from an HTTP request, before anybody says what it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Limit:
    """What the venue's headers said of the endpoint's budget: its cap, what is left, and when it is whole again."""

    cap: int
    left: int
    reset: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The venue answered with a code (0 = taken). *items* are the codes of a batch's parts, in order.

    *at* is the venue's clock, *midway* ours in the middle of the round trip; milliseconds, 0 = unknown.
    """

    code: int
    message: str
    result: Mapping[str, Any] = field(default_factory=dict)
    items: Sequence[Mapping[str, Any]] = ()
    limit: Limit | None = None
    at: int = 0
    midway: int = 0


@dataclass(frozen=True, slots=True)
class HttpRefused:
    """An HTTP status other than 200."""

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """The connection could not be made: the venue never saw the request."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer after bytes were sent, or one that can't be read: it may have been executed (rel:F01, rel:F02)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Crowded:
    """Not sent: its turn did not come in time. *retry_after* in milliseconds."""

    reason: str
    retry_after: int


@dataclass(frozen=True, slots=True)
class Banned:
    """Not sent: the venue takes nothing from this address. *retry_after* in milliseconds."""

    reason: str
    retry_after: int


Reply = Answered | HttpRefused | NotSent | Lost | Crowded | Banned
