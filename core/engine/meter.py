"""How an account's venue answered lately, by what was asked: times, errors and answers that never came (J3)."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.commands import Code, Command, Outcome, Refused, Unknown

KEPT = 2_000
"""Calls remembered for each kind."""
CUT = "cut"
_NO_ERRORS = frozenset({Code.SAME, Code.DUPLICATE, Code.GONE})
"""Refusals that only say that it is so already."""


class Call(NamedTuple):
    """One answered call: when, how long it took (milliseconds), whether it was refused, whether nothing was heard."""

    at: int
    took: int
    failed: bool
    lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointHealth:
    """One kind of call over a while. Times in milliseconds, None without a call."""

    endpoint: str
    calls: int
    p50: int | None
    p99: int | None
    errors: int
    timeouts: int


@dataclass(slots=True)
class Meter:
    """The calls of one account. *heard_at* is when the stream last told anything, None before that (monotonic)."""

    calls: dict[str, deque[Call]] = field(default_factory=dict)
    heard_at: int | None = None

    def answered(self, commands: Sequence[Command], outcomes: Sequence[Outcome], at: int, took: int) -> None:
        """Note one submission: each kind of command in it once, as badly as its worst."""
        worst: dict[str, tuple[bool, bool]] = {}
        for command, outcome in zip(commands, outcomes, strict=True):
            name = type(command).__name__.lower()
            failed, lost = worst.get(name, (False, False))
            refused = isinstance(outcome, Refused) and outcome.code not in _NO_ERRORS
            worst[name] = (failed or refused, lost or isinstance(outcome, Unknown))
        for name, (failed, lost) in worst.items():
            self.note(name, Call(at, took, failed, lost))

    def note(self, endpoint: str, call: Call) -> None:
        """Note one call."""
        self.calls.setdefault(endpoint, deque(maxlen=KEPT)).append(call)

    def since(self, at: int) -> tuple[EndpointHealth, ...]:
        """What there is to say of each kind from *at* on."""
        return tuple(_health(name, [call for call in calls if call.at >= at]) for name, calls in self.calls.items())


def _health(endpoint: str, calls: list[Call]) -> EndpointHealth:
    times = sorted(call.took for call in calls)
    return EndpointHealth(
        endpoint=endpoint,
        calls=len(calls),
        p50=percentile(times, 50),
        p99=percentile(times, 99),
        errors=sum(1 for call in calls if call.failed),
        timeouts=sum(1 for call in calls if call.lost),
    )


def percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The nearest rank: the smallest value that *percent* of all do not exceed; None of nothing.

    >>> percentile([1, 2, 3, 4], 50), percentile([7], 99), percentile([], 50)
    (2, 7, None)
    """
    if not ordered:
        return None
    return ordered[max(-(-len(ordered) * percent // 100) - 1, 0)]
