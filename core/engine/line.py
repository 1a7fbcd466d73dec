"""The messages that wait for one notifier, the most urgent first, and which of them may go next (D2)."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from core.engine.delivery import Parcel, Stage, Trade


class Line:
    """Parcels in the order in which they should go. What all of them share is reckoned once, not at every question."""

    def __init__(self, parcels: Sequence[Parcel] = ()) -> None:
        """*parcels*: most urgent first, each trade's in its own order."""
        self._parcels: dict[int, Parcel] = {}
        self._pressing: Counter[Trade] = Counter()
        self._targets: set[Stage] = set()
        self.shut: set[Stage] = set()
        """Stops to which nothing less urgent may go either, when the last question found nothing."""
        self.add(parcels)

    def add(self, parcels: Sequence[Parcel]) -> None:
        """Put more behind what waits."""
        self._parcels |= {parcel.ids[0]: parcel for parcel in parcels}
        self._pressing.update(parcel.trade for parcel in parcels if _critical(parcel))
        self._targets |= {parcel.target for parcel in parcels}

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._parcels)

    @property
    def targets(self) -> Collection[Stage]:
        """Every stop that one of them went to when it was put in line."""
        return self._targets

    @property
    def chats(self) -> Collection[str]:
        """Those that something waits here for."""
        return {parcel.target.chat for parcel in self._parcels.values()}

    @property
    def trades(self) -> Collection[Trade]:
        """Those that something of waits here."""
        return {parcel.trade for parcel in self._parcels.values()}

    def take(self, flying: Collection[Trade], holds: Callable[[Stage], int]) -> Parcel | None:
        """The first that neither its trade, one of *flying*, nor its stop *holds* back; it leaves the line.

        Where a critical one waits for what is before it in its trade, nobody less urgent takes its chat meanwhile.
        """
        held = set(flying)
        shut = self.shut = {target for target in self._targets if holds(target)}
        for name, parcel in self._parcels.items() if len(shut) < len(self._targets) else ():
            if parcel.trade not in held and parcel.target not in shut:
                del self._parcels[name]
                self._pressing[parcel.trade] -= _critical(parcel)
                return parcel
            held.add(parcel.trade)
            if self._pressing[parcel.trade] > 0:
                shut.add(parcel.target)
        return None

    def drop(self, trade: Trade) -> None:
        """Whatever of this trade waits leaves the line."""
        self._parcels = {name: each for name, each in self._parcels.items() if each.trade != trade}


def _critical(parcel: Parcel) -> bool:
    return parcel.rows[0].alert.critical
