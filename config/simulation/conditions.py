"""What one account's way to the venue is like at a moment, and for how long a fault may still be seen."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from config.simulation.clocks import Clocks
from config.simulation.fates import Fates
from config.simulation.story import Pace
from config.simulation.timeline import Timeline
from core.facts import Cut
from plugins.exchanges.paper.stepped import SteppedAccount

AUDITED, REPAIRED = 70_000, 25_000
"""How long what a fault did may be seen: by the next audit after a lost frame (F17), else sooner."""
NOTICED = 25_000
"""A silent stream is noticed by its watchdog within this."""


@dataclass(slots=True)
class Conditions:
    """Between one account's machine and the venue, as the weather has it. Its receiver changes with each start."""

    timeline: Timeline
    venue: SteppedAccount
    fates: Fates
    pace: Pace
    acted: Callable[[], None]
    """Called after the venue did anything."""
    seen: Counter[str]
    clocks: Clocks
    up: bool = False
    silent: bool = False
    offline_until: int = 0
    busy_until: int = 0
    """Until then the venue refuses everything as too much."""
    lost_until: int = 0
    """Until then no request arrives."""
    idle_until: int = 0
    """Until then a stop that is set is taken, and nothing comes of it."""
    rationed: tuple[int, int] = (0, 0)
    """Until when not all entries that are placed together are taken, and a number whose bits say which is."""
    mute_until: int = 0
    """Until then no answer of the venue comes back."""
    unlisted: tuple[int, int] = (0, 0)
    """What executes from the one time on is told by nothing until the other."""
    hides: int = 0
    """From when on that is, by the venue's clock."""
    behind: tuple[int, Cut | None] = (0, None)
    """Until then looks show this, as the lists stood when they fell behind."""
    hidden: bool = False
    """Whether what happens now is told to nobody: its frame gets lost."""
    told: dict[str, int] = field(default_factory=dict)
    """The executions that the stream has brought, and when it did last."""
    slow_until: int = 0
    """Until when a look was on its way that took seconds: what only a look shows is not expected before."""
    troubled_until: int = 0
    """Until when what a fault left behind may still be seen: a second of patience is not expected before."""
    unheard: bool = False
    """Whether a frame was lost of which no good look has told since."""

    @property
    def untold(self) -> bool:
        """Whether what executes now is told by nothing."""
        return self.unlisted[0] <= self.timeline.now < self.unlisted[1]

    def trouble(self, length: int = REPAIRED) -> None:
        """Expect nothing in time for so long, and for what an answer takes."""
        self.troubled_until = max(self.troubled_until, self.timeline.now + self.pace.answer + length)
