"""What must always hold, as code (DESIGN section 5), checked against a fresh look at the venue when all is quiet."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.account.box import Box
from core.account.naming import STOP_ROLE
from core.account.state import AccountState
from core.desired import Phase
from core.facts import Cut, PositionIs, Working
from core.identity import Key, parse_key
from core.instrument import Instrument
from core.ladder_state import LadderState, hits
from core.money import ZERO, on_grid, text
from core.plan import OnFailure, StopAfterKind
from core.stops import passed
from core.trade import Trade
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
    keys = {order.key: parse_key(order.key) for order in cut.orders}
    ours = {order.key: order for order in cut.orders if keys[order.key] is not None}
    yield from _orphans(state, keys)
    sizes = {row.slot: row.size for row in cut.positions}
    stops = {row.slot: row.price for row in cut.stops}
    rows = {row.slot: row for row in cut.positions}
    for row in cut.positions:
        if stray(state, row):
            yield "I4", f"{row.slot.symbol}: {text(row.size)} is held without a live trade"
    for box in state.boxes.values():
        slot = box.trade.plan.slot
        yield from _phase(box)
        yield from _ledger(box, sizes.get(slot, ZERO))
        yield from _entries(box, ours)
        yield from _targets(box, ours)
        yield from _shares(box, ours) if box.phase.rank < Phase.PROFIT_TAKING.rank else ()
        yield from _stop(box, slot in state.users, stops.get(slot))
        yield from _passed(box, rows.get(slot), stops.get(slot))


def stray(state: AccountState, row: PositionIs) -> bool:
    """Whether what a slot holds is nobody's by what is known, and may be ours: no live trade has it.

    A lost trade's was told, and waits for a person (C7).
    """
    if not row.size or row.slot in state.owners or row.slot in state.lost.values():
        return False
    return not _foreign_only(state, row.slot)


def _orphans(state: AccountState, keys: dict[str, Key | None]) -> Iterator[tuple[str, str]]:
    """Orders of ours that no live trade has, or of which it has a later revision (I4)."""
    for key, parts in keys.items():
        if parts is None or parts.account != state.account:
            continue
        box = state.boxes.get(parts.trade)
        if parts.trade in state.lost:
            continue
        if box is None:
            yield "I4", f"{key} works without a live trade"
            continue
        line = box.trade.lines.get(parts.role)
        if line is None or line.key != key:
            yield "I4", f"{key} works, and is not the order that its trade has as {parts.role}"


def _foreign_only(state: AccountState, slot: Slot) -> bool:
    """Whether what a slot holds may be the user's own: no trade of ours was there, or the user traded there too."""
    return slot in state.users or not any(box.trade.plan.slot == slot for box in state.ended.values())


def _phase(box: Box) -> Iterator[tuple[str, str]]:
    """Who is on the way out by its phase wishes to be: else it trades on, and no act on it is taken (I19)."""
    if box.phase.closing and box.desired is not None and not box.desired.phase.closing:
        yield "I19", f"{box.id}: is {box.phase.value}, and wishes for {box.desired.phase.value}"


def _ledger(box: Box, size: Decimal) -> Iterator[tuple[str, str]]:
    ledger = box.trade.ledger
    held = ledger.opening.signed(size)
    if held != ledger.held:
        yield "I6", f"{box.id}: the venue holds {text(held)}, the ledger {text(ledger.held)}"


def _targets(box: Box, ours: dict[str, Working]) -> Iterator[tuple[str, str]]:
    trade = box.trade
    if box.phase.closing or not trade.plan.levels:
        return
    working = ZERO
    for line in trade.lines.values():
        order = ours.get(line.key)
        if order is not None and line.role.startswith("TP"):
            working += order.quantity - order.filled
    position = trade.ledger.position
    small = working == 0 and position < trade.plan.instrument.min_quantity
    if working != position and not small and not 0 < position - working < uncovered(trade):
        yield "I2", f"{box.id}: take-profits work {text(working)} of {text(position)}"


def uncovered(trade: Trade) -> Decimal:
    """Less than this of a position is in no take-profit: what lies under a step that the venue changed (rel:F37).

    Zero while everything is on the step.
    """
    step = trade.plan.instrument.step
    amounts = (trade.ledger.position, *(trade.ledger.filled(level.role) for level in trade.plan.levels))
    return step * sum(not on_grid(each, step) for each in amounts)


def _entries(box: Box, ours: dict[str, Working]) -> Iterator[tuple[str, str]]:
    """No entry executed more than planned (I5); none works once TP1 cancelled them or the trade closes (B7, B10)."""
    plan, ledger = box.trade.plan, box.trade.ledger
    for leg in plan.legs:
        if ledger.filled(leg.role) > leg.quantity:
            yield "I5", f"{box.id}: {leg.role} executed {text(ledger.filled(leg.role))} of {text(leg.quantity)} planned"
    closing = box.phase.closing
    if not closing and not (plan.rules.cancel_limits_on_tp1 and box.phase is Phase.PROFIT_TAKING):
        return
    for line in box.trade.lines.values():
        if line.role.startswith("E") and line.key in ours:
            yield "I4", f"{box.id}: {line.role} still works after {'the close began' if closing else 'TP1'}"


def _shares(box: Box, ours: dict[str, Working]) -> Iterator[tuple[str, str]]:
    """Before TP1 and without a change from outside each take-profit works its share, by cumulative floor (I2b).

    By the rules that its symbol has, or had when it was sent: what rests is left as it is (rel:F37).
    """
    found = [tuple(_shared(box.trade, rules, ours)) for rules in (box.trade.plan.instrument, *box.former)]
    yield from found[0] if all(found) else ()


def _shared(trade: Trade, rules: Instrument, ours: dict[str, Working]) -> Iterator[tuple[str, str]]:
    plan, ledger = trade.plan, trade.ledger
    levels = [level for level in plan.levels if level.share]
    if ledger.exited or not ledger.entered or not levels:
        return
    whole = sum((level.share for level in levels), ZERO)
    summed = before = ZERO
    for level in levels:
        summed += level.share
        upto = summed * ledger.entered // (whole * rules.step) * rules.step
        share, before = upto - before, upto
        line = trade.lines.get(level.role)
        order = ours.get(line.key) if line is not None else None
        works = order.quantity if order is not None else ZERO
        # What is too small to place is carried by a level before it (B6): only what can stand alone is compared.
        carried = any(ZERO < each.share * ledger.entered / whole < rules.min_quantity + rules.step for each in levels)
        if works != share and not carried:
            yield "I2b", f"{plan.trade}: {level.role} works {text(works)}, its share is {text(share)}"


def _stop(box: Box, meddled: bool, shown: Decimal | None) -> Iterator[tuple[str, str]]:  # noqa: FBT001 - a fact
    """A position has a stop, on the side of the loss, and past its entry once TP1 made it so (I1)."""
    plan, ledger = box.trade.plan, box.trade.ledger
    if ledger.position <= 0 or plan.stop is None:
        return
    if ledger.stopped:
        yield "I19", f"{box.id}: {text(ledger.position)} is still held after the stop fired"
    if shown is None:
        yield "I1", f"{box.id}: {text(ledger.position)} is held without a stop"
        return
    if meddled or box.phase.closing or ledger.average_entry is None:
        return
    sign = 1 if plan.opening is OrderSide.BUY else -1
    kept = plan.rules.breakeven_failed is OnFailure.KEEP and STOP_ROLE in box.backoffs
    if (shown - plan.stop) * sign < 0 and not _moved(box) and not kept:
        yield "I1", f"{box.id}: the stop at {text(shown)} lies further away than the plan's {text(plan.stop)}"
    tier = plan.rules.stop_after[0].kind if plan.rules.stop_after else StopAfterKind.KEEP
    better = tier in (StopAfterKind.BREAKEVEN, StopAfterKind.ENTRY) and plan.rules.cancel_limits_on_tp1
    better = better and plan.rules.breakeven_failed is OnFailure.CLOSE
    # A later take-profit's hit counts for those that the price passed by (B15).
    hit = bool(hits(box.trade)) if isinstance(box.trade.own, LadderState) else box.phase is Phase.PROFIT_TAKING
    if better and hit and (shown - ledger.average_entry) * sign < 0 and not _moved(box):
        yield "I1", f"{box.id}: a take-profit was hit, and the stop stands at {text(shown)}, worse than the entry"


def _passed(box: Box, row: PositionIs | None, shown: Decimal | None) -> Iterator[tuple[str, str]]:
    """A stop that the market has passed and that has not fired covers nothing (I1)."""
    plan = box.trade.plan
    if row is None or shown is None or box.trade.ledger.position <= 0 or box.phase.closing:
        return
    if passed(shown, plan.side, plan.rules.trigger_by, row.mark, row.last):
        yield "I1", f"{box.id}: the market is past the stop at {text(shown)}, and it has not fired"


def _moved(box: Box) -> bool:
    """Whether somebody moved the stop: then it stands where he put it."""
    own = box.trade.own
    return isinstance(own, LadderState) and own.moved is not None
