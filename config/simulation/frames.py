"""The private stream: frames that are lost, late, or come twice."""

from collections.abc import Callable, Iterable

from config.simulation.conditions import AUDITED, Conditions
from config.simulation.fates import FRAME, Kind
from core.facts import Filled, Funding, PositionIs, StopIs, VenueFact, Wallet

LATE_FRAME = (500, 4_000)


class Frames:
    """One account's."""

    def __init__(self, on: Conditions) -> None:
        """None has come."""
        self._on = on
        self._last = 0

    def flow(self, receive: Callable[[VenueFact], None]) -> tuple[VenueFact, ...]:
        """Send on what the venue has for this account; returns it."""
        facts = self._on.venue.drain()
        if facts and self._on.up:
            self._flow(facts, receive)
        return facts

    def _flow(self, facts: tuple[VenueFact, ...], receive: Callable[[VenueFact], None]) -> None:
        if self._on.silent or self._on.hidden or self._on.timeline.now < self._on.offline_until:
            self._lose()
            return
        for frame in _topics(facts):
            if self._on.untold and isinstance(frame[0], Filled):
                continue
            self._frame(frame, receive)

    def _frame(self, facts: tuple[VenueFact, ...], receive: Callable[[VenueFact], None]) -> None:
        """One topic's frame; on one socket they come in order, unless a fault has it otherwise."""
        now = self._on.timeline.now
        fate = self._on.fates.of(FRAME)
        if fate is not None:
            self._on.trouble(AUDITED)
        self._last = max(self._last, now + self._on.fates.lag(1, self._on.pace.stream))
        match fate:
            case Kind.MISSING_FRAME:
                self._lose()
            case Kind.LATE_FRAME:
                self._deliver(now + self._on.fates.lag(*LATE_FRAME), facts, receive)
            case Kind.DUPLICATE_FRAME:
                self._deliver(self._last, facts, receive)
                self._deliver(self._last + self._on.fates.lag(0, 3_000), facts, receive)
            case _:
                self._deliver(self._last, facts, receive)

    def _lose(self) -> None:
        self._on.unheard = True
        self._on.trouble(AUDITED)

    def _deliver(self, at: int, facts: Iterable[VenueFact], receive: Callable[[VenueFact], None]) -> None:
        def arrive() -> None:
            for fact in facts:
                if isinstance(fact, Filled):
                    self._on.told[fact.execution] = self._on.timeline.now
                receive(fact)

        self._on.timeline.at(at, arrive)


def _topics(facts: tuple[VenueFact, ...]) -> tuple[tuple[VenueFact, ...], ...]:
    """Facts as the topics of the private stream carry them: executions, orders, positions, the wallet."""
    frames: dict[str, list[VenueFact]] = {}
    for fact in facts:
        match fact:
            case Filled() | Funding():
                topic = "execution"
            case PositionIs() | StopIs():
                topic = "position"
            case Wallet():
                topic = "wallet"
            case _:
                topic = "order"
        frames.setdefault(topic, []).append(fact)
    return tuple(tuple(frame) for frame in frames.values())
