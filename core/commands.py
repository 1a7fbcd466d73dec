"""What Tandem asks of a venue, and the three ways an answer can come out.

An acknowledgement (Done) says the request was taken, not what became of it: the stream or a cut says that. Unknown is
its own outcome: something may or may not have happened, so ask by key, never assume.

Place and Amend are named tuples: they are made in every decision, and cost a third of a frozen dataclass to make.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from core.facts import VenueFact
from core.words import OrderSide, Slot, TriggerBy


class Place(NamedTuple):
    """Put an order to work. *price* None = at market. *stop* is attached position-wide (born protected).

    *trigger_by* says which price fires the attached stop. *whole* (reduce-only, at market) closes all that the slot
    holds, up to what one order may take, whatever its smallest order and its step are; *quantity* is what that is.
    """

    key: str
    slot: Slot
    side: OrderSide
    quantity: Decimal
    price: Decimal | None
    reduce_only: bool
    stop: Decimal | None = None
    trigger_by: TriggerBy = TriggerBy.LAST
    whole: bool = False


class Amend(NamedTuple):
    """Change an open order in place. None = leave as it is. *quantity* is the new total, filled part included."""

    key: str
    slot: Slot
    quantity: Decimal | None = None
    price: Decimal | None = None
    stop: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Take an order out. *key* may be a venue order id when the order was adopted."""

    key: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class SetStop:
    """Set (or with None clear) the position-wide stop of a slot. Absolute, so repeating it is harmless."""

    slot: Slot
    price: Decimal | None
    trigger_by: TriggerBy = TriggerBy.LAST


@dataclass(frozen=True, slots=True)
class SetLeverage:
    """Set a symbol's leverage; the same value again counts as done."""

    symbol: str
    leverage: Decimal


@dataclass(frozen=True, slots=True)
class Query:
    """Ask what became of one order, by key: open orders, history and executions."""

    key: str
    slot: Slot


OrderCommand = Place | Amend | Cancel
Change = OrderCommand | SetStop
"""What changes something that works at the venue."""
Command = Change | SetLeverage | Query


class Code(StrEnum):
    """The closed list of reasons for which a venue refuses. Adapters translate their codes to these in one place."""

    DUPLICATE = "duplicate"
    """The client id exists: the order was accepted before. Adopt it, never mint another."""
    GONE = "gone"
    """Not open (any more): ask whether filled or cancelled."""
    BELOW_FILLED = "below_filled"
    """The new quantity is not above what was filled already."""
    QUOTA = "quota"
    """Reduce-only orders may not exceed the position."""
    WRONG_SIDE = "wrong_side"
    """The trigger lies on the wrong side of the market: it was passed already."""
    FLAT = "flat"
    """There is no position to reduce or to protect."""
    MARGIN = "margin"
    """Not enough margin or balance."""
    RULES = "rules"
    """The request breaks the venue's rules (grid, minimum, maximum, price band): repeating it is useless."""
    SAME = "same"
    """Nothing to change: it is so already (or a parameter is missing: read back)."""
    RATE = "rate"
    """Too many requests: not executed, try after retry_after."""
    CROWDED = "crowded"
    """Never sent: too much of ours waits for the venue's limit. No try at all; its turn comes after retry_after."""
    BUSY = "busy"
    """The order is being processed, or the venue is overloaded: not executed, try again."""
    MODE = "mode"
    """The position index does not fit the account's position mode."""
    DENIED = "denied"
    """The key may not do this (expired, permission, IP, banned)."""
    CLOCK = "clock"
    """The request's time lay outside the venue's window."""


TRANSIENT = frozenset({Code.RATE, Code.CROWDED, Code.BUSY, Code.CLOCK})
"""Refusals after which the same request may well succeed a moment later."""


@dataclass(frozen=True, slots=True)
class Done:
    """The venue took the request. *facts* is what the answer itself proves (a query's result, read-backs)."""

    facts: tuple[VenueFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The venue did not execute the request, and says why. *retry_after* in milliseconds when it names a time."""

    code: Code
    reason: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or one that proves nothing: the request may have been executed."""

    reason: str


Outcome = Done | Refused | Unknown
