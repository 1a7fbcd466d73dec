"""What must always hold, as code (DESIGN section 5), checked against a fresh look at the venue when all is quiet."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.account.box import Box
from core.account.state import AccountState
from core.desired import Phase
from core.facts import Cut, Working
from core.identity import parse_key
from core.money import ZERO, text
from core.words import OrderSide, Slot


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that should never be. *invariant* is its number in reliability.md section 3."""

    account: str
    invariant: str
    detail: str


def violations(state: AccountState, cut: Cut) -> tuple[Violation, ...]:
    """Everything wrong with an account at rest: nothing in flight, nothing in doubt, *cut* full and taken now."""
    return tuple(Violation(state.account, name, detail) for name, detail in _found(state, cut))


def _found(state: AccountState, cut: Cut) -> Iterator[tuple[str, str]]:
    ours = {order.key: order for order in cut.orders if parse_key(order.key) is not None}
    yield from _orphans(state, ours)
    sizes = {row.slot: row.size for row in cut.positions}
    stops = {row.slot: row.price for row in cut.stops}
    for slot, size in sizes.items():
        if size and slot not in state.owners and not _foreign_only(state, slot):
            yield "I4", f"{slot.symbol}: {text(size)} is held without a live trade"
    for box in state.boxes.values():
        slot = box.trade.plan.slot
        yield from _ledger(box, sizes.get(slot, ZERO))
        yield from _targets(box, ours)
        if box.trade.ledger.position > 0 and box.trade.plan.stop is not None and stops.get(slot) is None:
            yield "I1", f"{box.id}: {text(box.trade.ledger.position)} is held without a stop"


def _orphans(state: AccountState, ours: dict[str, Working]) -> Iterator[tuple[str, str]]:
    for key in ours:
        parts = parse_key(key)
        if parts is not None and parts.account == state.account and parts.trade not in state.boxes:
            yield "I4", f"{key} works without a live trade"


def _foreign_only(state: AccountState, slot: Slot) -> bool:
    """Whether what a slot holds may be the user's own: no trade of ours was there, or the user traded there too."""
    return slot in state.users or not any(box.trade.plan.slot == slot for box in state.ended.values())


def _ledger(box: Box, size: Decimal) -> Iterator[tuple[str, str]]:
    ledger = box.trade.ledger
    held = size if box.trade.plan.opening is OrderSide.BUY else -size
    if held != ledger.position + ledger.foreign:
        yield "I6", f"{box.id}: the venue holds {text(held)}, the ledger {text(ledger.position + ledger.foreign)}"


def _targets(box: Box, ours: dict[str, Working]) -> Iterator[tuple[str, str]]:
    trade = box.trade
    if box.phase.rank >= Phase.CLOSING.rank or not trade.plan.levels:
        return
    working = ZERO
    for line in trade.lines.values():
        order = ours.get(line.key)
        if order is not None and line.role.startswith("TP"):
            working += order.quantity - order.filled
    position = trade.ledger.position
    if working != position and not (working == 0 and position < trade.plan.instrument.min_quantity):
        yield "I2", f"{box.id}: take-profits work {text(working)} of {text(position)}"
