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
    it where they agree. The size is what the venue told last, or what a start knew, and each execution since, in
    whatever order they came.
    """

    size: Decimal = ZERO
    stop: Decimal | None = None
    proven: bool = False
    stop_busy: bool = False
    stop_taken: Decimal | None = None
    """Where the last SetStop that was taken put it, by the answer."""
    seq: int = -1
    before: int = -1
    """Every execution of a number below this was in the size that it was carried on from."""
    counted: tuple[str, ...] = ()
    """The executions by which it was carried on from there: looks list them again for a minute."""
    newest: Filled | None = None
    """The last execution in venue order that was heard of since the start: a look that lacks it is older."""
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

    @property
    def shown(self) -> bool:
        """Whether the venue itself told the size at *seq*, every execution of that number included."""
        return self.seq < self.before

    def held(self, opening: OrderSide) -> Decimal:
        """What is held the way that a trade opens; less than nothing when the slot is the other way round."""
        return opening.signed(self.size)

    def explained(self, ledger: Ledger) -> bool:
        """Whether it is what a trade's *ledger* comes to: nothing is on its way, nobody else has a hand in it.

        More sold than bought is what it comes to only where the venue itself says so.
        """
        return self.held(ledger.opening) == ledger.held and (self.shown or ledger.position >= 0)

    def tell(self, size: Decimal, seq: int) -> None:
        """The venue told the size, every execution up to number *seq* included."""
        self.size, self.seq, self.before, self.counted = size, seq, seq + 1, ()

    def begin(self, seq: int) -> None:
        """Know at a start of executions up to *seq*: what shows less is stale (rel:F20)."""
        self.seq = self.before = max(self.seq, seq)

    def carry(self, fact: Filled) -> None:
        """Carry the size on by an execution, once; one that it was told with changes nothing."""
        self._hear(fact)
        if fact.seq < self.before or fact.execution in self.counted:
            return
        self.counted = (*self.counted, fact.execution)
        self.size += fact.side.signed(fact.quantity)
        self.seq = max(self.seq, fact.seq)

    def age(self, fact: Filled) -> None:
        """Be as new as an execution that the size was believed to hold: what shows less is stale (rel:F20)."""
        self._hear(fact)
        if fact.seq > self.seq:
            self.tell(self.size, fact.seq)

    def _hear(self, fact: Filled) -> None:
        if self.newest is None or fact.seq > self.newest.seq:
            self.newest = fact

    def empty(self) -> None:
        """Believe that nothing is held and executions up to *seq* are counted, as two looks agreed (C8)."""
        self.tell(ZERO, self.seq)
        self.stop, self.proven = None, True

    def passed(self, side: Side, trigger_by: TriggerBy) -> bool:
        """Whether the market stood past the stop shown, at the last look."""
        return self.stop is not None and passed(self.stop, side, trigger_by, self.mark, self.last)
