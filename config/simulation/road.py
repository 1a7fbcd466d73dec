"""One account's way to the venue and back: requests, answers, the private stream and looks, each in its weather."""

from dataclasses import dataclass, field, replace

from config.simulation.conditions import Conditions
from config.simulation.frames import Frames
from config.simulation.looks import Looks
from config.simulation.requests import Requests
from core.terms import Terms


@dataclass(slots=True)
class Road(Conditions):
    """The conditions, and what goes there and back under them."""

    requests: Requests = field(init=False)
    frames: Frames = field(init=False)
    looks: Looks = field(init=False)

    def __post_init__(self) -> None:
        """Each lane is under the same conditions."""
        self.requests, self.frames, self.looks = Requests(self), Frames(self), Looks(self)

    def terms(self, symbol: str) -> Terms:
        """What the account offers now, dated as an adapter dates it."""
        terms, wrong = self.venue.terms(symbol), self.clocks.wrong(self.timeline.now)
        return replace(terms, at=terms.at + wrong) if wrong else terms
