"""What must hold at every moment of a storm, weighed by venue time, and which rare situations were met.

Nothing here trusts the machines: it looks at the venue. What the user's own hand did is the user's.
"""

from dataclasses import dataclass, field

from config.simulation.believed import Believed
from config.simulation.held import Held
from config.simulation.kept import Kept
from config.simulation.moves import Moves
from config.simulation.scene import Scene
from config.simulation.sent import Sent


@dataclass(slots=True)
class Watch(Scene):
    """Looks at every account whenever the venue did something. What is held, sent and moved has judges of its own."""

    held: Held = field(init=False)
    sent: Sent = field(init=False)
    moves: Moves = field(init=False)
    kept: Kept = field(init=False)
    believed: Believed = field(init=False)

    def __post_init__(self) -> None:
        """The judges share what this knows."""
        self.held, self.sent, self.moves = Held(self), Sent(self), Moves(self)
        self.kept, self.believed = Kept(self), Believed(self)

    def look(self, name: str) -> None:
        """The account as it stands now."""
        self.held.look(name)
        self.sights.shown(self.accounts[name])

    def decided(self, name: str) -> None:
        """The account decided something: what it waits with from now on is excused, though nothing happens there."""
        if self.held.waits(name):
            self.look(name)

    def applied(self, name: str, generation: int, key: str, execution: str) -> None:
        """An execution was delivered a while ago: it must be booked by now (I11)."""
        node = self.process.nodes.get(name)
        if node is None or generation != self.process.generation or not self.calm(name):
            return
        box, _ = node.machine.state.find(key)
        if box is not None and execution not in box.seen:
            self.breach("I11", name, f"{execution} of {key} was not booked {self.patience} ms after it came")

    def knows(self, name: str) -> None:
        """Whatever of ours has executed is booked, once nothing excuses that it isn't (I11); so is what is held."""
        self.believed.look(name)
        node, now = self.process.nodes.get(name), self.timeline.now
        if node is None or not self.calm(name):
            return
        venue = self.clocks.venue(now)
        for each in self.accounts[name].executions:
            box, _ = node.machine.state.find(each.link) if each.link.startswith("t1-") else (None, None)
            if box is not None and each.id not in box.seen and venue - each.at > self.patience:
                late = venue - each.at
                self.breach("I11", name, f"{each.id} of {each.link} is not booked {late} ms after it happened")
