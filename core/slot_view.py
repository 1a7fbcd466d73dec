"""What is believed of a slot at the venue: its position, its stop, and how old each of them is."""

from dataclasses import dataclass
from decimal import Decimal

from core.facts import Filled
from core.ledger import Ledger
from core.money import ZERO
from core.stops import passed
from core.words import OrderSide, Side, TriggerBy


@dataclass(slots=True)
class SlotView:
    """What is believed of one slot at the venue.

    *size* is signed as the venue tells it, negative = short. *stop* is the position-wide stop as shown, or as presumed
    after an entry fill until the venue shows it (*proven* False). *stop_busy*: a SetStop was taken, not shown yet.
    *seq* and *stop_seq* say how new the size and the stop are; a stop is moved without an execution, so *stop_at* says
    it where they agree.
    """

    size: Decimal = ZERO
    stop: Decimal | None = None
    proven: bool = False
    stop_busy: bool = False
    stop_taken: Decimal | None = None
    """Where the last SetStop that was taken put it, by the answer."""
    seq: int = -1
    shown: bool = False
    """Whether the venue itself told the size at *seq*, every execution of that number included."""
    counted: tuple[str, ...] = ()
    """The executions of number *seq* by which the size was carried on: looks list them again for a minute."""
    stop_seq: int = -1
    stop_at: int = -1
    stop_sent: int = -1
    """When a stop of ours left for it last, by our clock: a look from before says nothing of what stands now."""
    liquidation: Decimal | None = None
    """Where the venue would liquidate, as it said last; None = it said nothing."""
    mark: Decimal | None = None
    last: Decimal | None = None
    priced: int = -1
    """The symbol's prices as the venue told them last with the position, and when; None = it told none."""

    def held(self, opening: OrderSide) -> Decimal:
        """What is held the way that a trade opens; less than nothing when the slot is the other way round."""
        return opening.signed(self.size)

    def explained(self, ledger: Ledger) -> bool:
        """Whether it is what a trade's *ledger* comes to: nothing is on its way, nobody else has a hand in it.

        More sold than bought is what it comes to only where the venue itself says so.
        """
        return self.held(ledger.opening) == ledger.held and (self.shown or ledger.position >= 0)

    def carry(self, fact: Filled) -> None:
        """Carry the size on by an execution, once; one that the venue told the size with changes nothing."""
        if fact.seq < self.seq or (fact.seq == self.seq and (self.shown or fact.execution in self.counted)):
            return
        self.counted = (*(self.counted if fact.seq == self.seq else ()), fact.execution)
        self.size += fact.side.signed(fact.quantity)
        self.seq, self.shown = fact.seq, False

    def age(self, fact: Filled) -> None:
        """Be as new as an execution that the size was believed to hold: what shows less is stale (rel:F20)."""
        if fact.seq > self.seq:
            self.seq, self.shown, self.counted = fact.seq, True, ()

    def empty(self) -> None:
        """Believe that nothing is held and executions of *seq* are counted, as two looks agreed (C8)."""
        self.size, self.stop, self.proven, self.shown = ZERO, None, True, True

    def passed(self, side: Side, trigger_by: TriggerBy) -> bool:
        """Whether the market stood past the stop shown, at the last look."""
        return self.stop is not None and passed(self.stop, side, trigger_by, self.mark, self.last)
