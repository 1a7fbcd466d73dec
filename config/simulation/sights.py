"""Rare situations that a nightly run must have met (reliability.md 3): without them its silence proves nothing."""

from collections import Counter

from core.commands import Amend, Code, Command, Done, Outcome, Place, Refused

SOMETIMES = (
    "an answer after its fill",
    "a duplicate adopted",
    "a cancel that was a fill",
    "an amendment below what was filled",
    "crash between commit and send",
    "crash between send and ack",
    "batch partial success",
    "funding row seen",
    "manual close",
)


class Sights:
    """Counts what was met."""

    def __init__(self) -> None:
        """Nothing was."""
        self.seen: Counter[str] = Counter()

    def answered(self, account: str, commands: tuple[Command, ...], outcomes: tuple[Outcome, ...]) -> None:
        """Answers reached a machine."""
        done = refused = 0
        for command, outcome in zip(commands, outcomes, strict=True):
            match outcome:
                case Refused(code=Code.DUPLICATE):
                    self.seen["a duplicate adopted"] += 1
                case Refused(code=Code.BELOW_FILLED):
                    self.seen["an amendment below what was filled"] += 1
                case Refused(code=Code.GONE):
                    self.seen["a cancel that was a fill"] += 1
                case _:
                    pass
            if isinstance(command, Place | Amend):
                done += isinstance(outcome, Done)
                refused += isinstance(outcome, Refused)
        if done and refused:
            self.seen["batch partial success"] += 1
