"""What a venue still shows of a trade that the store has forgotten (C7)."""

from dataclasses import dataclass
from decimal import Decimal

from core.facts import Filled, Funding, Working
from core.words import Slot

REBUILT = "rebuilt"
"""The origin of a trade that was made again: no mirror is asked to join it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """One trade's orders and executions, and its slot.

    *executions*: its own in venue order, and those of its slot since then that name no order of ours. *size* is what
    the slot holds, signed; *stop* and *leverage* as the venue shows them, None = it doesn't.
    """

    trade: str
    account: str
    slot: Slot
    orders: tuple[Working, ...]
    executions: tuple[Filled | Funding, ...]
    size: Decimal
    stop: Decimal | None
    leverage: Decimal | None
    leader: str | None = None
