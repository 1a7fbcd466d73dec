"""What must hold at every moment of a storm, weighed by venue time, and which rare situations were met.

Nothing here trusts the machines: it looks at the venue. What the user's own hand did is the user's.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from config.simulation.process import Process
from config.simulation.road import Road
from config.simulation.story import SYMBOL, Story
from config.simulation.timeline import Timeline
from core.account.box import Box
from core.desired import Phase
from core.money import ZERO, text
from core.words import Side
from plugins.exchanges.paper.venue.account import Account

SLACK = 1_000
"""A take-profit sum that differs from the position for longer is a violation, in calm weather."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One violation at one moment of venue time."""

    invariant: str
    account: str
    at: int
    detail: str


@dataclass(slots=True)
class Watch:
    """Looks at every account whenever the venue did something."""

    story: Story
    timeline: Timeline
    process: Process
    roads: dict[str, Road]
    accounts: dict[str, Account]
    breaches: list[Breach] = field(default_factory=list)
    sometimes: Counter[str] = field(default_factory=Counter)
    meddled: set[str] = field(default_factory=set)
    """Accounts in whose position or stop the user's own hand was."""
    exposed: dict[str, int] = field(default_factory=dict)
    _differs: dict[str, tuple[int, Decimal]] = field(default_factory=dict)

    def look(self, name: str) -> None:
        """The account as it stands now."""
        account = self.accounts[name]
        size, stop = self._held(account)
        sign = 1 if self.story.request.side is Side.LONG else -1
        if name not in self.meddled:
            if size and stop is None:
                self._breach("I3", name, f"{text(size)} held without a stop")
            if size * sign < 0:
                self._breach("I5", name, f"closed more than was held: {text(size)}")
        self._targets(name, account, abs(size))

    def breach(self, invariant: str, name: str, detail: str) -> None:
        """Note a violation, once for each kind and account."""
        self._breach(invariant, name, detail)

    def _breach(self, invariant: str, name: str, detail: str) -> None:
        if not any(each.invariant == invariant and each.account == name for each in self.breaches):
            self.breaches.append(Breach(invariant, name, self.timeline.now, detail))

    def _held(self, account: Account) -> tuple[Decimal, Decimal | None]:
        index = 0 if not self.story.hedge else (1 if self.story.request.side is Side.LONG else 2)
        held = account.positions.get((SYMBOL, index))
        return (ZERO, None) if held is None else (held.size, held.stop)

    def _targets(self, name: str, account: Account, size: Decimal) -> None:
        """How long the working take-profits have differed from what is held, while nothing excuses it."""
        box = self._open_box(name)
        since = self._differs.get(name)
        calm = self.timeline.now > self.roads[name].troubled_until
        if box is None or not calm or name in self.meddled:
            self._differs.pop(name, None)
            return
        if since is not None and self.timeline.now - since[0] > self.patience:
            self._breach("I2", name, f"take-profits differed from the position for {self.timeline.now - since[0]} ms")
        # The end of the id: a trade may be called TP... too.
        working = sum((order.leaves for order in account.on(SYMBOL) if "-TP" in order.link[-8:] and order.open), ZERO)
        if working == size or (working == ZERO and size < self.story.instrument.min_quantity):
            self._differs.pop(name, None)
        elif since is None or since[1] != size:
            self._differs[name] = (self.timeline.now, size)

    @property
    def patience(self) -> int:
        """A second, and what it takes in this storm to hear of a fill, to be shown the last change, and to send."""
        pace = self.story.pace
        return SLACK + 2 * pace.road + 2 * pace.stream + 2 * pace.store

    def _open_box(self, name: str) -> Box | None:
        node = self.process.nodes.get(name)
        if node is None:
            return None
        state = node.machine.state
        for box in state.boxes.values():
            if box.phase.rank < Phase.CLOSING.rank and not state.troubles:
                return box
        return None
