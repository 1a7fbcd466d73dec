"""The venue's clock beside ours: how far ahead it is, how far an adapter takes it to be ahead, and when that changes.

Machines count their waits by our own clock, which never jumps (`plugins.clocks.system`). What the venue dates is dated
by its own; when a look was asked for and what prices and positions it shows, by what an adapter believes of that one.
"""

from config.simulation.story import START, Apart


class Clocks:
    """Both, by our own time; where they agree, all three readings are the same."""

    def __init__(self, apart: tuple[Apart, ...]) -> None:
        """*apart*: each counts from its time on, the first from the beginning."""
        self._apart = apart
        self._shown: list[int] = []
        """What the venue's showed when each began: put back, it stands until it comes to where it was."""
        for before, each in zip((*apart[:1], *apart), apart, strict=False):
            self._shown.append(max([*self._shown[-1:], START + each.at + before.ahead]))

    @property
    def late(self) -> int:
        """By how much at most an adapter takes the venue's to be later than it is, milliseconds."""
        return max([each.believed - each.ahead for each in self._apart] + [0])

    @property
    def early(self) -> int:
        """By how much at most it takes it to be earlier than it is; one that was put back stands for a while."""
        rows = zip((*self._apart[:1], *self._apart), self._apart, strict=False)
        return max([max(before.ahead, each.ahead) - each.believed for before, each in rows] + [0])

    def venue(self, ours: int) -> int:
        """What the venue's shows then."""
        if not self._apart:
            return ours
        now = self._then(ours)
        return max(ours + self._apart[now].ahead, self._shown[now])

    def believed(self, ours: int) -> int:
        """What an adapter takes the venue's to show then."""
        return ours if not self._apart else ours + self._apart[self._then(ours)].believed

    def wrong(self, ours: int) -> int:
        """By how much what it believes is too late then, milliseconds; negative = too early."""
        return self.believed(ours) - self.venue(ours)

    def _then(self, ours: int) -> int:
        since = ours - START
        return max(sum(each.at <= since for each in self._apart) - 1, 0)
