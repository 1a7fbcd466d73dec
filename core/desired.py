"""What a strategy wishes to be working at the venue now.

Named tuples: they are made anew for every decision, and cost a third of a frozen dataclass to make.
"""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from core.words import OrderSide, Slot, TriggerBy


class Phase(StrEnum):
    """Where a trade stands (B12): forward only, derived from facts."""

    BUILDING = "BUILDING"
    MONITORING = "MONITORING"
    PROFIT_TAKING = "PROFIT_TAKING"
    CLOSING = "CLOSING"
    CLOSED = "CLOSED"

    rank: int
    """Position in the forward-only order."""
    closing: bool
    """Whether a trade is on its way out, or closed."""


for _rank, _phase in enumerate(Phase):
    _phase.rank = _rank
    _phase.closing = _phase in (Phase.CLOSING, Phase.CLOSED)


class StopKind(StrEnum):
    """What a stop in force is."""

    INITIAL = "initial"
    BREAKEVEN = "breakeven"
    MOVED = "moved"
    TRAILING = "trailing"


class Want(NamedTuple):
    """One order wished for, by role.

    *total* is everything that role shall ever have executed, over all revisions. *price* None: at market, or for an
    order that already works: keep its price. *stop* is attached (entries). *once*: not tried again after it died
    (entries: one that dies is given up, B4).
    """

    role: str
    slot: Slot
    side: OrderSide
    total: Decimal
    price: Decimal | None
    reduce_only: bool
    stop: Decimal | None = None
    once: bool = False


class WantedStop(NamedTuple):
    """The position-wide stop wished for in a slot."""

    slot: Slot
    price: Decimal
    kind: StopKind
    trigger_by: TriggerBy = TriggerBy.LAST


class Desired(NamedTuple):
    """Everything a trade wishes: orders, stops, and when to be woken.

    *done*: the trade is over once nothing of it works and everything is booked. *below* and *above* are prices at or
    past which the strategy wants to be told (Reached); *wake* is a time.
    """

    wants: tuple[Want, ...]
    stops: tuple[WantedStop, ...]
    phase: Phase
    done: bool = False
    reason: str = ""
    wake: int | None = None
    below: Decimal | None = None
    above: Decimal | None = None
