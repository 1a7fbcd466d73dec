"""Whether a stream speaks of what was changed: one that doesn't has stalled, however well it seems (rel:F18)."""

import time

from core.commands import Cancel, Command, Done, Outcome, Place, SetStop

ECHO_WITHIN = 3
"""Seconds in which a change of ours must be seen on the stream."""


class Echo:
    """One stream's canary. Times are monotonic seconds; *owed* is since when the stream owes us a word, None = never.

    A change that the venue took must be spoken of: it shows orders and positions whenever something is done to them.
    """

    def __init__(self) -> None:
        """Nothing was changed, and nothing heard."""
        self.owed: float | None = None
        self._heard = 0.0

    def heard(self) -> None:
        """The stream spoke, or stands anew: what was changed before that is a look's, which follows."""
        self.owed, self._heard = None, time.monotonic()

    def answered(self, command: Command, outcome: Outcome, sent: float) -> None:
        """What was sent at *sent* was answered so. The stream is often quicker: what it said since then counts."""
        taken = isinstance(outcome, Done) and isinstance(command, Place | Cancel | SetStop)
        if taken and self.owed is None and self._heard < sent:
            self.owed = time.monotonic()

    def missing(self) -> str:
        """Why the stream is not to be believed any more, "" while it is."""
        if self.owed is None or time.monotonic() - self.owed <= ECHO_WITHIN:
            return ""
        return f"a change of ours was not shown within {ECHO_WITHIN} s"
