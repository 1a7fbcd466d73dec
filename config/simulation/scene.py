"""A storm as those see it who judge it: its venue, its process, what excuses what, and what was found to be wrong."""

from dataclasses import dataclass, field
from decimal import Decimal

from config.simulation.clocks import Clocks
from config.simulation.process import Process
from config.simulation.road import Road
from config.simulation.sights import Sights
from config.simulation.story import SYMBOL, Story
from config.simulation.timeline import Timeline
from core.money import ZERO
from plugins.exchanges.paper.venue.account import Account

SLACK = 1_000
"""A take-profit sum that differs from the position for longer is a violation, in calm weather."""

Where = tuple[str, int]
"""An account, and a place there: each slot is judged by itself, both sides of hedge mode too."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One violation at one moment of venue time."""

    invariant: str
    account: str
    at: int
    detail: str


@dataclass(slots=True)
class Scene:
    """What all judges share."""

    story: Story
    timeline: Timeline
    process: Process
    roads: dict[str, Road]
    accounts: dict[str, Account]
    last: dict[str, Decimal]
    sights: Sights
    clocks: Clocks
    breaches: list[Breach] = field(default_factory=list)
    meddled: set[str] = field(default_factory=set)
    """Accounts in whose position or stop the user's own hand was."""
    haunted: set[str] = field(default_factory=set)
    """Accounts where an entry that was dead executed (rel:F31)."""
    emptied: set[tuple[str, str]] = field(default_factory=set)
    """(account, trade) that an emergency closes."""
    set_at: dict[Where, tuple[Decimal | None, int]] = field(default_factory=dict)
    """The stop that a machine set last, and when the call left."""

    @property
    def now(self) -> int:
        """The true time, milliseconds."""
        return self.timeline.now

    def breach(self, invariant: str, name: str, detail: str) -> None:
        """Note a violation, once for each kind and account."""
        if not any(each.invariant == invariant and each.account == name for each in self.breaches):
            self.breaches.append(Breach(invariant, name, self.now, detail))

    def calm(self, name: str) -> bool:
        """Whether nothing that a fault left behind at the account may still be seen."""
        return self.now > self.roads[name].troubled_until

    def position(self, where: Where) -> tuple[Decimal, Decimal | None]:
        """How much the venue holds at a place, and its stop."""
        held = self.accounts[where[0]].positions.get((SYMBOL, where[1]))
        return (ZERO, None) if held is None else (held.size, held.stop)

    @property
    def patience(self) -> int:
        """A second, and what it takes in this storm to hear of a fill, to be shown the last change, and to send."""
        pace = self.story.pace
        return SLACK + 2 * pace.road + 2 * pace.stream + 2 * pace.store
