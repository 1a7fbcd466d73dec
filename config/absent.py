"""A notifier that did not start (J2): trades are watched all the same, and its alerts wait in the store."""

from collections.abc import Mapping

from config.lasting import STARTS_WITHIN, unstarted
from core.engine.service import Tell
from core.errors import Unreached
from ports.notifier import Delivery, Notifier, Receipt


class Absent:
    """Stands where a notifier would, and delivers nothing. *why* is for a person."""

    def __init__(self, name: str, why: str) -> None:
        """Nothing is opened."""
        self.name = name
        self.why = why

    async def start(self) -> None:
        """See Notifier.start: it is the one that did not."""

    async def close(self) -> None:
        """See Notifier.close."""

    async def deliver(self, delivery: Delivery) -> Receipt:
        """See Notifier.deliver: nothing is shown and nothing used up."""
        raise Unreached(self.why)


async def opened(notifier: Notifier, tell: Tell, within: float = STARTS_WITHIN) -> Notifier:
    """The notifier at work, or what stands in its place. The other notifiers tell of it."""
    why = await unstarted(notifier.name, notifier.start(), within)
    if not why:
        return notifier
    await tell("notifier", f"{why}: its alerts wait in the store, trading goes on. Mend that, then restart")
    return Absent(notifier.name, why)


def absent(notifiers: Mapping[str, Notifier]) -> dict[str, str]:
    """Those that did not start, and why."""
    return {name: each.why for name, each in notifiers.items() if isinstance(each, Absent)}
