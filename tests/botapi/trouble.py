"""What goes wrong on demand: refusals, broken answers, torn connections, silence. A test writes the rules."""

import asyncio
import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.botapi.refusals import Refusal, other_poller, too_many

FOR_EVER = -1


@dataclass(frozen=True, slots=True)
class Refuses:
    """Answered with a refusal; nothing is carried out."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Breaks:
    """Answered with a page that is no JSON, as a proxy before Telegram answers; nothing is carried out.

    With status 200 it is an answer that can't be read.
    """

    status: int = 502


@dataclass(frozen=True, slots=True)
class Tears:
    """The connection is torn before anything is carried out."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Never carried out and never answered: the caller's own time-out ends it."""


@dataclass(frozen=True, slots=True)
class TearsAfter:
    """Carried out, and the connection is torn before the answer."""


@dataclass(frozen=True, slots=True)
class SilentAfter:
    """Carried out and never answered."""


@dataclass(frozen=True, slots=True)
class Holds:
    """Kept back until the test lets go; then carried out and answered."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def let_go(self) -> None:
        """Whatever is held, and whatever meets this rule later, goes on."""
        self.gate.set()


@dataclass(frozen=True, slots=True)
class Delays:
    """Carried out at once, answered so many seconds later: a slow line, for measuring what waits for it."""

    seconds: float


Fault = Refuses | Breaks | Tears | Silent | TearsAfter | SilentAfter | Holds | Delays


@dataclass(slots=True)
class Rule:
    """A fault and whom it meets: method is a pattern (send*), chat 0 is any, the first *after* go by.

    The download of a file counts as the method download.
    """

    fault: Fault
    method: str = "*"
    chat: int = 0
    times: int = 1
    after: int = 0
    chance: float = 1.0
    met: int = 0
    """How often it struck."""

    def strikes(self, method: str, chat: int, dice: random.Random) -> bool:
        """Whether this request is one; counts it."""
        if self.times == self.met or self.chat not in (0, chat):
            return False
        if not fnmatchcase(method.lower(), self.method.lower()) or dice.random() >= self.chance:
            return False
        if self.after:
            self.after -= 1
            return False
        self.met += 1
        return True


class Trouble:
    """All rules. The oldest that strikes decides."""

    def __init__(self, seed: int = 1) -> None:
        self.rules: list[Rule] = []
        self._dice = random.Random(seed)

    def add(
        self, fault: Fault, method: str = "*", *, chat: int = 0, times: int = 1, after: int = 0, chance: float = 1.0
    ) -> Rule:
        """From now on, so many *times* (FOR_EVER: until `clear`)."""
        rule = Rule(fault, method, chat, times, after, chance)
        self.rules.append(rule)
        return rule

    def too_many(self, seconds: int, method: str = "*", *, chat: int = 0, times: int = 1) -> Rule:
        """429 with retry_after."""
        return self.add(Refuses(too_many(seconds)), method, chat=chat, times=times)

    def refuse(self, code: int, description: str, method: str = "*", *, chat: int = 0, times: int = 1) -> Rule:
        """Any refusal."""
        return self.add(Refuses(Refusal(code, description)), method, chat=chat, times=times)

    def failing(self, method: str = "*", *, times: int = 1) -> Rule:
        """500 in Telegram's own form."""
        return self.refuse(500, "Internal Server Error", method, times=times)

    def second_poller(self, *, times: int = FOR_EVER) -> Rule:
        """409 for every poll, as while somebody else polls with our token (F52)."""
        return self.add(Refuses(other_poller()), "getUpdates", times=times)

    def hold(self, method: str = "*", *, times: int = 1) -> Holds:
        """Requests wait for `let_go`."""
        held = Holds()
        self.add(held, method, times=times)
        return held

    def clear(self) -> None:
        """No more rules; what is held goes on."""
        for rule in self.rules:
            if isinstance(rule.fault, Holds):
                rule.fault.let_go()
        self.rules.clear()

    def meeting(self, method: str, chat: int) -> Fault | None:
        """What this request meets."""
        return next((rule.fault for rule in self.rules if rule.strikes(method, chat, self._dice)), None)
