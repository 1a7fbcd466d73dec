"""What operators asked for and got no answer to: who asks again, because the process died, looks first."""

from config.simulation.disk import Disk
from core.account.inputs import Operate
from core.facts import Act, ActKind


class Pending:
    """Acts that wait for their answer."""

    def __init__(self, disk: Disk) -> None:
        """Nothing was asked for; what is on *disk* was taken."""
        self._disk = disk
        self._acts: list[tuple[str, Operate, int]] = []

    def note(self, name: str, act: Operate) -> int:
        """Somebody asks for it; returns how many like it were taken, or asked for, before."""
        asked = sum((each, _what(other)) == (name, _what(act)) for each, other, _ in self._acts)
        before = self._alike(name, act) + asked
        self._acts.append((name, act, before))
        return before

    def done(self, name: str, act: Operate, before: int) -> bool:
        """Whether it was taken, though its answer was never heard."""
        return self._alike(name, act) > before

    def taken(self, name: str, trade: str) -> None:
        """The first that waits on the trade is answered."""
        pending = next((each for each in self._acts if (each[0], each[1].trade) == (name, trade)), None)
        if pending is not None:
            self._acts.remove(pending)

    def left(self) -> list[tuple[str, Operate, int]]:
        """What waits still, and is not on disk; each with how many like it came before."""
        return [each for each in self._acts if not self.done(*each)]

    def _alike(self, name: str, act: Operate) -> int:
        taken = (entry.what for entry in self._disk.journal.get(name, []))
        return sum(isinstance(each, Act) and _what(each) == _what(act) for each in taken)


def _what(act: Operate | Act) -> tuple[str, ActKind, str]:
    return act.trade, act.kind, act.by
