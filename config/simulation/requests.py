"""Requests to the venue and their answers: lost, late, refused for a while, or executed and answered by nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from config.simulation.conditions import Conditions
from config.simulation.fates import REQUEST, Kind
from core.commands import Amend, Code, Command, Done, Outcome, Place, Query, Refused, SetLeverage, SetStop, Unknown
from core.facts import LeverageIs

LIFETIME = 2_000
"""recv_window: a request that arrives later than this is refused by the venue (R4)."""
LATE = (300, 6_000)
YOUNG = 1_500
"""For how long after it was made an order may not be found by key."""
_LOST = Unknown("no answer in time")

Answer = Callable[[tuple[Command, ...], tuple[Outcome, ...]], None]


@dataclass(slots=True)
class Request:
    """Commands that leave together; answered when every part of it is."""

    commands: tuple[Command, ...]
    outcomes: dict[int, Outcome]
    answered: Answer


class Requests:
    """One account's."""

    def __init__(self, on: Conditions) -> None:
        """None is on its way."""
        self._on = on

    def send(self, commands: tuple[Command, ...], answered: Answer) -> None:
        """Send commands the way the adapters do: placements in a batch, amendments in a batch, the rest one by one."""
        request = Request(commands, {}, answered)
        for part in _parts(commands):
            self._request(request, part)

    def _request(self, request: Request, part: tuple[int, ...]) -> None:
        now = self._on.timeline.now
        if now < self._on.offline_until:
            self._on.trouble()
            self._later(self._on.pace.answer, request, dict.fromkeys(part, _LOST))
            return
        there = self._on.fates.lag(1, self._on.pace.road)
        fate = self._fate(now)
        if fate is not None:
            self._on.trouble()
        match fate:
            case None:
                self._on.timeline.after(there, lambda: self._arrive(request, part, None))
            case Kind.LOST_REQUEST:
                self._later(self._on.pace.answer, request, dict.fromkeys(part, _LOST))
            case Kind.LATE_REQUEST:
                late = self._on.fates.lag(*LATE)
                self._on.timeline.after(late, lambda: self._arrive_late(request, part, late))
                self._later(self._on.pace.answer, request, dict.fromkeys(part, _LOST))
            case Kind.BUSY | Kind.RATE:
                code = Code.BUSY if fate is Kind.BUSY else Code.RATE
                refused = Refused(code, "too busy", 500 if fate is Kind.RATE else None)
                self._later(there, request, dict.fromkeys(part, refused))
            case _:
                self._on.timeline.after(there, lambda: self._arrive(request, part, fate))

    def _fate(self, now: int) -> Kind | None:
        if now < self._on.busy_until:
            return Kind.BUSY
        if now < self._on.mute_until:
            return Kind.LOST_ANSWER
        return Kind.LOST_REQUEST if now < self._on.lost_until else self._on.fates.of(REQUEST)

    def _arrive(self, request: Request, part: tuple[int, ...], fate: Kind | None) -> None:
        outcomes = self._rations(request, part) | self._idles(request, part)
        outcomes |= self._executed(request, tuple(number for number in part if number not in outcomes))
        if fate is Kind.UNSEEN:
            outcomes = {number: self._unseen(request.commands[number], each) for number, each in outcomes.items()}
        back = self._on.fates.lag(1, self._on.pace.road)
        if fate is not None and any(self._filled(request.commands[number]) for number in part):
            self._on.seen["an answer lost after a fill"] += 1
        if fate is Kind.LOST_ANSWER:
            back, outcomes = self._on.pace.answer, dict.fromkeys(part, _LOST)
        elif fate is Kind.ERROR_AFTER:
            outcomes = dict.fromkeys(part, Unknown("10016: service is restarting"))
        self._later(back, request, outcomes)

    def _rations(self, request: Request, part: tuple[int, ...]) -> dict[int, Outcome]:
        """Which entries of a batch come back while the account is rationed: one after the other, each for longer.

        The venue refuses the first; the others never leave.
        """
        until, bits = self._on.rationed
        left, refused = until - self._on.timeline.now, dict[int, Outcome]()
        for place, number in enumerate(part if left > 0 else ()):
            command = request.commands[number]
            if isinstance(command, Place) and not command.reduce_only and not bits >> place & 1:
                self._on.trouble()
                code = Code.CROWDED if refused else Code.RATE
                refused[number] = Refused(code, "too many", left * (len(refused) + 1))
        return refused

    def _idles(self, request: Request, part: tuple[int, ...]) -> dict[int, Outcome]:
        """The stops that are taken and not set."""
        idle = self._on.timeline.now < self._on.idle_until
        stops = [number for number in part if idle and isinstance(request.commands[number], SetStop)]
        if stops:
            self._on.trouble()
            self._on.seen["a stop taken without effect"] += len(stops)
        return dict.fromkeys(stops, Done())

    def _unseen(self, command: Command, outcome: Outcome) -> Outcome:
        """A question's answer, from before the order was made if that was a moment ago."""
        young = isinstance(command, Query) and self._on.venue.age(command.key) < YOUNG
        return Done() if young else outcome

    def _filled(self, command: Command) -> bool:
        """Whether the order that a placement made has executed anything by now."""
        return isinstance(command, Place) and self._on.venue.executed(command.key) > 0

    def _arrive_late(self, request: Request, part: tuple[int, ...], late: int) -> None:
        if late <= LIFETIME:
            self._executed(request, part)

    def _executed(self, request: Request, part: tuple[int, ...]) -> dict[int, Outcome]:
        outcomes = self._on.venue.submit([request.commands[number] for number in part])
        self._on.acted()
        return dict(zip(part, outcomes, strict=True))

    def _later(self, delay: int, request: Request, outcomes: dict[int, Outcome]) -> None:
        self._on.timeline.after(delay, lambda: self._answer(request, outcomes))

    def _answer(self, request: Request, outcomes: dict[int, Outcome]) -> None:
        request.outcomes.update(outcomes)
        if len(request.outcomes) == len(request.commands):
            ordered = (request.outcomes[number] for number in range(len(request.commands)))
            request.answered(request.commands, tuple(map(self._proven, request.commands, ordered)))

    def _proven(self, command: Command, outcome: Outcome) -> Outcome:
        """An answer with what it proves, as adapters tell it: a leverage that was taken is that of now (B4)."""
        if not isinstance(command, SetLeverage) or outcome != Done():
            return outcome
        return Done((LeverageIs(command.symbol, command.leverage, self._on.clocks.believed(self._on.timeline.now)),))


def _parts(commands: tuple[Command, ...]) -> list[tuple[int, ...]]:
    """Which commands share a request, by their places."""
    groups: dict[object, list[int]] = {}
    for number, command in enumerate(commands):
        batch = type(command) if isinstance(command, Place | Amend) else number
        groups.setdefault(batch, []).append(number)
    return [tuple(group) for group in groups.values()]
